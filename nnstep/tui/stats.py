"""What there is to say of the focused matrix as a whole."""

from __future__ import annotations

from itertools import product

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, width_of

Wordings = list[Line]
"""The same said in ever fewer words."""
GAP = (" ", "text")


class Stats(Panel):
    """Says what it is given, each part in the longest wording for which there is room."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: tuple[tuple[Wordings, ...], ...] = ()

    def show(self, *rows: tuple[Wordings, ...]) -> None:
        """Show these rows of parts; where there is room for one only, the parts of all share it."""
        self._rows = rows
        self.changed(rows)

    def draw(self, width: int, height: int) -> list[Line]:
        """The rows, as many as fit."""
        rows = self._rows
        if height < len(rows):
            # What comes last is about this very step.
            rows = (tuple(part for row in reversed(rows) for part in row),)
        lines = [line for row in rows if (line := fitted([part for part in row if part], width))]
        # Room that is left parts them from what stands above.
        return [()] * (height - len(lines)) + lines


def fitted(parts: list[Wordings], width: int) -> Line:
    """The parts beside one another in the longest wordings that fit, the first in most; else the last are left out."""
    while parts:
        for wordings in product(*parts):
            line = tuple(piece for wording in wordings for piece in (*wording, GAP))[:-1]
            if width_of(line) <= width:
                return line
        if len(parts) == 1:
            return cut(parts[0][-1], width)
        parts = parts[:-1]
    return ()
