"""What there is to say of the focused matrix as a whole."""

from __future__ import annotations

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut


class Stats(Panel):
    """Lines that it is given, each in the longest wording that fits."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Line, ...] = ()

    def show(self, *lines: Line) -> None:
        """Show these lines, the most important first."""
        self._shown = lines
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:
        """As many as fit."""
        return [cut(line, width) for line in self._shown[:height]]
