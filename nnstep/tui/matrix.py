"""One matrix in a rectangle: scrolls by itself, and touches only the cells that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from nnstep.render.scale import NAN
from nnstep.tui.arrange import Wish
from nnstep.tui.cells import cell_texts, colour_numbers
from nnstep.tui.content import Array, Content, Marks, Values, as_rows
from nnstep.tui.format import Extent, Extents, choose
from nnstep.tui.paint import CURSOR, FOUND, OPERAND, PLAIN, Line, Role
from nnstep.tui.text import cut, ends, fill, width_of, wrap

HEAD = 2
"""The title and the column numbers."""
PRECISION = 4
"""Digits after the point of a number near one, where there is room."""
Test = Callable[[Array], NDArray[np.bool_]]
"""Which of some values are looked for."""
HIT = "*"
"""What stands before a value that was looked for; the colour alone must not say it."""


class Matrix:
    """A matrix's place on a board: its window over the values, and the lines that show it.

    Attributes: brief, whether it takes no more room than a line where it has no values yet.
    """

    def __init__(self, content: Content, extents: Extents | None = None) -> None:
        self.content = content
        self._extents = Extents() if extents is None else extents
        self.width = self.height = 0
        self.top = self.left = 0
        self._values: Values | None = None
        self._extent = Extent()
        self._format = choose(self._extent)
        self.precision, self.kind = PRECISION, "auto"
        self.brief = False
        self._wish: Wish | None = None
        self._version: Hashable = object()
        self._block_key: Hashable = None
        self._block: tuple[list[list[str]], list[list[int]], Array] = ([], [], np.empty((0, 0)))
        self.show(content)

    # What is shown

    def show(self, content: Content) -> None:
        """Take new values; measure them only if they have changed."""
        self.content = content
        shape = content.shape
        self.rows, self.columns = content.rows, content.columns
        # Cells of a row's number, and lines above the numbers: a scalar has no column number.
        self.label = len(str(self.rows - 1)) if len(shape) > 1 else 0
        self.head = HEAD if shape else 1
        self._wish = None
        known = (content.name, content.form, content.version, content.shape, content.array is None)
        version = (known, content.page, content.order)
        if version != self._version:
            self._version = version
            self._values = content.values()
            if content.array is not None:
                key = None if content.version is None else (content.form, content.version)
                # Of the whole stack: its matrices are comparable.
                self._extent = self._extents.of(content.name, key, as_rows(content.array))
                self._format = choose(self._extent, precision=self.precision, kind=self.kind)
        self._clamp()

    def write(self, precision: int, kind: str = "auto") -> None:
        """Write numbers with about so many digits after the point."""
        if (precision, kind) != (self.precision, self.kind):
            self.precision, self.kind = precision, kind
            self._wish = None
            self._format = choose(self._extent, precision=precision, kind=kind)

    def shorten(self, *, brief: bool) -> None:
        """Keep room for the values to come, or only for the line that says when they do."""
        if brief != self.brief:
            self.brief = brief
            self._wish = None

    def place(self, width: int, height: int) -> None:
        """Take a size in cells."""
        self.width, self.height = width, height
        self._clamp()

    # Its measures

    @property
    def pitch(self) -> int:
        """Cells from one column to the next."""
        return self._cell + (1 if self._format.tight else 2)

    @property
    def _cell(self) -> int:
        return max(self._format.width, len(str(self.columns - 1)))

    @property
    def wish(self) -> Wish:
        """What it needs of a board."""
        if self._wish is not None:
            return self._wish
        title = width_of(self._title())
        noted = max(title, width_of(((self.content.note, "text"),)) + 1) if self._values is None else title
        if self._values is None and (self.brief or self.content.form != "new"):
            # A line says when there are values, or why there are none.
            self._wish = Wish(noted, 2, title, 0, noted, 1, 1)
            return self._wish
        # What is not computed yet keeps the room of usual numbers, so that little moves when it is.
        pitch = self.pitch if self._values is not None else self.precision + 4
        width = max(self.label + self.columns * pitch, noted)
        self._wish = Wish(width, self.head + self.rows, title, self.label, pitch, self.columns, self.head)
        return self._wish

    @property
    def visible_rows(self) -> int:
        """Rows that fit."""
        return max(0, min(self.rows, self.height - self.head))

    @property
    def visible_columns(self) -> int:
        """Whole columns that fit; a cut number would be a wrong number."""
        return self.wish.fits(self.width)

    # Scrolling

    def reach(self, row: int, column: int) -> None:
        """Scroll as little as brings a cell into sight."""
        self.top = _reached(self.top, row, self.visible_rows)
        self.left = _reached(self.left, column, self.visible_columns)
        self._clamp()

    def scroll(self, rows: int, columns: int = 0) -> bool:
        """Scroll by so many rows and columns; whether anything moved."""
        before = self.top, self.left
        self.top, self.left = self.top + rows, self.left + columns
        self._clamp()
        return before != (self.top, self.left)

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column under a point, if there is one."""
        row, column = y - self.head, (x - self.label) // self.pitch
        inside = 0 <= row < self.visible_rows and x >= self.label and column < self.visible_columns
        return (row + self.top, column + self.left) if inside and self._values is not None else None

    def _clamp(self) -> None:
        self.top = max(0, min(self.top, self.rows - self.visible_rows))
        self.left = max(0, min(self.left, self.columns - self.visible_columns))

    # Drawing

    def lines(
        self, cursor: tuple[int, int] | None = None, marks: Marks | None = None, test: Test | None = None
    ) -> list[Line]:
        """Every line of the rectangle, each exactly as wide; the values that pass the test are marked."""
        width, height = self.width, self.height
        drawn = [fill(self._heading(focused=cursor is not None), width)]
        if self._values is None:
            drawn += [fill(line, width) for line in wrap(((f" {self.content.note}", "faint"),), width, 1)]
        elif self.visible_columns:
            drawn += self._numbers(cursor, marks or {}, test)
        drawn = drawn[:height]
        return drawn + [((" " * width, "text"),)] * (height - len(drawn))

    def _title(self) -> Line:
        content = self.content
        size = f"{content.rows}×{content.columns}" if content.shape else ""
        if content.stack:
            at, count = ",".join(map(str, content.page_index)), "×".join(map(str, content.stack))
            return (*content.title, (f"[{at}]", "strong"), (f" of {count}  {size}", "muted"))
        return (*content.title, (f"  {size}" if size else "", "muted"))

    def _heading(self, *, focused: bool) -> Line:
        title = self._title()
        if focused:
            title = tuple((text, "current-ground" if role != "muted" else role) for text, role in title)
        place = self._place()
        if place and width_of(title) + len(place) + 3 <= self.width:
            # The place stands over the end of the numbers.
            end = self.label + self.visible_columns * self.pitch
            return ends(title, ((place, "muted"),), max(end, width_of(title) + len(place) + 2))
        return cut(title, self.width)

    def _place(self) -> str:
        """Which rows are in sight, if not all."""
        if self._values is None or self.visible_rows >= self.rows:
            return ""
        up, down = self.top > 0, self.top + self.visible_rows < self.rows
        return f"{'↑' if up else ''}{'↓' if down else ''} {self.top}-{self.top + self.visible_rows - 1}"

    def _numbers(self, cursor: tuple[int, int] | None, marks: Marks, test: Test | None) -> list[Line]:
        texts, colours, block = self._window()
        hits = test(block).tolist() if test is not None else ()
        gap = " " * (self.pitch - self._cell)
        columns = range(self.left, self.left + self.visible_columns)
        width = self.width
        drawn: list[Line] = []
        if self.content.shape:
            drawn.append(self._column_numbers(columns, cursor, marks))
        used = self.label + len(columns) * self.pitch
        tail = ((" " * (width - used), "text"),) if used < width else ()
        for row, (words, roles) in enumerate(zip(texts, colours, strict=True), start=self.top):
            marked = marks.get(row)
            here = cursor[1] if cursor is not None and cursor[0] == row else -1
            label = str(self._unit("rows", row)).rjust(self.label) if self.label else ""
            hit: Sequence[bool] = hits[row - self.top] if hits else ()
            role = "current" if here >= 0 else "marked" if marked else "muted"
            if marked is None and here < 0 and max(roles) < NAN and not any(hit):
                pieces: list[tuple[str, Role]] = [(gap + word, each) for word, each in zip(words, roles, strict=True)]
            else:
                pieces = []
                for column, word, value in zip(columns, words, roles, strict=True):
                    found = bool(hit) and hit[column - self.left]
                    mark = CURSOR if column == here else FOUND if found else PLAIN
                    if mark == PLAIN and marked and column in marked:
                        mark = OPERAND
                    before, text = _starred(gap, word) if found else (gap, word)
                    pieces += [(before, "text"), (text, value + mark)]
            drawn.append(((label, role), *pieces, *tail))
        return drawn

    def _column_numbers(self, columns: range, cursor: tuple[int, int] | None, marks: Marks) -> Line:
        before = "‹" if self.left else ""
        after = " ›" if self.left + len(columns) < self.columns else ""
        lit = set(next(iter(marks.values()))) if marks else set()
        here = cursor[1] if cursor is not None else -1
        numbers = tuple(
            (
                str(self._unit("columns", column)).rjust(self.pitch),
                "current" if column == here else "marked" if column in lit else "muted",
            )
            for column in columns
        )
        if before and not self.label:
            head, role = numbers[0]
            line: Line = ((before, "muted"), (head[1:], role), *numbers[1:])
        else:
            line = ((before.rjust(self.label), "muted"), *numbers)
        return fill((*line, (after, "muted")), self.width)

    def _unit(self, axis: str, place: int) -> int:
        """The number of the row or column that is shown at a place."""
        order = self.content.order
        return int(order.units[place]) if order is not None and order.axis == axis else place

    def _slice(self) -> Array:
        """The values in sight, as they are sorted."""
        assert self._values is not None
        rows = slice(self.top, self.top + self.visible_rows)
        columns = slice(self.left, self.left + self.visible_columns)
        order = self.content.order
        if order is not None and order.axis == "rows":
            return self._values[order.units[rows], columns]
        if order is not None:
            return self._values[rows, order.units[columns]]
        return self._values[rows, columns]

    def _window(self) -> tuple[list[list[str]], list[list[int]], Array]:
        """The visible cells' texts and colours: one NumPy pass, one % a row, kept until either changes."""
        bottom, right = self.top + self.visible_rows, self.left + self.visible_columns
        key = (self._version, self.precision, self.kind, self.top, bottom, self.left, right)
        if key != self._block_key:
            block = self._slice()
            colours = colour_numbers(block, self._extent.largest)
            rows = zip(block.tolist(), colours, strict=True)
            texts = [cell_texts(row, numbers, self._format, self._cell) for row, numbers in rows]
            self._block, self._block_key = (texts, colours, block), key
        return self._block


def _starred(gap: str, word: str) -> tuple[str, str]:
    """The gap and the number with a star right before the digits."""
    digits = word.lstrip()
    blanks = len(word) - len(digits)
    return (gap, " " * (blanks - 1) + HIT + digits) if blanks else (gap[:-1] + HIT, word)


def _reached(first: int, wanted: int, count: int) -> int:
    return min(first, wanted) if wanted < first else max(first, wanted - max(count, 1) + 1)
