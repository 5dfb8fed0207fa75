"""Textual's widget that shows a panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.app import App
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.geometry import Size as Cells
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from nnstep.render.palette import DARK, PALETTES
from nnstep.tui.arrange import Place, Size
from nnstep.tui.paint import Paint, paint
from nnstep.tui.panel import Panel

LEFT = 1
"""The left button's number."""


class Pane(Widget):
    """Turns a panel's lines into strips, once, and hands on what the mouse does over them.

    No CSS border or padding: with those, each line would pass through Textual's styles cache.
    """

    DEFAULT_CSS = "Pane { background: $background; }"
    ALLOW_SELECT = False

    class Told(Message):
        """A panel says what the mouse has done."""

        def __init__(self, what: object) -> None:
            super().__init__()
            self.what = what

    def __init__(self, panel: Panel) -> None:
        super().__init__(id=panel.id or None)
        self.panel = panel
        self._finished: list[Strip | None] = [None] * len(panel.lines)
        self.put(panel.place)
        self.appear(here=panel.display)
        panel.host = self

    # What a panel asks for

    def put(self, place: Place) -> None:
        """Take a rectangle of the screen; one without a size is for the style sheet to say."""
        if place.width:
            self.styles.offset = (place.x, place.y)
            self.styles.width, self.styles.height = place.width, place.height

    def appear(self, *, here: bool) -> None:
        """Come into sight, or go out of it."""
        self.display = here

    def repaint(self, rows: Sequence[int] | None) -> None:
        """Have these lines painted anew, or all of them."""
        if rows is None:
            self.refresh()
            return
        for y in rows:
            self._finished[y] = None
        self.refresh(*(Region(0, y, self.panel.drawn.width, 1) for y in rows))

    def tell(self, message: object) -> None:
        """Tell the app."""
        self.post_message(self.Told(message))

    def hold_mouse(self, *, held: bool) -> None:
        """Have all that the mouse does sent here, or no more."""
        self.capture_mouse(held)

    # What Textual asks for

    def _size_updated(self, size: Cells, virtual_size: Cells, container_size: Cells, layout: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        """Take the size that the layout gives; it has no children, so nothing else has to move for it."""
        updated = super()._size_updated(size, virtual_size, container_size, layout=False)
        self.panel.grow(Size(*size))
        return updated

    def notify_style_update(self) -> None:
        """Forget what is finished: the theme may be another one."""
        super().notify_style_update()
        self.panel.draw_anew()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the crop, finished once and kept."""
        panel = self.panel
        if panel.size != panel.drawn:
            panel.paint = paint_of(self.app)
            panel.redraw()
            self._finished = [None] * len(panel.lines)
        width, height = panel.size
        strips = [self._strip(y) for y in range(crop.y, min(crop.bottom, height))]
        if len(strips) < crop.height:
            strips += [Strip.blank(width)] * (crop.height - len(strips))
        if crop.x or crop.width != width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _strip(self, y: int) -> Strip:
        strip = self._finished[y]
        if strip is None:
            panel, width = self.panel, self.panel.drawn.width
            assert panel.paint is not None
            strip = Strip(panel.paint.segments(panel.lines[y], width), width)
            # Our styles are final colours, so all filters but the one for Textual's own ANSI colours apply.
            for each in self.get_line_filters():
                if not isinstance(each, ANSIToTruecolor):
                    strip = strip.apply_filter(each, self.background_colors[1])
            self._finished[y] = strip
        return strip

    # What the mouse does

    def on_click(self, event: events.Click) -> None:
        """Hand it on, as everything below: a click is one of the left button."""
        if event.button == LEFT:
            self.panel.on_click(event)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A button goes down."""
        self.panel.on_mouse_down(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The mouse moves."""
        self.panel.on_mouse_move(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A button goes up."""
        self.panel.on_mouse_up(event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel is turned down."""
        self.panel.on_wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel is turned up."""
        self.panel.on_wheel(event, -1)


def paint_of(app: App[Any]) -> Paint:
    """The paint for the app's theme and terminal."""
    palette = PALETTES.get(app.theme, DARK)
    colours = "truecolor" if getattr(app, "all_colours", False) else app.console.color_system
    return paint(palette, None if app.no_color else colours, ascii_only=getattr(app, "ascii", False))
