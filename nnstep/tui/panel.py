"""A part of the screen that hands out finished lines: the base of everything that is drawn.

A panel knows nothing of Textual, and can be painted before that is loaded. Later a `Pane` shows it and hears its mouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nnstep.tui.arrange import NOWHERE, Place, Size
from nnstep.tui.paint import Line, Paint

NOTHING = Size(0, 0)


class Mouse(Protocol):
    """What the mouse does: where in the panel, with which button and keys held; what means something is stopped."""

    @property
    def x(self) -> int:
        """The column."""

    @property
    def y(self) -> int:
        """The line."""

    button: int
    shift: bool
    ctrl: bool

    def stop(self) -> object:
        """Let nobody else hear of it."""


class Key(Protocol):
    """A key: its name, and the character that it types, if it types one."""

    key: str
    character: str | None

    @property
    def is_printable(self) -> bool:
        """Whether the character can be shown."""


class Host(Protocol):
    """What shows a panel."""

    def put(self, place: Place) -> None:
        """Take the panel's rectangle of the screen."""

    def appear(self, *, here: bool) -> None:
        """Come into sight, or go out of it."""

    def repaint(self, rows: Sequence[int] | None) -> None:
        """Have these of the panel's lines painted anew, or all of them."""

    def tell(self, message: object) -> None:
        """Hand on what the mouse has done: a line that it types, or what else was clicked."""

    def hold_mouse(self, *, held: bool) -> None:
        """Have all that the mouse does told to this panel, or no more."""


class Panel:
    """Draws lines of (text, role), keeps them, and asks its host to repaint only those that differ.

    Attributes: place, its rectangle of the screen; paint, what its lines will be painted with; lines, as last drawn;
    drawn, the size for which that was.
    """

    def __init__(self, *, id: str = "", hidden: bool = False) -> None:  # noqa: A002
        self.id = id
        self.host: Host | None = None
        self.place = NOWHERE
        self.paint: Paint | None = None
        self.lines: list[Line] = []
        self.drawn = NOTHING
        self._given = NOTHING
        self._hidden = hidden
        self._drawn_of: tuple[object, ...] = ()

    # Its place

    def put(self, place: Place) -> None:
        """Take this rectangle of the screen."""
        self.place = place
        if self.host is not None:
            self.host.put(place)
        self.grow(Size(place.width, place.height))

    def grow(self, size: Size) -> None:
        """Have this size, from now on.

        It is known before the screen is laid out: what depends on it is drawn in that layout.
        """
        known, self._given = self._given, size
        if size != known:
            self.fitted()

    def fitted(self) -> None:
        """Do what depends on the size, which is another one now."""

    @property
    def display(self) -> bool:
        """Whether it is in sight."""
        return not self._hidden

    @display.setter
    def display(self, here: bool) -> None:
        if here == self._hidden:
            self._hidden = not here
            if self.host is not None:
                self.host.appear(here=here)

    @property
    def size(self) -> Size:
        """Columns and lines; none while it is out of sight."""
        return NOTHING if self._hidden else self._given

    # What is drawn

    def draw(self, width: int, height: int) -> list[Line]:
        """The panel's lines at this size; missing ones are blank, surplus ones are dropped."""
        raise NotImplementedError

    def changed(self, *shown: object) -> None:
        """Draw again after what the panel shows has changed; ask for a repaint of the lines that differ.

        shown: all that the drawing depends on besides the size, if that is quick to compare: where it is the same as
        the last time, nothing is drawn.
        """
        size = self.size
        if shown and shown == self._drawn_of and size == self.drawn:
            return
        self._drawn_of = shown
        if size != self.drawn or not size:
            # Out of sight nothing is drawn: what is kept is out of date when it comes back.
            self.draw_anew()
            self._repaint(None)
            return
        old, self.lines = self.lines, self._fresh_lines(size)
        if rows := [y for y, (new, was) in enumerate(zip(self.lines, old, strict=True)) if new != was]:
            self._repaint(rows)

    def redraw(self) -> None:
        """Draw all lines at the size that it has now."""
        size = self.size
        self.lines = self._fresh_lines(size)
        self.drawn = size

    def draw_anew(self) -> None:
        """Draw everything the next time: the paint may be another one, with more or fewer colours."""
        self.drawn = NOTHING

    def _fresh_lines(self, size: Size) -> list[Line]:
        lines = self.draw(size.width, size.height)[: size.height] if size else []
        return lines + [()] * (size.height - len(lines))

    def _repaint(self, rows: Sequence[int] | None) -> None:
        if self.host is not None:
            self.host.repaint(rows)

    # What the mouse does

    def tell(self, message: object) -> None:
        """Say what the mouse has done here: a line that it types, or what else was clicked."""
        if self.host is not None:
            self.host.tell(message)

    def hold_mouse(self, *, held: bool) -> None:
        """Hear all that the mouse does, also elsewhere; or no more."""
        if self.host is not None:
            self.host.hold_mouse(held=held)

    def on_click(self, event: Mouse) -> None:
        """A click."""

    def on_mouse_down(self, event: Mouse) -> None:
        """A button goes down."""

    def on_mouse_move(self, event: Mouse) -> None:
        """The mouse moves."""

    def on_mouse_up(self, event: Mouse) -> None:
        """A button goes up."""

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """The wheel is turned, down where `notch` is 1 and up where it is -1."""
