"""LOCATION: the ways to say a step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnstep.engine.names import canonical, shown
from nnstep.errors import CommandError
from nnstep.session.expression import clipped
from nnstep.timeline import UNITS, Unit

if TYPE_CHECKING:
    from nnstep.session.session import Session

FORMS = "a step, +N UNIT, -N UNIT, 50%, start, end, epoch E [batch B] [NAME], mark NAME, or a matrix"

_STEP = re.compile(r"\d{1,100}", re.ASCII)
_RELATIVE = re.compile(r"([+-])\s*(\d{1,100})(?:\s*([a-z]+))?", re.ASCII)
_EPOCH = re.compile(r"epoch\s+(\d{1,100})(?:\s+batch\s+(\d{1,100}))?(?:\s+(\S+))?", re.ASCII)
_MARK = re.compile(r"mark\s+(\S{1,100})")
_PERCENT = re.compile(r"(\d{1,100}(?:\.\d+)?)\s*%", re.ASCII)


def unit_of(word: str) -> Unit:
    """The unit a word names, singular or plural."""
    for unit in UNITS:
        if word in (unit, f"{unit}s", f"{unit}es"):
            return unit
    raise CommandError(f"no unit {word!r}: units are {', '.join(UNITS)}")


def resolve(session: Session, text: str) -> int:
    """The step that a LOCATION says, seen from the session's; CommandError for an absolute one outside the run."""
    return min(max(aim(session, text), 0), session.length)


def aim(session: Session, text: str) -> int:
    """The same, but a relative LOCATION with too few steps ahead says one beyond the end, or before the start."""
    text = " ".join(text.split())
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return form(session, match)
    return _next_write(session, text)


def is_location(session: Session, text: str) -> bool:
    """Whether a text is a LOCATION, be it one outside the run; a matrix is one by its name."""
    text = " ".join(text.split())
    return any(pattern.fullmatch(text) for pattern, _ in _FORMS) or canonical(text) in session.tape


def written_before(session: Session, name: str) -> int | None:
    """The last step before this one at which a matrix was written."""
    iteration, index = session.calendar.split(session.step)
    place = session.tape.named(name).index
    iteration -= place >= index
    return iteration * session.calendar.instructions + place if iteration >= 0 else None


def by_units(session: Session, count: int, unit: Unit) -> int:
    """The step at which the `count`-th unit from here is completed (back where negative); beyond the run if none is."""
    calendar, step = session.calendar, session.step
    if count == 0:
        return step
    found = calendar.after(step, count, unit) if count > 0 else calendar.before(step, -count, unit)
    if found is None:
        return session.length + 1 if count > 0 else -1
    return found


def _absolute(session: Session, match: re.Match[str]) -> int:
    step, length = int(match.group()), session.length
    if step > length:
        raise CommandError(f"step {step} is outside the run, which has steps 0 to {length}")
    return step


def _relative(session: Session, match: re.Match[str]) -> int:
    sign, digits, word = match.groups()
    unit: Unit = unit_of(word) if word else "instruction"
    count = int(digits) * (1 if sign == "+" else -1)
    if unit in ("batch", "epoch"):
        # The same instruction there: whole tapes, not ends of batches.
        return session.step + count * session.calendar.span(unit)
    return by_units(session, count, unit)


def _part(session: Session, match: re.Match[str]) -> int:
    share = float(match.group(1))
    if share > 100:
        raise CommandError(f"{match.group()} is outside the run: at most 100%")
    return round(session.length * share / 100)


def _epoch(session: Session, match: re.Match[str]) -> int:
    calendar = session.calendar
    epoch, batch = int(match.group(1)), int(match.group(2) or 1)
    for word, number, most in (("epoch", epoch, calendar.epochs), ("batch", batch, calendar.batches)):
        if not 1 <= number <= most:
            of = "the run has epochs" if word == "epoch" else "an epoch has batches"
            raise CommandError(f"no {word} {number}: {of} 1 to {most}")
    first = calendar.start_of(epoch, batch)
    if match.group(3) is None:
        return first
    name = session.matrix(match.group(3))
    return first - 1 + session.tape_at(first).named(name).index


def _mark(session: Session, match: re.Match[str]) -> int:
    place = session.travels.marked(match.group(1))
    if place.branch != session.timeline.name:
        raise CommandError(f"mark {match.group(1)} is on {place.branch}: `switch {place.branch}` first")
    return place.step


def _next_write(session: Session, text: str) -> int:
    try:
        name = session.matrix(text)
    except CommandError as error:
        hint = session.nearest(text, list(session.tape_names)) or f"places are {FORMS}"
        raise CommandError(f"{clipped(text) or 'nothing'}: no such place; {hint}") from error
    step = session.written_at(name)
    if step is None:
        raise CommandError(f"{shown(name)} is not written again before the end of the run")
    return step


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Session, re.Match[str]], int]], ...] = (
    (_STEP, _absolute),
    (_RELATIVE, _relative),
    (_PERCENT, _part),
    (re.compile("start"), lambda _session, _match: 0),
    (re.compile("end"), lambda session, _match: session.length),
    (_EPOCH, _epoch),
    (_MARK, _mark),
    (_MARK, _mark),
)
