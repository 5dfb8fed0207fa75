"""A lesson on its way: which beat it stands at, what its commands said, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nnstep.api import Debugger
from nnstep.commands.registry import Result
from nnstep.errors import CommandError, LessonError, NnstepError
from nnstep.lesson.lesson import Beat, Lesson, Typed
from nnstep.session import Session
from nnstep.session.confinement import LessonConfinement
from nnstep.session.snapshot import Snapshot
from nnstep.values import dataclass

CLAIMS = ("expect", "expect-error", "ask")
"""Commands that change nothing: after one that fails, the lesson can go on."""


@dataclass(frozen=True)
class Ran:
    """A command that was run, and what came of it: a result, or the error that refused it."""

    typed: Typed
    result: Result | None
    error: CommandError | None

    @property
    def name(self) -> str:
        """The command's name."""
        return self.typed.text.split()[0]


class Replay:
    """A lesson and the debugger that it runs in, a new one where none is given.

    Attributes: debugger; at, the beat that it stands at, -1 before the first; ran, what the beat's commands that have
    run by now said.
    """

    def __init__(self, lesson: Lesson, debugger: Debugger | None = None, *, writing: bool = False) -> None:
        self.lesson = lesson
        self._confinement = LessonConfinement(lesson.path.parent, writing=writing)
        try:
            self.debugger = debugger or Debugger(Session(self._confinement.allowed(lesson.model)))
        except NnstepError as error:
            raise LessonError(f"{lesson.place}:{lesson.beats[0].commands[0].line}: {error}") from error
        self.at = -1
        self.ran: list[Ran] = []
        self._before: list[tuple[Snapshot, list[Ran]]] = []

    @property
    def beat(self) -> Beat:
        """The beat that it stands at; the first one before it has begun."""
        return self.lesson.beats[max(self.at, 0)]

    @property
    def left(self) -> tuple[Typed, ...]:
        """The commands of this beat that have not run yet."""
        return self.beat.commands[len(self.ran) :] if self.at >= 0 else ()

    @property
    def ended(self) -> bool:
        """Whether all of it has run."""
        return self.at == len(self.lesson.beats) - 1 and not self.left

    @property
    def history(self) -> list[Ran]:
        """All that has run, from the first beat to where this one has come."""
        return [ran for _, beat in self._before for ran in beat] + self.ran

    def enter(self) -> None:
        """Go on to the next beat, before its commands."""
        assert not self.left, self.left
        assert not self.ended
        self._before.append((self.debugger.session.snapshot(), self.ran))
        self.at += 1
        self.ran = []

    def run(self) -> Iterator[Ran]:
        """Run the commands of this beat that are left; whoever takes them may stop after any."""
        while self.left:
            yield self.run_next()

    def run_next(self) -> Ran:
        """Run the next command of this beat."""
        return self.note(self._run(self.left[0]))

    def note(self, ran: Ran) -> Ran:
        """Take note of a command that somebody else has run, as those are that change the view alone."""
        self.ran.append(ran)
        return ran

    def back(self) -> bool:
        """Go back to the end of the beat before; False at the first."""
        if self.at < 1:
            return False
        snapshot, self.ran = self._before.pop()
        self.at -= 1
        self.debugger.session.restore(snapshot)
        return True

    @contextmanager
    def limits(self) -> Iterator[None]:
        """Have commands open, read and write only what the lesson may; where less is allowed anyway, that."""
        session = self.debugger.session
        before = session.confinement
        session.confinement = before or self._confinement
        try:
            yield
        finally:
            session.confinement = before

    def _run(self, typed: Typed) -> Ran:
        with self.limits():
            try:
                return Ran(typed, self.debugger.execute(typed.text), None)
            except CommandError as error:
                return Ran(typed, None, error)
