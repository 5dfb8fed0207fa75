"""A panel that shows a picture: network, graph, training, data, a heat map."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.message import Message

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture

Draw = Callable[[int, int], "Picture"]
FEW = (None, "standard")
"""Kinds of colours that are too few for a scale."""


class Easel(Panel):
    """Draws a picture when what it shows has changed, and tells which command is behind a cell that is clicked."""

    class Clicked(Message):
        """A place with a command was clicked."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Scrolled(Clicked):
        """The wheel was turned."""

    def __init__(self, *, scrolls: bool = False, id: str | None = None) -> None:  # noqa: A002
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
        few = self.app.no_color or (
            self.app.console.color_system in FEW and not getattr(self.app, "all_colours", False)
        )
        return list(self._picture.colourless if few else self._picture.lines)

    def notify_style_update(self) -> None:
        """Draw anew: there may be more or fewer colours."""
        super().notify_style_update()
        self._drawn = Size(0, 0)

    def on_click(self, event: events.Click) -> None:
        """Tell the command behind the cell."""
        event.stop()
        if self._picture is not None and (line := self._picture.at(event.x, event.y)):
            self.post_message(self.Clicked(line))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll, where there is more than fits."""
        self._wheel(event, "right" if event.shift or event.ctrl else "down")

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll, where there is more than fits."""
        self._wheel(event, "left" if event.shift or event.ctrl else "up")

    def _wheel(self, event: events.MouseEvent, way: str) -> None:
        event.stop()
        if self._scrolls:
            self.post_message(self.Scrolled(f"cursor {way}"))
