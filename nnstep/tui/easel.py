"""A panel that shows a picture: network, graph, training, data, a heat map."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from nnstep.tui.paint import Line
from nnstep.tui.panel import Mouse, Panel

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture

Draw = Callable[[int, int], "Picture"]


class Scrolled(NamedTuple):
    """The wheel was turned, which types this line."""

    line: str


class Easel(Panel):
    """Draws a picture when what it shows has changed, and tells which command is behind a cell that is clicked."""

    def __init__(self, *, scrolls: bool = False, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._scrolls = scrolls
        self._key: Hashable = None
        self._draw: Draw | None = None
        self._drawn_for: Hashable = None
        self._picture: Picture | None = None

    def show(self, key: Hashable, draw: Draw) -> None:
        """Show a picture; the same key stands for the same picture at every size."""
        self._key, self._draw = key, draw
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:
        """The picture's lines."""
        here = (self._key, width, height)
        if self._draw is None:
            return []
        if self._picture is None or here != self._drawn_for:
            self._picture, self._drawn_for = self._draw(width, height), here
        few = self.paint is not None and self.paint.few
        return list(self._picture.colourless if few else self._picture.lines)

    def on_click(self, event: Mouse) -> None:
        """Tell the command behind the cell."""
        event.stop()
        if self._picture is not None and (line := self._picture.at(event.x, event.y)):
            self.tell(line)

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Scroll, where there is more than fits."""
        event.stop()
        if self._scrolls:
            ways = ("left", "right") if event.shift or event.ctrl else ("up", "down")
            self.tell(Scrolled(f"cursor {ways[notch > 0]}"))
