"""Why a cell has its value: the chain of cells, over instructions and iterations, back to where it began.

Each link blames one of the cells that its instruction read (see culprit). A chain goes on while that cell is NaN,
infinite, zero or large as the one before it; where an instruction made NaN of ∞, or ∞ of large numbers, it goes on with
these. It ends at the first instruction that made its value from ordinary operands, at a row of the data, at an initial
value or at an edit. The chain of an ordinary value follows the largest contributions, to a parameter's version or to a
row of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from nnstep.engine.autodiff import tape as make_tape
from nnstep.engine.cell import Cell, Leaf, Show
from nnstep.engine.names import SETTINGS, shown
from nnstep.engine.tape import Instruction
from nnstep.errors import CommandError, NnstepError
from nnstep.session.culprit import LARGE, Culprit, culprit, kind_of
from nnstep.session.explanation import Index, arithmetic, cell_name, check_index, last_write
from nnstep.timeline import Branch, Edit, Interrupted, Timeline
from nnstep.values import dataclass

GoOn = Callable[[int], bool]

MOST_LINKS = 10_000
LONGEST_WORK = 60
"""Characters of a link's arithmetic; a longer one is left out."""


@dataclass(frozen=True)
class Link:
    """One cell of a chain.

    step     at which it was written, or edited; 0 for an initial value
    value    what was read of it
    formula  the right-hand side of what it was made by; none for an initial value and an edit
    work     its arithmetic in numbers, where that is short
    because  what made it so
    """

    name: str
    index: Index
    step: int
    value: float
    formula: str
    work: str
    because: str

    @property
    def cell(self) -> str:
        """The cell as displays write it."""
        return cell_name(self.name, self.index)


@dataclass(frozen=True)
class Chain:
    """The links from a cell to where its value began; complete, unless there were too many to follow."""

    links: tuple[Link, ...]
    complete: bool

    @property
    def origin(self) -> Link:
        """Where it began."""
        return self.links[-1]


def why(timeline: Timeline, cell: tuple[str, Index], step: int, show: Show, go_on: GoOn) -> Chain:
    """The chain behind a cell, a name and an index, as it stands at `step`; Interrupted where `go_on` says so."""
    name, index = cell
    matrix = timeline.read(name, step)
    check_index(name, index, matrix.shape, "why")
    if name in SETTINGS:
        raise CommandError(f"why: {shown(name)} is a setting, which no instruction writes")
    walker = _Walker(timeline, show)
    links: list[Link] = []
    for link in walker.walk(name, index, step, float(matrix[index])):
        links.append(link)
        if len(links) == MOST_LINKS:
            break
        if not go_on(timeline.calendar.split(link.step)[0]):
            raise Interrupted(timeline.calendar.split(step)[0])
    return Chain(tuple(links), walker.ended)


def worst(matrix: np.ndarray) -> Index:
    """The cell of a matrix to ask about: the first NaN, else the first ∞, else the one of the largest size."""
    with np.errstate(all="ignore"):
        size = np.where(np.isnan(matrix), np.inf, np.abs(matrix))
        first = np.argmax(np.isnan(matrix)) if np.any(np.isnan(matrix)) else np.argmax(size)
    return tuple(int(i) for i in np.unravel_index(int(first), matrix.shape))


@dataclass(frozen=True)
class _Read:
    """A cell that was read, the last step before that, and its value."""

    name: str
    index: Index
    at: int
    value: float


