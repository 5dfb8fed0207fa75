"""The face that users hold: open a model, move, look, execute lines."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy.typing as npt

from nnstep.commands import execute as execute_line
from nnstep.commands import resuming
from nnstep.commands.registry import Result
from nnstep.engine.names import canonical
from nnstep.engine.tape import Tape
from nnstep.errors import CommandError, harmless
from nnstep.model.loader import locate
from nnstep.render.text import Span, text_of
from nnstep.render.text import line as line_of
from nnstep.session import Session
from nnstep.session.journal import Journal
from nnstep.session.location import resolve
from nnstep.session.session import as_array
from nnstep.timeline import Position, Unit

Source = str | os.PathLike[str] | Mapping[str, object]


class Debugger:
    """A model's training run, and a place in it.

    Moves return the new Position. Every error that a user can cause derives from NnstepError.
    """

    def __init__(self, session: Session, past: Sequence[str] = ()) -> None:
        self.session = session
        self._past = list(past)
        self._journal: Journal | None = None
        self._unsaid = ""

    @property
    def position(self) -> Position:
        """Where the debugger stands: on the result it has just computed."""
        return self.session.position

    @property
    def tape(self) -> Tape:
        """The instructions of this iteration."""
        return self.session.tape

    @property
    def losses(self) -> npt.NDArray[Any]:
        """The loss of every iteration finished at this step, as an array that never changes later."""
        return as_array(self.session.losses)

    def step(self, count: int = 1, unit: Unit = "instruction") -> Position:
        """Run forward `count` units; with too few ahead, to the end."""
        return self._move(f"step {count} {unit}")

    def reverse_step(self, count: int = 1, unit: Unit = "instruction") -> Position:
        """Run backward `count` units; with too few behind, to the start."""
        return self._move(f"reverse-step {count} {unit}")

    def goto(self, location: str | int) -> Position:
        """Jump to a LOCATION: a step, `epoch 3`, `-1 batch`, `50%`, a matrix …; CommandError outside the run."""
        return self._move(f"goto {location}")

    def continue_(self, count: int = 1) -> object:
        """Run forward to the next stop, or to the end; the stop reached, or None."""
        return self.execute(f"continue {count}").stop

    def reverse_continue(self, count: int = 1) -> object:
        """Run backward to the previous stop, or to the start; the stop reached, or None."""
        return self.execute(f"reverse-continue {count}").stop

    def locate(self, location: str | int) -> int:
        """The step that a LOCATION says, seen from here."""
        return resolve(self.session, str(location))

    def value(self, expression: str) -> npt.NDArray[Any]:
        """A matrix, or any expression, at this step, as an array that never changes later.

        NotComputedError (with .name and .step) for a matrix that is not readable here.
        """
        name = canonical(expression.strip())
        value = self.session.read(name) if name in self.session.names else self.session.evaluate(expression)
        return as_array(value)

    def execute(self, line: str) -> Result:
        """Run one line of the debugger's language; CommandError for a bad one, which changes nothing.

        Ctrl+C during a long move stops it at a valid step.
        """
        with _interrupts(self.session):
            try:
                outcome = execute_line(self.session, line)
            except CommandError:
                # What a script or the commands of a stop have done before the bad line stays done.
                self._unsaid = self._note("") or self._unsaid
                raise
            nothing = outcome.quit or line.lstrip().startswith("#")
            said = self._note("" if nothing else line.strip()) or self._unsaid
            self._unsaid = ""
            return _saying(outcome, said) if said else outcome

    def keep_journal(self, journal: Journal | None = None) -> None:
        """Write down every line from now on, so that `nnstep --resume` can bring this session back.

        If that fails, the session goes on without; the text of the line at which it fails says so.
        """
        self._journal = journal or Journal(self.session)

    @property
    def history(self) -> list[str]:
        """The lines that the journal remembers, those of the session that was resumed first."""
        return list(self._journal.history) if self._journal else self._past

    def close(self) -> None:
        """Let go of the journal, as the end of the process does; it stays, for `nnstep --resume`."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _note(self, line: str) -> str:
        return self._journal.note(line) if self._journal else ""

    def _move(self, line: str) -> Position:
        self.execute(line)
        return self.position


def open(  # `nnstep.open`
    source: Source, overrides: Mapping[str, object] | None = None, *, allow_paths: bool = False
) -> Debugger:
    """Open a model: a path, a bundled name, or a dict of the same keys; `{"training.epochs": 20}` sets single keys.

    A model file reads data below its own folder alone, unless allow_paths.
    """
    return Debugger(Session(source, overrides, allow_paths=allow_paths))


def resume(
    model: str | None = None, *, force: bool = False, journal: bool = True, allow_paths: bool = False
) -> tuple[Debugger, list[str]]:
    """Bring back the latest session that has ended, of any model or of one, and what is to be said of it.

    force: even if its model has changed since. journal: go on writing its journal, rather than only read it.
    allow_paths: as for `open`.
    CommandError where there is none, ModelError for a model that has changed.
    """
    said: list[str] = []

    def say(text: str) -> None:
        # A journal may be anybody's.
        said.append(harmless(text))

    kept, held = resuming.find(locate(model) if model else None, say)
    try:
        session = resuming.reopen(kept, held, say, force=force, allow_paths=allow_paths)
        debugger = Debugger(session, kept.history)
        if not journal:
            held.release()
            return debugger, said
        if kept.damaged:
            aside = held.set_aside()
            say(f"its journal was damaged at line {kept.damaged}, so what followed is lost; it is set aside: {aside}")
        kept_on = Journal(debugger.session, kept.history, held)
        if problem := kept_on.rewrite():
            say(problem)
        debugger.keep_journal(kept_on)
    except BaseException:
        with suppress(OSError):
            held.release()
        raise
    return debugger, said


def _saying(outcome: Result, text: str) -> Result:
    lines = (*outcome.lines, line_of(Span(text, "dim")))
    return replace(outcome, text=text_of(lines), lines=lines)


@contextmanager
def _interrupts(session: Session) -> Iterator[None]:
    """Ctrl+C interrupts the move instead of the program, where this thread is the one that gets it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        session.interrupt()

    previous = signal.getsignal(signal.SIGINT)
    if previous is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
