"""The answer of a command that says more than one line, laid over the screen until it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.text import cut, width_of, wrap

WHEEL = 3
INDENT = 3
LEAST_COLUMN = 24
"""Cells without which a last column goes on below its line's beginning."""
_ON_SURFACE: dict[Role, Role] = {
    "dim": "output-muted",
    "heading": "output-strong",
    "current": "output-strong",
    "name": "output-strong",
}
"""render's roles on this ground."""


def on_surface(line: Line) -> Line:
    """A line of an answer in the roles of what lies over the screen."""
    return tuple((text, _ON_SURFACE.get(role, "output")) for text, role in line)


class CloseClicked(NamedTuple):
    """It was closed with the mouse."""


class Output(Panel):
    """Scrolling text."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id, hidden=True)
        self._title = ""
        self._answer: Sequence[Line] = ()
        self._text: list[Line] = []
        self._top = 0

    def show(self, title: str, lines: Sequence[Line]) -> None:
        """Take a command and its answer, to be laid out for a width by `fit`."""
        self._title, self._answer, self._top = title, lines, 0
        self.display = True

    def fit(self, width: int) -> int:
        """Break the lines to a width; the height that shows everything."""
        self._text = [row for line in self._answer for row in wrap(line, width - INDENT - 1, _hanging(line, width))]
        self.changed()
        return len(self._text) + 1

    def scroll_by(self, lines: int) -> None:
        """Scroll down by so many lines, as far as there are any."""
        self._top = max(0, min(self._top + lines, len(self._text) - (self.size.height - 1)))
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:
        """A title line, then the text."""
        room = height - 1
        self._top = max(0, min(self._top, len(self._text) - room))
        count = len(self._text)
        hint = " esc close "
        if count > room:
            hint = f" {self._top + 1}-{min(self._top + room, count)} of {count}  ↑↓ scroll {hint}"
        head = cut(((" : ", "output-muted"), (self._title, "output-strong")), width - len(hint))
        blank = " " * (width - len(hint) - width_of(head))
        drawn: list[Line] = [(*head, (blank + hint, "output-muted"))]
        for line in self._text[self._top : self._top + room]:
            body = cut(((" " * INDENT, "output"), *on_surface(line)), width)
            drawn.append((*body, (" " * width, "output")))
        return drawn + [((" " * width, "output"),)] * (height - len(drawn))

    def on_click(self, event: Mouse) -> None:
        """Close it, where its title says how."""
        event.stop()
        if event.y == 0:
            self.tell(CloseClicked())

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Scroll."""
        event.stop()
        self.scroll_by(WHEEL * notch)


def _hanging(line: Line, width: int) -> int:
    """Where a line that is too long goes on: under its last column, if that leaves room enough."""
    text = "".join(piece for piece, _ in line).rstrip()
    column = text.rfind("  ") + 2 if "  " in text else 0
    return column if 0 < column <= width - LEAST_COLUMN else 2 * INDENT
