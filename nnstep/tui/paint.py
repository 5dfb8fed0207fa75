"""The one place that turns roles into styles, and lines of (text, role) into strips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from nnstep.render.ascii import ascii_pieces
from nnstep.render.scale import SCALE, ZERO
from nnstep.tui import sixteen
from nnstep.tui.palette import DARK, PALETTES, Palette

Role = str | int | tuple[int, int]
"""A name below; the number of a value's colour, its place on the scale, plus VALUES for each mark; or the places of two
values, one above the other in one cell."""
Line = tuple[tuple[str, Role], ...]

VALUES = SCALE + 3
PLAIN, OPERAND, CURSOR, FOUND = 0, VALUES, 2 * VALUES, 3 * VALUES
"""What is added to a value's colour: nothing, the mark of a cell that was read, the cursor's, that of a value found."""

STRONG, WEAK = 0.6, 0.15
"""Without colour, parts of the scale from where a value is bold, and up to where it is dim."""


class Paint:
    """The styles of one theme on one kind of terminal."""

    def __init__(self, palette: Palette, colours: str | None, *, colourless: bool, ascii_only: bool = False) -> None:
        self._ascii = ascii_only
        if colourless or colours is None:
            self.styles, values = _plain_roles(), _plain_values()
        elif colours == "standard":
            self.styles, values = sixteen.roles(palette.sixteen), sixteen.values(palette.sixteen, SCALE)
        else:
            self.styles, values = _roles(palette), _values(palette, few=colours == "256")
        operand, cursor = self.styles["operand-ground"], self.styles["cursor-ground"]
        found = self.styles["found"]
        for number, style in enumerate(values):
            self.styles[PLAIN + number] = style
            # A mark must leave the number legible: zero is no longer faint, and under the cursor only alarms keep
            # their colour.
            self.styles[OPERAND + number] = (self.styles["muted"] if number == ZERO else style) + operand
            self.styles[CURSOR + number] = (self.styles["strong"] if number <= ZERO else style) + cursor
            self.styles[FOUND + number] = (self.styles["strong"] if number <= ZERO else style) + found

    def _pair(self, role: Role) -> Style:
        """The style of ▀ over two values, made where it is first asked for; plain text for an unknown role."""
        if isinstance(role, tuple):
            upper, lower = (self.styles[place] for place in role)
            self.styles[role] = Style(color=upper.color, bgcolor=lower.color)
            return self.styles[role]
        return self.styles["text"]

    def strip(self, line: Iterable[tuple[str, Role]], width: int) -> Strip:
        """The line as exactly `width` cells; neighbours of one style become one segment."""
        if self._ascii:
            line = ascii_pieces(line)
        styles = self.styles
        base = styles["text"]
        segments: list[Segment] = []
        left = width
        text, style = "", base
        for piece, role in line:
            size = len(piece) if piece.isascii() else cell_len(piece)
            if size > left:
                piece, size = set_cell_size(piece, left), left  # noqa: PLW2901
            left -= size
            own = styles.get(role)
            if own is None:
                own = self._pair(role)
            if own is style:
                text += piece
            else:
                if text:
                    segments.append(Segment(text, style))
                text, style = piece, own
        if left and style is base:
            text += " " * left
        elif left:
            segments.append(Segment(text, style))
            text, style = " " * left, base
        segments.append(Segment(text, style))
        return Strip(segments, width)


@lru_cache(maxsize=16)
def _paint(palette: Palette, colours: str | None, colourless: bool, ascii_only: bool) -> Paint:  # noqa: FBT001
    return Paint(palette, colours, colourless=colourless, ascii_only=ascii_only)


def paint_of(app: App[Any]) -> Paint:
    """The paint for the app's theme and terminal."""
    palette = PALETTES.get(app.theme, DARK)
    colours = "truecolor" if getattr(app, "all_colours", False) else app.console.color_system
    return _paint(palette, colours, app.no_color, getattr(app, "ascii", False))


