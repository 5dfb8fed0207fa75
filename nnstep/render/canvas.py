"""A grid of cells to draw on: braille dots in the colours of values, and text over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from nnstep.render.chart import BRAILLE, DOTS
from nnstep.render.text import Colour, Line, Role, Span
from nnstep.values import dataclass

_BITS = np.array(DOTS)


@dataclass(frozen=True)
class Area:
    """Cells of a picture that can be clicked: the rows and columns, ends not counted, and the command to type."""

    top: int
    bottom: int
    left: int
    right: int
    command: str

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell is among them."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True)
class Picture:
    """Lines, what can be clicked on them, and the same without colour where text alone would not say it.

    behind  the command behind a cell, where there are more of them than areas are good for
    """

    lines: tuple[Line, ...]
    areas: tuple[Area, ...] = ()
    plain: tuple[Line, ...] = ()
    behind: Callable[[int, int], str] | None = None

    def at(self, x: int, y: int) -> str:
        """The command behind a cell; the topmost area counts. Nothing where there is none."""
        if self.behind is not None and (command := self.behind(x, y)):
            return command
        return next((area.command for area in reversed(self.areas) if area.holds(x, y)), "")

    @property
    def colourless(self) -> tuple[Line, ...]:
        """The lines for whoever has no colours."""
        return self.plain or self.lines


class Canvas:
    """Cells of width × height. Dots are counted from the upper left: 2 a cell across, 4 down."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._bits = np.zeros((height, width), np.intp)
        self._ink = np.zeros((height, width), np.intp)
        self._size = np.full((height, width), -1.0)
        self._inks: list[Role | Colour] = ["text"]
        self._text: dict[int, dict[int, tuple[str, Role | Colour]]] = {}

    def dots(self, xs: np.ndarray, ys: np.ndarray, role: Role | Colour, size: float = 0.0) -> None:
        """Set dots; a cell has the role of what is largest in it. What lies outside is left out."""
        inside = (xs >= 0) & (ys >= 0) & (xs < 2 * self.width) & (ys < 4 * self.height)
        xs, ys = xs[inside].astype(np.intp), ys[inside].astype(np.intp)
        cells = (ys // 4, xs // 2)
        np.bitwise_or.at(self._bits, cells, _BITS[ys % 4, xs % 2])
        if role not in self._inks:
            self._inks.append(role)
        mine = self._size[cells] <= size
        cells = (cells[0][mine], cells[1][mine])
        self._ink[cells] = self._inks.index(role)
        self._size[cells] = size

    def line(self, start: tuple[float, float], end: tuple[float, float], role: Role | Colour, size: float = 0) -> None:
        """A straight line of dots."""
        self.dots(*_straight(start, end), role, size)

    def put(self, x: int, y: int, text: str, role: Role | Colour = "text") -> None:
        """Write over what is there; what lies outside is left out."""
        if 0 <= y < self.height:
            row = self._text.setdefault(y, {})
            for place, character in enumerate(text, start=x):
                if 0 <= place < self.width:
                    row[place] = (character, role)

    def free(self, x: int, y: int, width: int) -> bool:
        """Whether so many cells have no text, and lie inside."""
        inside = 0 <= y < self.height and x >= 0 and x + width <= self.width
        return inside and not any(place in self._text.get(y, ()) for place in range(x, x + width))

    def box(self, left: int, top: int, size: tuple[int, int], role: Role | Colour = "dim") -> None:
        """A frame of width × height, empty inside."""
        width, height = size
        self.put(left, top, "╭" + "─" * (width - 2) + "╮", role)
        for y in range(top + 1, top + height - 1):
            self.put(left, y, "│" + " " * (width - 2) + "│", role)
        self.put(left, top + height - 1, "╰" + "─" * (width - 2) + "╯", role)

    def lines(self, first: int = 0, last: int | None = None) -> tuple[Line, ...]:
        """What was drawn, one line a row: of all rows, or of those from `first` up to `last`."""
        return tuple(self._row(y) for y in range(first, self.height if last is None else min(last, self.height)))

    def number(self, sign: str) -> None:
        """Put 1, 2, 3 … in the place of a sign in the first row."""
        row = self._text.get(0, {})
        for count, x in enumerate([x for x in sorted(row) if row[x][0] == sign], start=1):
            row[x] = (str(count), row[x][1])

    def copy(self) -> Canvas:
        """The same drawing, to go on with."""
        copied = Canvas(self.width, self.height)
        copied._bits, copied._ink, copied._size = self._bits.copy(), self._ink.copy(), self._size.copy()
        copied._inks = [*self._inks]
        copied._text = {y: dict(row) for y, row in self._text.items()}
        return copied

    def _row(self, y: int) -> Line:
        cells: list[tuple[str, Role | Colour]] = [(" ", "text")] * self.width
        for x in np.flatnonzero(self._bits[y]).tolist():
            cells[x] = (chr(BRAILLE + int(self._bits[y, x])), self._inks[self._ink[y, x]])
        for x, cell in self._text.get(y, {}).items():
            cells[x] = cell
        return joined(cells)


@lru_cache(maxsize=1024)
def _straight(start: tuple[float, float], end: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """The dots of a line."""
    count = round(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
    xs, ys = np.linspace(start[0], end[0], count), np.linspace(start[1], end[1], count)
    return np.round(xs), np.round(ys)


def joined(cells: Sequence[tuple[str, Role | Colour]]) -> Line:
    """Cells as spans: neighbours in one role become one."""
    spans: list[Span] = []
    text, last = "", cells[0][1] if cells else "text"
    for character, role in cells:
        if role != last:
            spans.append(Span(text, last))
            text, last = "", role
        text += character
    return (*spans, Span(text, last)) if text else tuple(spans)
