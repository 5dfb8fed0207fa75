"""The side panel: sections of lines next to each other, with a cursor while it has the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.tui.arrange import shares
from nnstep.tui.aside import Entry, Section
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.text import cut, fill, width_of

MOST_LEAST = 20
"""Columns with which any section makes do; sections that do not fit beside the others stand below them."""


class Side(Panel):
    """Draws the sections that it is given: their titles in a rule, their lines below.

    Attributes: focused_here, whether it has the keyboard; section and entry, the places of its cursor.
    """

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.focused_here = False
        self.sections: Sequence[Section] = ()
        self.section = self.entry = 0
        self._tops: dict[str, int] = {}

    def show(self, sections: Sequence[Section]) -> None:
        """Show these sections; the cursor stays where it is, or on the nearest line that there is."""
        self.sections = sections
        self.go(self.section, self.entry)

    def attend(self, *, here: bool) -> None:
        """Have the keyboard, or have it no more."""
        self.focused_here = here
        self._tops.clear()
        self.changed()

    def go(self, section: int, entry: int) -> None:
        """Put the cursor on a line, or the nearest that there is."""
        self.section = max(0, min(section, len(self.sections) - 1))
        entries = self.sections[self.section].entries if self.sections else ()
        self.entry = max(0, min(entry, len(entries) - 1))
        self.changed()

    @property
    def chosen(self) -> Entry | None:
        """The line under the cursor."""
        entries = self.sections[self.section].entries if self.sections else ()
        return entries[self.entry] if entries else None

    def wanted(self, width: int) -> int:
        """The lines that show everything."""
        return sum(1 + max(len(each.entries) for each in row) for row in self._rows(width))

    def _rows(self, width: int) -> list[Sequence[Section]]:
        """The sections side by side, in as many rows as it takes."""
        rows: list[Sequence[Section]] = []
        start, used = 0, 0
        for place, section in enumerate(self.sections):
            least = min(_wish(section, short=True), MOST_LEAST)
            if place > start and used + least > width:
                rows.append(self.sections[start:place])
                start, used = place, 0
            used += least
        return [*rows, self.sections[start:]]

    # Drawing

    def draw(self, width: int, height: int) -> list[Line]:
        """The rows of sections, the last one with all lines that are left."""
        rows = self._rows(width)
        lines: list[Line] = []
        for place, row in enumerate(rows):
            last = place == len(rows) - 1
            room = height - len(lines) - 1
            count = room if last else min(room, max(len(each.entries) for each in row))
            if count > 0:
                lines += self._beside(row, width, count)
        return lines

    def _beside(self, row: Sequence[Section], width: int, count: int) -> list[Line]:
        """Sections side by side: a rule with their titles, then so many lines."""
        widths = _widths(row, width)
        head: list[tuple[str, str]] = []
        columns: list[list[Line]] = []
        for place, (section, room) in enumerate(zip(row, widths, strict=True)):
            here = self.focused_here and section is self.sections[self.section]
            title = f" {section.title} "
            head += [("┬─" if place else "──", "rule"), (title, "current" if here else "muted")]
            head.append(("─" * (room - 2 - len(title)), "rule"))
            columns.append(self._column(section, room - 2, count, here=here))
        lines: list[Line] = [tuple(head)]
        for y in range(count):
            pieces: list[tuple[str, Role]] = []
            for place, column in enumerate(columns):
                pieces += [("│ " if place else "  ", "rule"), *column[y]]
            lines.append(tuple(pieces))
        return lines

    def _column(self, section: Section, width: int, count: int, *, here: bool) -> list[Line]:
        """A section's lines in sight: all, or those around the cursor with a word on how many there are."""
        entries = section.entries
        top = self._tops.get(section.title, 0)
        if here:
            top = min(max(top, self.entry - count + 1), self.entry)
        top = max(0, min(top, len(entries) - count))
        self._tops[section.title] = top
        shown: list[Line] = []
        for place, entry in enumerate(entries[top : top + count], start=top):
            line = fill(entry.fitted(width), width)
            if here and place == self.entry:
                line = (("".join(text for text, _ in line), "current-ground"),)
            shown.append(line)
        hidden = len(entries) - top - count
        if hidden > 0 and not here and count:
            more: Line = ((f" … {hidden} more ", "muted"),)
            room = width - width_of(more)
            shown[-1] = (*fill(entries[top + count - 1].fitted(room), room), *more) if room > 0 else cut(more, width)
        return shown + [fill((), width)] * (count - len(shown))

    # Events

    def on_click(self, event: Mouse) -> None:
        """Type what the line under the pointer offers."""
        event.stop()
        y = 0
        for row in self._rows(self.size.width):
            x, count = 0, max(len(each.entries) for each in row)
            for section, room in zip(row, _widths(row, self.size.width), strict=True):
                place = event.y - y - 1 + self._tops.get(section.title, 0)
                if x <= event.x < x + room and event.y > y and place < len(section.entries):
                    self.tell(section.entries[place].enter)
                    return
                x += room
            y += 1 + count


def _widths(row: Sequence[Section], width: int) -> list[int]:
    """Columns for sections side by side: what their short forms want, then what all of their words do."""
    least = [_wish(each, short=True) for each in row]
    widths = shares(least, width)
    if widths == least:
        more = [_wish(each, short=False) - room for each, room in zip(row, least, strict=True)]
        widths = [room + extra for room, extra in zip(least, shares(more, width - sum(least)), strict=True)]
    spare, count = width - sum(widths), len(widths)
    return [room + spare // count + (place < spare % count) for place, room in enumerate(widths)]


def _wish(section: Section, *, short: bool) -> int:
    """The columns for a section's lines, with the rule beside them."""
    wide = max((entry.least if short else width_of(entry.line) for entry in section.entries), default=0)
    return max(len(section.title) + 5, 3 + wide)