def _roles(palette: Palette) -> dict[Role, Style]:
    def style(colour: str, ground: str = palette.background, *, bold: bool | None = None) -> Style:
        return Style(color=colour, bgcolor=ground, bold=bold)

    return {
        "text": style(palette.text),
        "strong": style(palette.text, bold=True),
        "emphasis": Style(color=palette.text, bgcolor=palette.background, italic=True),
        "muted": style(palette.muted),
        "faint": style(palette.faint),
        "dim": style(palette.muted),
        "heading": style(palette.text, bold=True),
        "name": style(palette.accent),
        "number": style(palette.text),
        "rule": style(palette.rule),
        "accent": style(palette.accent),
        "current": style(palette.accent, bold=True),
        "current-ground": style(palette.accent, palette.accent_ground, bold=True),
        "operand": style(palette.operand),
        "operand-ground": Style(bgcolor=palette.operand_ground),
        "cursor-ground": Style(bgcolor=palette.cursor_ground, bold=True),
        "found": Style(color=palette.text, bgcolor=palette.accent_ground, bold=True),
        "badge": Style(color=palette.background, bgcolor=palette.accent, bold=True),
        "key": style(palette.accent, bold=True),
        "caret": Style(color=palette.background, bgcolor=palette.accent),
        "output-muted": style(palette.muted, palette.surface),
        "output-strong": style(palette.accent, palette.surface, bold=True),
        "marked": style(palette.operand),
        "alarm": style(palette.alarm, palette.alarm_ground, bold=True),
        "good": style(palette.good),
        "bad": style(palette.bad),
        "error": style(palette.bad, bold=True),
        "output": style(palette.text, palette.surface),
    }


def _plain_roles() -> dict[Role, Style]:
    """No colour at all: weight, underline and reverse carry what colour carries elsewhere."""
    plain, bold, dim = Style(), Style(bold=True), Style(dim=True)
    return {
        "text": plain,
        "strong": bold,
        "emphasis": Style(italic=True),
        "muted": plain,
        "faint": dim,
        "dim": plain,
        "heading": bold,
        "name": bold,
        "number": plain,
        "rule": dim,
        "accent": bold,
        "current": bold,
        "current-ground": Style(bold=True, reverse=True),
        "operand": Style(underline=True),
        "operand-ground": Style(underline=True),
        "cursor-ground": Style(reverse=True),
        "found": Style(bold=True, underline=True),
        "badge": Style(bold=True, reverse=True),
        "key": bold,
        "caret": Style(reverse=True),
        "output-muted": plain,
        "output-strong": bold,
        "marked": plain,
        "alarm": Style(bold=True, reverse=True),
        "good": plain,
        "bad": bold,
        "error": Style(bold=True, underline=True),
        "output": plain,
    }


def _values(palette: Palette, *, few: bool) -> list[Style]:
    scale = _ramp(palette) if few else _gradient(palette)
    ground = Color.parse(palette.background)
    return [
        *(Style(color=colour, bgcolor=ground) for colour in scale),
        Style(color=palette.faint, bgcolor=ground),
        Style(color=palette.alarm, bgcolor=palette.alarm_ground, bold=True),
        Style(color=palette.infinite, bgcolor=palette.infinite_ground, bold=True),
    ]


def _plain_values() -> list[Style]:
    def style(size: float) -> Style:
        return Style(bold=True) if size > STRONG else Style(dim=True) if size < WEAK else Style()

    half = SCALE // 2
    alarm = Style(bold=True, reverse=True)
    return [*(style(abs(step - half) / half) for step in range(SCALE)), Style(dim=True), alarm, alarm]


def _gradient(palette: Palette) -> list[Color]:
    """From the negative colour over the middle one to the positive colour."""
    half = SCALE // 2
    middle = Color.parse(palette.middle)

    def blend(end: str, part: float) -> Color:
        ends = zip(middle.get_truecolor(), Color.parse(end).get_truecolor(), strict=True)
        return Color.from_rgb(*(round(here + (there - here) * part) for here, there in ends))

    negative = [blend(palette.negative, step / half) for step in range(half, 0, -1)]
    return [*negative, middle, *(blend(palette.positive, step / half) for step in range(1, half + 1))]


def _ramp(palette: Palette) -> list[Color]:
    """The same from a terminal's fixed palette: a gradient rounded to 256 colours would collapse to a few."""
    half = SCALE // 2

    def pick(ramp: Sequence[int], step: int) -> Color:
        return Color.from_ansi(ramp[(step - 1) * len(ramp) // half])

    negative = [pick(palette.negatives, step) for step in range(half, 0, -1)]
    positive = [pick(palette.positives, step) for step in range(1, half + 1)]
    return [*negative, Color.from_ansi(palette.grey), *positive]
