"""Thin lines between the parts of the screen."""

from __future__ import annotations

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, width_of


class Rule(Panel):
    """A horizontal line: with a joint where the tape's edge meets it, or with a heading."""

    def __init__(self, joint: str = "", *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._joint = joint
        self._at = -1
        self._heading: Line = ()

    def join(self, at: int) -> None:
        """Put the joint at a column; none where it is negative."""
        self._at = at
        self.changed()

    def show(self, heading: Line) -> None:
        """Show a heading near the left end."""
        self._heading = heading
        self.changed(heading)

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line."""
        if self._heading:
            heading = cut((("── ", "rule"), *self._heading, (" ", "rule")), width)
            return [(*heading, ("─" * (width - width_of(heading)), "rule"))]
        line = "─" * width
        if 0 <= self._at < width and self._joint:
            line = line[: self._at] + self._joint + line[self._at + 1 :]
        return [((line, "rule"),)]
