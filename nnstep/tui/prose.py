"""The lesson's panel: its prose, and beneath it what its commands have said."""

from __future__ import annotations

from nnstep.render.catalogue import word
from nnstep.tui.paint import Line
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.text import cut, width_of
from nnstep.values import dataclass

WHEEL = 3
MARGIN = 1
LOW = 14
"""Lines below which nothing but the title stands above the prose."""


@dataclass(frozen=True)
class Page:
    """What the panel shows: the lesson's title and section, a beat's prose, what its commands said, and what to do now.

    feet    the last line, in words from the most to the least; the first that fits is shown
    place   where in the lesson this is: `3/9`
    turn    whether it is the reader's, or the lesson goes on by itself: nothing is said of more to read
    """

    title: str = ""
    section: str = ""
    prose: tuple[str, ...] = ()
    said: tuple[Line, ...] = ()
    feet: tuple[str, ...] = ("",)
    place: str = ""
    turn: bool = False


class Prose(Panel):
    """Shows a page; one that is too long for the panel is gone through screen by screen."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.page = Page()
        self.beside = True
        self._top = 0
        self._laid: tuple[Page, int] | None = None
        self._text: list[Line] = []

    def show(self, page: Page) -> None:
        """Show a page, from its beginning if it is another beat's."""
        if (page.place, page.prose) != (self.page.place, self.page.prose):
            self._top = 0
        self.page = page
        self.changed()

    @property
    def more(self) -> bool:
        """Whether the page goes on below."""
        return self._top + self._room(*self.size) < len(self._lines_of(self.size.width))

    @property
    def screens(self) -> int:
        """How many screens the page takes."""
        return max(-(-len(self._lines_of(self.size.width)) // max(self._room(*self.size) - 1, 1)), 1)

    def on_further(self) -> bool:
        """Go on by a screen; False at the end."""
        if not self.more:
            return False
        self.scroll_by(max(self._room(*self.size) - 1, 1))
        return True

    def to_end(self) -> None:
        """Show the end of the page."""
        self.scroll_by(len(self._lines_of(self.size.width)))

    def scroll_by(self, lines: int) -> None:
        """Scroll down by so many lines, as far as there are any."""
        width, height = self.size
        self._top = max(0, min(self._top + lines, len(self._lines_of(width)) - self._room(width, height)))
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:
        """The title, the text, and what to do now."""
        inner = width - 2 * MARGIN - (1 if self.beside else 0)
        head = self._head(inner, height)
        text = self._lines_of(width)
        room = self._room(width, height)
        self._top = max(0, min(self._top, len(text) - room))
        rows = [*head, *text[self._top : self._top + room]]
        rows += [()] * (height - 1 - (0 if self.beside else 1) - len(rows))
        rows.append(self._foot(inner, more=self._top + room < len(text)))
        if not self.beside:
            return [*(((" ", "text"), *row) for row in rows), (("─" * width, "rule"),)]
        return [self._edged(row, width) for row in rows]

    @staticmethod
    def _edged(row: Line, width: int) -> Line:
        row = cut(row, width - 2)
        return ((" ", "text"), *row, (" " * (width - 2 - width_of(row)), "text"), ("│", "rule"))

    def _head(self, width: int, height: int) -> list[Line]:
        """The title, and the section unless the prose has its heading."""
        if height < 4:
            return []
        from nnstep.tui.flow import flow  # only a lesson needs them
        from nnstep.tui.markdown import inline

        title = flow([(self.page.title, "heading")], width)
        if height < LOW:
            return title[:1] if len(title) == 1 else []
        named = any(text.startswith("## ") for text in self.page.prose)
        section = [] if named or not self.page.section else flow([*inline(self.page.section, "muted")], width)
        return [*title, *section, (("─" * width, "rule"),)]

    def _foot(self, width: int, *, more: bool) -> Line:
        room = width - len(self.page.place) - 1
        words = (word("lesson_more"),) if more and not self.page.turn else self.page.feet
        text = next((each for each in words if width_of(((each, "text"),)) <= room), words[-1])
        line = cut(((text, "key"),), room)
        return (*line, (" " * (width - len(self.page.place) - width_of(line)), "text"), (self.page.place, "muted"))

    def _room(self, width: int, height: int) -> int:
        inner = width - 2 * MARGIN - (1 if self.beside else 0)
        return max(height - len(self._head(inner, height)) - (1 if self.beside else 2), 0)

    def _lines_of(self, width: int) -> list[Line]:
        if self._laid != (self.page, width):
            from nnstep.tui.flow import spread  # only a lesson needs them
            from nnstep.tui.markdown import lay_out

            inner = max(width - 2 * MARGIN - (1 if self.beside else 0), 4)
            text = lay_out(self.page.prose, inner)
            said = [row for line in self.page.said for row in spread(line, inner)]
            self._text = [*text, *([()] if text and said else []), *said]
            self._laid = (self.page, width)
        return self._text

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Scroll."""
        event.stop()
        self.scroll_by(WHEEL * notch)
