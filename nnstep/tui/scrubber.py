"""The whole run as one line: how far it has been run, where it is cheap to go, what happened where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnstep.tui.paint import Line, Role
from nnstep.values import dataclass

LEAST_GAP = 3
"""Cells between two checkpoints from which each is drawn: nearer ones would be all there is to see."""


@dataclass(frozen=True)
class Sign:
    """Something that happened at a step."""

    text: str
    role: Role


@dataclass(frozen=True, eq=False)
class Run:
    """What the line shows besides the place: cheap to make at every step, and drawn anew only when it changes.

    length   steps in the run; size, steps in an iteration
    reached  iterations that have been run
    kept     the last iteration up to one at whose start there is a checkpoint
    state    changes whenever there are other checkpoints
    signs    stops hit, marks and other branches' forks, by step; of two in one cell, the later one is seen
    """

    length: int
    size: int
    reached: int
    kept: Callable[[int], int]
    state: object
    signs: Mapping[int, Sign]

    def same(self, other: Run | None) -> bool:
        """Whether both look the same."""
        return other is not None and (self.length, self.reached, self.state, self.signs) == (
            other.length,
            other.reached,
            other.state,
            other.signs,
        )


def cell_of(step: int, length: int, width: int) -> int:
    """The cell of a step, the first for the start and the last for the end."""
    return min(round(step / max(length, 1) * (width - 1)), width - 1)


def step_of(cell: int, length: int, width: int, signs: Mapping[int, Sign]) -> int:
    """The step that a cell stands for: that of its sign, if it has one."""
    signed = [step for step in signs if cell_of(step, length, width) == cell]
    return signed[-1] if signed else round(max(0, min(cell, width - 1)) / max(width - 1, 1) * length)


def track(run: Run, width: int) -> list[tuple[str, Role]]:
    """The line's cells without the place: ┄ not run yet, ─ run, ┆ a checkpoint, and the signs."""
    iterations = run.length // run.size
    # A cell has the iterations that are nearest to it: those up to half the way to the next one.
    ends = [-(-(cell * 2 + 1) * iterations // max(2 * (width - 1), 1)) for cell in range(width)]
    run_to = cell_of(min(run.reached, iterations), iterations, width) if run.reached else -1
    cells: list[tuple[str, Role]] = [("─", "rule") if cell <= run_to else ("┄", "rule") for cell in range(width)]
    begin = 0
    held = []
    for cell, end in enumerate(ends[: run_to + 1]):
        if begin < end and run.kept(end - 1) >= begin and cell:
            held.append(cell)
        begin = end
    gaps = [after - before for before, after in zip([-LEAST_GAP, *held], [*held, width + LEAST_GAP], strict=True)]
    for place, cell in enumerate(held):
        if min(gaps[place], gaps[place + 1]) >= LEAST_GAP:
            cells[cell] = ("┆", "muted")
    for step, sign in run.signs.items():
        cells[cell_of(step, run.length, width)] = (sign.text, sign.role)
    return cells


def line(cells: list[tuple[str, Role]], place: int, *, moving: bool) -> Line:
    """The cells with the part behind in the accent, and the place."""
    done: Role = "operand" if moving else "accent"
    behind = [
        ("━", done) if text in "─┄" else (text, done if role == "muted" else role) for text, role in cells[:place]
    ]
    knob: tuple[str, Role] = ("▶", "operand") if moving else ("┃", "current")
    return _joined([*behind, knob, *cells[place + 1 :]])


def _joined(cells: list[tuple[str, Role]]) -> Line:
    pieces: list[tuple[str, Role]] = []
    for text, role in cells:
        if pieces and pieces[-1][1] == role:
            pieces[-1] = (pieces[-1][0] + text, role)
        else:
            pieces.append((text, role))
    return tuple(pieces)
