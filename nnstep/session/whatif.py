"""What if: edits that fork branches, marks that name steps, and the history of jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.names import SETTINGS, shown
from nnstep.engine.recorder import Matrix
from nnstep.errors import CommandError, NotComputedError
from nnstep.model.arrays import GIB, limit
from nnstep.session.expression import clipped, compile_target
from nnstep.timeline import Branch, Edit, Timeline
from nnstep.timeline.checkpoint import BUDGET
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

MAIN = "main"
_MARK = re.compile(r"[^\W\d][\w-]{0,63}")


@dataclass(frozen=True)
class Place:
    """A step of a branch."""

    branch: str
    step: int


class Branches:
    """The timelines of a session by name, and which of them is looked at."""

    def __init__(self, session: Session, main: Timeline) -> None:
        self._session = session
        self._timelines: dict[str, Timeline] = {MAIN: main}
        self._next = 1
        self._fresh = ""

    def __iter__(self) -> Iterator[Timeline]:
        return iter(self._timelines.values())

    def __len__(self) -> int:
        return len(self._timelines)

    def __getitem__(self, name: str) -> Timeline:
        if name not in self._timelines:
            raise CommandError(f"no branch {clipped(name)}; there are {', '.join(self._timelines)}")
        return self._timelines[name]

    def copy(self) -> Branches:
        """The same branches, as a collection that goes on by itself."""
        copy = Branches(self._session, self._timelines[MAIN])
        copy._timelines.update(self._timelines)
        copy._next, copy._fresh = self._next, self._fresh
        return copy

    def moved(self) -> None:
        """A move was made: the next edit starts a branch of its own."""
        self._fresh = ""

    def edit(self, target: str, value_text: str) -> Branch:
        """Fork a branch at this step with a new value; a second edit before any move joins the first."""
        session = self._session
        edit = self._edit(target, value_text)
        current = session.timeline
        if self._fresh == current.name and isinstance(current, Branch):
            branch = Branch(self._fresh, current.parent, session.step, (*current.edits, edit))
        else:
            self._refuse_large()
            branch = Branch(f"b{self._next}", current, session.step, (edit,))
            self._next += 1
        self._timelines[branch.name] = branch
        for timeline in self:
            # All timelines together keep to the budget of one.
            timeline.checkpoints.limit(BUDGET // len(self))
        self._fresh = branch.name
        session.look_at(branch)
        return branch

    def _refuse_large(self) -> None:
        """A branch takes about as much as the run that it leaves: one there always is, more are up to the limit."""
        taken, most = sum(timeline.nbytes for timeline in self), limit()
        if len(self) > 1 and taken > most:
            raise CommandError(
                f"set: {len(self)} branches take {taken / GIB:.1f} GiB, the limit is {most / GIB:.4g} GiB; "
                "NNSTEP_MEMORY sets another, `open` begins anew without them"
            )

    def _edit(self, target: str, value_text: str) -> Edit:
        session = self._session
        name, index = compile_target(target, session.names)
        if name == "t":
            raise CommandError("t counts the iterations and cannot be set")
        present = self._present(name)
        value = np.asarray(session.evaluate(value_text))
        if value.dtype.kind not in "fiub":
            raise CommandError(f"set {clipped(target)}: a number or a matrix is needed")
        if name in SETTINGS and (index is not ... or value.size != 1):
            raise CommandError(f"set {shown(name)} takes one number")
        changed = present.copy()
        try:
            place = ... if index is ... else index(session)
            changed[place] = value.reshape(()) if value.size == 1 else value
        except (IndexError, ValueError) as error:
            size = "×".join(str(n) for n in present.shape) or "one number"
            raise CommandError(f"set {clipped(target)}: that does not fit {shown(name)}, which is {size}") from error
        # Copies: what the expression read may be a view of a machine's matrix.
        number = value.astype(present.dtype).reshape(() if value.size == 1 else value.shape)
        return Edit(name, place, number, f"{shown(' '.join(target.split()))} = {' '.join(value_text.split())}")

    def _present(self, name: str) -> Matrix:
        session = self._session
        try:
            return session.read(name)
        except NotComputedError as error:
            raise CommandError(f"{error}; only what is there can be set") from error


class Travels:
    """Marks, and the jumps to be undone."""

    def __init__(self) -> None:
        self.marks: dict[str, Place] = {}
        self._behind: list[Place] = []
        self._ahead: list[Place] = []

    def copy(self) -> Travels:
        """The same marks and jumps, as a collection that goes on by itself."""
        copy = Travels()
        copy.marks.update(self.marks)
        copy._behind += self._behind
        copy._ahead += self._ahead
        return copy

    def mark(self, name: str, place: Place) -> None:
        """Name a place; an old mark of the name is moved."""
        if not _MARK.fullmatch(name):
            raise CommandError(
                f"a mark is named by letters, digits, _ and -, beginning with a letter; got {clipped(name)!r}"
            )
        self.marks[name] = place

    def marked(self, name: str) -> Place:
        """The place that a mark names."""
        if name not in self.marks:
            known = ", ".join(self.marks) or "none"
            raise CommandError(f"no mark {clipped(name)}; there are {known}")
        return self.marks[name]

    def jumped(self, start: Place) -> None:
        """Remember where a jump began."""
        self._behind.append(start)
        self._ahead.clear()

    def back(self, here: Place) -> Place:
        """The place before the last jump."""
        if not self._behind:
            raise CommandError("no jump to go back over")
        self._ahead.append(here)
        return self._behind.pop()

    def forward(self, here: Place) -> Place:
        """The place to which the last jump gone back over had led."""
        if not self._ahead:
            raise CommandError("no jump to go forward over")
        self._behind.append(here)
        return self._ahead.pop()


@dataclass(frozen=True)
class Difference:
    """How a matrix differs between two timelines at a step: the largest difference, its cell, both values there."""

    name: str
    size: float
    index: tuple[int, ...]
    here: float
    there: float


@dataclass(frozen=True)
class Comparison:
    """Two timelines compared.

    first    the first step at which anything differs, up to the one looked at; None where nothing does
    largest  the matrices that differ at that one, the largest differences first
    """

    first: int | None
    largest: tuple[Difference, ...]


def compare(here: Timeline, there: Timeline, step: int) -> Comparison:
    """Compare all that can be read at a step, and find where the two part."""
    largest = sorted(_differences(here, there, step), key=lambda each: -each.size)
    return Comparison(_first_difference(here, there, step), tuple(largest))


def _differences(here: Timeline, there: Timeline, step: int) -> Iterator[Difference]:
    for name in _names(here, step):
        a, b = here.read(name, step), there.read(name, step)
        with np.errstate(all="ignore"):
            gap = np.abs(np.subtract(a, b, dtype=np.float64))
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if not np.all(same):
            gap = np.where(same, 0.0, np.where(np.isnan(gap), np.inf, gap))
            at = tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape)) if gap.shape else ()
            yield Difference(name, float(gap[at]), at, float(a[at]), float(b[at]))


def _first_difference(here: Timeline, there: Timeline, step: int) -> int | None:
    """Timelines part where one of them was edited: a value that was changed is another one from that very step on."""
    forks = sorted(_forks(here) ^ _forks(there))
    return next((fork for fork, _ in forks if fork <= step and _differs(here, there, fork)), None)


def _forks(timeline: Timeline) -> set[tuple[int, str]]:
    """The edits that a timeline has behind it: their steps, and the branches they made."""
    forks = set()
    while isinstance(timeline, Branch):
        forks.add((timeline.step, timeline.name))
        timeline = timeline.parent
    return forks


def _differs(here: Timeline, there: Timeline, step: int) -> bool:
    return any(here.read(name, step).tobytes() != there.read(name, step).tobytes() for name in _names(here, step))


def _names(timeline: Timeline, step: int) -> list[str]:
    iteration, _ = timeline.calendar.split(step)
    names = dict.fromkeys(
        (*(item.name for item in timeline.tape(iteration)), *timeline.parameters, *timeline.slots, *SETTINGS)
    )
    return [name for name in names if name != "t" and timeline.readable(name, step)]
