"""The matrices: cursor keys choose a cell, enter explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.render.text import show_name
from nnstep.tui import scene
from nnstep.tui.areas.area import Area
from nnstep.tui.keys import moved

if TYPE_CHECKING:
    from nnstep.tui.stage import Stage

ABOUT_A_CELL = ("explain", "why", "history", "display", "watch")
"""Commands that take the cursor's cell along when a key or the palette types them."""


class Cells(Area):
    """The matrix with the cursor, on whichever board."""

    def __init__(self, main: Stage) -> None:
        self._main = main

    def attend(self, *, here: bool) -> None:
        """Their cursor is always in sight: the cell that is explained."""

    def key(self, key: str) -> str:
        """`select` the cell to which a key leads; `explain` the one under the cursor."""
        cell = self._main.view.cell
        if (picture := self._main.view.kind.key) is not None:
            return picture(self._main.view, key)
        if cell is None or key == "delete":
            return ""
        if key == "enter":
            return scene.about(*cell)
        content, row, column = cell
        matrix = self._main.step_board.matrices.get(content.slot) or self._main.layer_board.matrices.get(content.slot)
        if matrix is not None:
            row, column = moved(key, row, column, matrix)
        return f"select {scene.cell_name(content.name, content.index(row, column))}"

    def move(self, way: str) -> None:
        """Scroll a picture that scrolls."""
        if (move := self._main.view.kind.move) is None:
            super().move(way)
        else:
            move(self._main.view, way)

    def instead(self, line: str) -> str:
        """The line with the cursor's cell where it is about one, or with its matrix and an open bracket."""
        line = self._main.view.kind.instead(line)
        cell = self._main.view.cell
        if cell is None or not line.endswith(" "):
            return line
        content, row, column = cell
        if line == "select ":
            return line + show_name(content.name) + ("[" if content.shape else "")
        if line.strip() in ABOUT_A_CELL:
            return line + scene.cell_name(content.name, content.index(row, column))
        return line
