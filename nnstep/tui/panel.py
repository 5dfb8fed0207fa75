"""A plain widget that hands out finished lines: the base of everything on the screen."""

from __future__ import annotations

from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from nnstep.tui.arrange import Place
from nnstep.tui.paint import Line, Paint, paint_of

NOTHING = Size(0, 0)


class Panel(Widget):
    """Draws lines of (text, role), keeps them as strips, and repaints only those that differ.

    No CSS border or padding: with those, each line would pass through Textual's styles cache.
    """

    DEFAULT_CSS = "Panel { background: $background; }"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._strips: list[Strip | None] = []
        self._drawn = Size(0, 0)
        self._paint: Paint | None = None
        self._given = NOTHING
        self._drawn_of: tuple[object, ...] = ()

    # Its size

    def put(self, place: Place) -> None:
        """Take this rectangle of the screen.

        Its size is known from now on, not only once the screen is laid out: what depends on it is drawn in that layout.
        """
        self.styles.offset = (place.x, place.y)
        self.styles.width, self.styles.height = place.width, place.height
        self._grow(Size(place.width, place.height))

    def _grow(self, size: Size) -> None:
        known, self._given = self._given, size
        if size != known:
            self.fitted()

    def fitted(self) -> None:
        """Do what depends on the size, which is another one now."""

    @property
    def size(self) -> Size:
        """Columns and lines: those that it was given last, by us or by the layout."""
        return self._given if self.display else NOTHING

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        """Take the size that the layout gives; a panel has no children, so nothing else has to move for it."""
        updated = super()._size_updated(size, virtual_size, container_size, layout=False)
        self._grow(size)
        return updated

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
        if shown and shown == self._drawn_of and size == self._drawn:
            return
        self._drawn_of = shown
        if size != self._drawn or not size:
            self.refresh()
            return
        lines = self._fresh_lines(size)
        regions = []
        for y, (new, old) in enumerate(zip(lines, self._lines, strict=True)):
            if new != old:
                self._strips[y] = None
                regions.append(Region(0, y, size.width, 1))
        self._lines = lines
        if regions:
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        """Forget the finished strips: the theme may be another one."""
        super().notify_style_update()
        self._paint = None
        self._strips = [None] * len(self._strips)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the crop, finished once and kept."""
        size = self.size
        if size != self._drawn:
            self._lines = self._fresh_lines(size)
            self._strips = [None] * size.height
            self._drawn = size
        strips = [self._finished(y) for y in range(crop.y, min(crop.bottom, size.height))]
        if len(strips) < crop.height:
            strips += [Strip.blank(size.width)] * (crop.height - len(strips))
        if crop.x or crop.width != size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _fresh_lines(self, size: Size) -> list[Line]:
        lines = self.draw(size.width, size.height)[: size.height] if size else []
        return lines + [()] * (size.height - len(lines))

    def _finished(self, y: int) -> Strip:
        strip = self._strips[y]
        if strip is None:
            if self._paint is None:
                self._paint = paint_of(self.app)
            strip = self._paint.strip(self._lines[y], self._drawn.width)
            # Our styles are final colours, so all filters but the one for Textual's own ANSI colours apply.
            for each in self.get_line_filters():
                if not isinstance(each, ANSIToTruecolor):
                    strip = strip.apply_filter(each, self.background_colors[1])
            self._strips[y] = strip
        return strip
