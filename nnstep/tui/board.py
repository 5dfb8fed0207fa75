"""Several matrices side by side in one plain widget: stepping never asks for a layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nnstep.tui.arrange import Place, Size, arrange
from nnstep.tui.content import Content, Marks
from nnstep.tui.format import Extents, Numbers
from nnstep.tui.matrix import PRECISION, Matrix, Test
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Mouse, Panel
from nnstep.values import dataclass

WHEEL = 3
"""Rows, or columns with shift, that one notch of the wheel scrolls."""
DIGIT_WORTH = 0.03
"""What one digit less must gain in the part of the matrices that is in sight."""
ALL_IN_SIGHT = 0.95


@dataclass(frozen=True)
class Cursor:
    """The chosen cell: the matrix's slot, row and column."""

    slot: str
    row: int
    column: int


class CellClicked(NamedTuple):
    """A cell was clicked."""

    content: Content
    row: int
    column: int


class Board(Panel):
    """Draws the matrices that it is given, with the cursor and the marked cells.

    The focus is not Textual's but a slot's name: moving it repaints two titles, where focusing a widget
    updates the styles of the whole screen.
    """

    def __init__(
        self,
        extents: Extents | None = None,
        *,
        least_precision: int = PRECISION,
        id: str = "",  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._extents = Extents() if extents is None else extents
        self._precisions = range(PRECISION, least_precision - 1, -1)
        self._numbers = Numbers()
        self.matrices: dict[str, Matrix] = {}
        self._places: dict[str, Place] = {}
        self._cursor: Cursor | None = None
        self._marks: Mapping[str, Marks] = {}
        self._test: Test | None = None
        self._at_rest = True
        self._shown: tuple[object, ...] | None = None
        self._settled = Size(0, 0)

    # What is shown

    def show(
        self,
        contents: Sequence[Content],
        cursor: Cursor | None = None,
        marks: Mapping[str, Marks] | None = None,
        test: Test | None = None,
    ) -> None:
        """Show these matrices; `marks` are highlighted, by slot, and what passes the test in the focused one."""
        slots = {content.slot for content in contents}
        cursor = cursor if cursor is not None and cursor.slot in slots else None
        marks = {slot: cells for slot, cells in (marks or {}).items() if slot in slots}
        # The cursor moves on one board; the other one stays as it is.
        shown = (contents, self._numbers, self.size, cursor, marks, test)
        before = self._shown if self._at_rest else None
        if before is None or contents is not before[0] or shown[1:3] != before[1:3]:
            self._take(contents)
        elif shown[3:] == before[3:]:
            return
        self._shown = shown
        self._cursor, self._marks, self._test = cursor, marks, test
        self._at_rest = True
        self._follow()
        self.changed()

    def _take(self, contents: Sequence[Content]) -> None:
        """Have a matrix for each of them, the same as before where its name is, with a place to be found."""
        kept = self.matrices
        self.matrices = {}
        for content in contents:
            matrix = kept.get(content.slot)
            if matrix is None or matrix.content.name != content.name:
                matrix = Matrix(content, self._extents)
            else:
                matrix.show(content)
            self.matrices[content.slot] = matrix
        self._settled = Size(0, 0)

    def write(self, numbers: Numbers) -> None:
        """Write numbers in another way from the next `show` on."""
        self._numbers = numbers

    def hold(self) -> None:
        """The values are about to change under another thread: read none of them until the next `show`."""
        self._at_rest = False

    def _follow(self) -> None:
        """Bring the cursor, and the first of the cells that it was computed from, into sight."""
        self._settle()
        for slot, matrix in self.matrices.items():
            if self._cursor is not None and self._cursor.slot == slot:
                matrix.reach(self._cursor.row, self._cursor.column)
            elif marked := self._marks.get(slot):
                first = min(marked)
                row, column = first, min(marked[first])
                seen_row = any(matrix.top <= r < matrix.top + matrix.visible_rows for r in marked)
                columns = marked[first]
                seen_column = any(matrix.left <= c < matrix.left + matrix.visible_columns for c in columns)
                matrix.reach(matrix.top if seen_row else row, matrix.left if seen_column else column)

    def _settle(self) -> None:
        """Give every matrix its place, and write fewer digits where that brings more of them into sight."""
        if self.size == self._settled:
            return
        self._settled = self.size
        best = self._best(brief=False)
        if best[0] < ALL_IN_SIGHT and any(matrix.content.array is None for matrix in self.matrices.values()):
            # Others need the room that would be kept for values to come.
            best = self._best(brief=True)
        self._arranged(best[1])
        self._places = self._legible(dict(zip(self.matrices, best[2], strict=True)))
        for slot, matrix in self.matrices.items():
            matrix.place(self._places[slot].width, self._places[slot].height)

    def _legible(self, places: dict[str, Place]) -> dict[str, Place]:
        """These places; but where the focused matrix, or else the result, would show no number, it has all the room."""
        if not places:
            return places
        slot = self._cursor.slot if self._cursor is not None else next(reversed(places))
        wish = self.matrices[slot].wish
        if self.matrices[slot].content.array is None or wish.cells(places[slot].width, places[slot].height):
            return places
        alone = Place(0, 0, min(self.size.width, wish.width), min(self.size.height, wish.height))
        return {each: alone if each == slot else Place(0, 0, 0, 0) for each in places}

    def _best(self, *, brief: bool) -> tuple[float, int, tuple[Place, ...]]:
        """The best arrangement: how much of all it shows, with which precision, and every matrix's place."""
        for matrix in self.matrices.values():
            matrix.shorten(brief=brief)
        best: tuple[float, int, tuple[Place, ...]] | None = None
        chosen = self._numbers.precision
        for precision in self._precisions if chosen is None else (chosen,):
            score, places = self._arranged(precision)
            if best is None or score > best[0] + DIGIT_WORTH * (best[1] - precision):
                best = (score, precision, places)
            if score >= ALL_IN_SIGHT:
                break
        assert best is not None
        return best

    def _arranged(self, precision: int) -> tuple[float, tuple[Place, ...]]:
        for matrix in self.matrices.values():
            matrix.write(precision, self._numbers.kind)
        wishes = tuple(matrix.wish for matrix in self.matrices.values())
        return arrange(wishes, self.size.width, self.size.height)

    # Drawing

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """The matrices' lines, joined."""
        if not self._at_rest:
            return []
        self._settle()
        rows: list[list[tuple[Place, Line]]] = [[] for _ in range(height)]
        for slot, matrix in self.matrices.items():
            place = self._places[slot]
            cursor = self._cursor
            here = (cursor.row, cursor.column) if cursor is not None and cursor.slot == slot else None
            test = self._test if here is not None else None
            for y, line in enumerate(matrix.lines(here, self._marks.get(slot), test), start=place.y):
                if y < height:
                    rows[y].append((place, line))
        return [_joined(row) for row in rows]

    # Events

    def on_click(self, event: Mouse) -> None:
        """Choose the cell under the pointer."""
        for slot, matrix in self.matrices.items():
            place = self._places[slot]
            if place.holds(event.x, event.y):
                event.stop()
                cell = matrix.cell_at(event.x - place.x, event.y - place.y) or (matrix.top, matrix.left)
                self.tell(CellClicked(matrix.content, *cell))

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Scroll the matrix under the pointer."""
        for slot, matrix in self.matrices.items():
            if self._places[slot].holds(event.x, event.y):
                event.stop()
                by = WHEEL * notch
                moved = matrix.scroll(0, by) if event.shift or event.ctrl else matrix.scroll(by)
                if moved and self._at_rest:
                    self.changed()


def _joined(row: list[tuple[Place, Line]]) -> Line:
    """One line of the board from its matrices' lines."""
    pieces: list[tuple[str, Role]] = []
    x = 0
    for place, line in row:
        if place.x > x:
            pieces.append((" " * (place.x - x), "text"))
        pieces += line
        x = place.x + place.width
    return tuple(pieces)
