"""Bringing a session back from its journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from nnstep.commands.execute import execute
from nnstep.errors import CommandError, ModelError, NnstepError
from nnstep.session import Session, journals
from nnstep.session.confinement import JournalConfinement
from nnstep.session.fingerprint import differences, fingerprint
from nnstep.session.journal import Kept, State, decode, fingerprints, identity
from nnstep.session.script import summary
from nnstep.session.whatif import Place, Travels

Say = Callable[[str], object]


def find(path: Path | None, say: Say) -> tuple[Kept, journals.Held]:
    """The latest session that has ended, of any model or of one, with its journal locked.

    What is damaged from the start is set aside, which is said. CommandError where there is none.
    """
    wanted = identity(path) if path else None
    for held in journals.ended():
        try:
            kept = decode(held.read())
            if kept is None:
                aside = held.set_aside()
                with suppress(OSError):
                    held.path.unlink()
                say(f"a journal was damaged from its start and is set aside: {aside}")
        except OSError:
            kept = None
        except BaseException:
            held.release()
            raise
        if kept is not None and (wanted is None or kept.model == wanted):
            return kept, held
        held.release()
    of = f" of {path}" if path else ""
    raise CommandError(f"there is no session{of} to resume; sessions that have ended are kept in {journals.folder()}")


def reopen(kept: Kept, held: journals.Held, say: Say, *, force: bool, allow_paths: bool = False) -> Session:
    """The session that a journal has kept. ModelError where its model has changed since, unless forced."""
    changed = _changed(kept)
    if changed and not force:
        raise ModelError(
            f"{changed} has changed since the session of {held.date:%Y-%m-%d %H:%M}: add --force to resume it with the "
            f"model as it is now, or leave --resume out to start anew"
        )
    session = Session(kept.path, kept.overrides, allow_paths=allow_paths)
    refused = restore(session, kept.state)
    say(f"resumed {session.model.name} of {held.date:%Y-%m-%d %H:%M}: {summary(session)}")
    if changed:
        say(f"{changed} has changed since; its numbers are those of now")
    elif other := differences(kept.machine, fingerprint()):
        say(f"the last digits may differ from before: {'; '.join(other)}")
    for text in refused:
        say(f"not resumed: {text}")
    return session


def restore(session: Session, state: State) -> list[str]:
    """Bring a session freshly opened to a state; what of it does not fit, which a changed model alone can cause."""
    refused: list[str] = []
    # A journal brings back a state: no line of it reads or writes a file, whoever wrote it.
    confinement, session.confinement = session.confinement, JournalConfinement()
    try:
        for part in ("branches", "stops", "displays"):
            refused += _run(session, state[part])
    finally:
        session.confinement = confinement
    stops = {stop.number: stop for stop in session.stops}
    for number, stop in stops.items():
        stop.hits = state["hits"].get(str(number), 0)
    # The ways that have led here are none of the user's.
    session.travels = Travels()
    for name, place in state["marks"].items():
        refused += _at(session, place, f"mark {name}", partial(session.travels.mark, name))
    refused += _at(session, state["place"], "the place", session.travel)
    session.branches.moved()
    session.collecting = stops.get(state["collecting"])
    return refused


def _changed(kept: Kept) -> str:
    """The first file of the model that is no longer what it was."""
    try:
        now = fingerprints(kept.path, kept.overrides)
    except OSError as error:
        raise ModelError(f"{error.filename} cannot be read: {error.strerror or error}") from error
    if now == kept.files:
        return ""
    return next((name for name, _ in (each for each in now if each not in kept.files)), kept.name)


def _run(session: Session, lines: Iterable[str]) -> list[str]:
    """Run lines up to the first that does not fit: those after it count on the numbers and names that it gives."""
    for line in lines:
        try:
            execute(session, line)
        except CommandError as error:
            session.collecting = None
            return [f"{line}, and what follows it: {error}"]
    return []


def _at(session: Session, place: list[Any], what: str, do: Callable[[Place], object]) -> list[str]:
    branch, step = place
    if step > session.length:
        return [f"{what}: step {step} is outside the run, which has steps 0 to {session.length}"]
    try:
        session.branches[branch]
        do(Place(branch, step))
    except NnstepError as error:
        return [f"{what}: {error}"]
    return []