class _Walker:
    """Follows a chain on one timeline. ended: whether it has come to the end of it."""

    def __init__(self, timeline: Timeline, show: Show) -> None:
        self.ended = False
        self._timeline = timeline
        self._show = show
        self._batched = cache(self._with_rows)

    def walk(self, name: str, index: Index, at: int, value: float) -> Iterator[Link]:
        """The links, beginning with a cell as it stands at step `at`."""
        first = True
        while not self.ended:
            root = self._root(name, index, at, value, first=first)
            if root is not None:
                self.ended = True
                yield root
                return
            step = last_write(self._timeline, name, at)
            instruction = self._timeline.tape(self._timeline.calendar.split(step)[0]).named(name)
            cell = arithmetic(self._timeline, instruction, index, step)
            found = culprit(cell, value, self._timeline.plan.dtype.name, self._show)
            self.ended = _begins(value, found)
            link = Link(name, index, step, value, instruction.right, self._work(cell), "")
            if found.leaf is None:
                yield _told(link, [found.made, found.note])
                return
            before = _Read(found.leaf.operand.name, _numbers(found.leaf), step - 1, found.leaf.value)
            skipped = self._skipped(instruction, link, before) if not self.ended else None
            yield _told(link, self._reasons(link, found, before, skipped))
            read = skipped or before
            name, index, at, value = read.name, read.index, read.at, read.value
            first = False

    def _root(self, name: str, index: Index, at: int, value: float, *, first: bool) -> Link | None:
        """The link at which a chain ends because nothing made it: an edit, an initial value, the data, a version."""
        step = last_write(self._timeline, name, at)
        edited = self._edit(name, index, at)
        if edited is not None and edited[0] >= step:
            return Link(name, index, edited[0], value, "", "", f"set by hand: {edited[1].text}")
        instruction = self._timeline.instruction(step)
        if instruction is None or instruction.name != name:
            return Link(name, index, 0, value, "", "", "its initial value")
        if instruction.phase == "data":
            source = instruction.source.removeprefix("rows of the ")
            row = self._timeline.rows(self._timeline.calendar.split(step)[0])[index[0]]
            where = f"{source}[{row},{','.join(str(i) for i in index[1:])}]"
            return Link(name, index, step, value, instruction.right, "", f"row {row} of the data: {where}")
        if kind_of(value) == "ordinary" and instruction.phase == "update" and not first:
            return Link(name, index, step, value, instruction.right, "", "the version that this step wrote")
        return None

    def _edit(self, name: str, index: Index, at: int) -> tuple[int, Edit] | None:
        """The last edit of a cell up to a step, and the step at which it was made."""
        timeline = self._timeline
        while isinstance(timeline, Branch):
            if timeline.step <= at:
                at = timeline.step
                for edit in reversed(timeline.edits):
                    if edit.name == name and _covers(edit, index, timeline.read(name, at).shape):
                        return at, edit
            timeline = timeline.parent
        return None

    def _skipped(self, instruction: Instruction, link: Link, before: _Read) -> _Read | None:
        """The first version of a parameter that was NaN (or ∞), where the one before this was that already.

        An update adds to the old value, so that such a cell stays so until it is edited.
        """
        same = (before.name, before.index) == (link.name, link.index) and instruction.phase == "update"
        if not same or np.isfinite(before.value):
            return None
        timeline, span = self._timeline, self._timeline.calendar.instructions
        edited = self._edit(link.name, link.index, before.at)
        low = -1 if edited is None else timeline.calendar.split(edited[0])[0] - 1
        high = timeline.calendar.split(link.step)[0] - 1
        while high - low > 1:
            middle = (low + high) // 2
            value = timeline.read(link.name, (middle + 1) * span)[link.index]
            if np.isnan(value) == np.isnan(before.value) and not np.isfinite(value):
                high = middle
            else:
                low = middle
        at = high * span + instruction.index if high >= 0 else 0
        at = at if edited is None else max(at, edited[0])
        return replace(before, at=at, value=float(timeline.read(link.name, at)[link.index]))

    def _reasons(self, link: Link, found: Culprit, before: _Read, skipped: _Read | None) -> list[str]:
        if skipped is not None:
            return [f"it was {self._show(before.value)} already, since step {skipped.at}"]
        begins = kind_of(link.value) == "large" and self.ended
        beyond = f"first value beyond {self._show(LARGE)}" if begins else ""
        what = f"{cell_name(before.name, before.index)} is {self._show(before.value)}"
        return [beyond, found.made, found.note, what + self._row(link, before)]

    def _row(self, link: Link, before: _Read) -> str:
        """Which row of the data a cell belongs to, where a chain comes into it."""
        rows = self._timeline.rows(self._timeline.calendar.split(link.step)[0])
        batched = self._batched(len(rows))
        stays = link.name in batched and link.index[:1] == before.index[:1]
        return f" (row {rows[before.index[0]]} of the data)" if before.name in batched and not stays else ""

    def _with_rows(self, rows: int) -> frozenset[str]:
        """The matrices that have a row for each row of the batch: those that grow with it."""
        plan = self._timeline.plan
        try:
            here, more = (make_tape(plan.graph(count), plan.optimizer) for count in (rows, rows + 1))
        except (NnstepError, ValueError):
            # Equations may be such that they fit batches of one size alone.
            return frozenset()
        return frozenset(one.name for one, other in zip(here, more, strict=True) if one.shape[:1] != other.shape[:1])

    def _work(self, cell: Cell) -> str:
        text = cell.text(self._show)
        return text if len(text) <= LONGEST_WORK else ""


def _begins(value: float, found: Culprit) -> bool:
    """Whether a value was made where it was written, from ordinary operands."""
    if found.leaf is None:
        return True
    kind, source = kind_of(value), kind_of(found.leaf.value)
    if kind == "large":
        return source not in ("large", "infinite")
    beyond = ("infinite",) if kind == "zero" else ("infinite", "large")
    return bool(found.made) and source not in beyond


def _told(link: Link, reasons: list[str]) -> Link:
    return replace(link, because="; ".join(filter(None, reasons)))


def _numbers(leaf: Leaf) -> Index:
    assert all(isinstance(i, int) for i in leaf.index), leaf.index
    return tuple(int(i) for i in leaf.index)


def _covers(edit: Edit, index: Index, shape: tuple[int, ...]) -> bool:
    """Whether an edit changed a cell."""
    changed = np.zeros(shape, bool)
    changed[edit.index] = True
    return bool(changed[index])
