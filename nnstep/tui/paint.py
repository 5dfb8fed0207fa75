"""The one place that turns roles into styles, and lines of (text, role) into styled text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from nnstep.errors import harmless
from nnstep.render.ascii import ascii_pieces
from nnstep.render.looks import Look, pixels, role_looks, value_looks
from nnstep.render.palette import Palette
from nnstep.render.scale import SCALE, ZERO
from nnstep.tui import sixteen

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
    """The styles of one theme on one kind of terminal.

    Attributes: ascii_only, whether it has no other characters; few, whether it has too few colours for a scale.
    """

    def __init__(self, palette: Palette, colours: str | None, *, ascii_only: bool = False) -> None:
        self.ascii_only = ascii_only
        self.few = colours in (None, "standard")
        if colours is None:
            self.styles, values = _plain_roles(), _plain_values()
        elif colours == "standard":
            self.styles, values = sixteen.roles(palette.sixteen), sixteen.values(palette.sixteen, SCALE)
        else:
            self.styles = {role: _style(look) for role, look in role_looks(palette).items()}
            values = _values(palette, few=colours == "256")
        self._pixels = [*(style.color for style in values), self.styles["text"].color, self.styles["text"].bgcolor]
        if colours == "truecolor":
            self._pixels = [Color.parse(colour) for colour in pixels(palette)]
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
            upper, lower = (self._pixels[place] for place in role)
            self.styles[role] = Style(color=upper, bgcolor=lower, bold=role[0] < 0 or None)
            return self.styles[role]
        return self.styles["text"]

    def segments(self, line: Iterable[tuple[str, Role]], width: int) -> list[Segment]:
        """The line as exactly `width` cells; neighbours of one style become one segment."""
        if self.ascii_only:
            line = ascii_pieces(line)
        styles = self.styles
        base = styles["text"]
        segments: list[Segment] = []
        left = width
        text, style = "", base
        for piece, role in line:
            if not piece.isprintable():
                # The one way onto the screen, a picture or a cast: a file's name, say, may hold anything.
                piece = harmless(piece)  # noqa: PLW2901
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
        return segments


@lru_cache(maxsize=16)
def paint(palette: Palette, colours: str | None, *, ascii_only: bool) -> Paint:
    """The paint of a theme for a kind of terminal's colours, as rich names them: None where there are none."""
    return Paint(palette, colours, ascii_only=ascii_only)


def _style(look: Look) -> Style:
    return Style(
        color=look.colour or None, bgcolor=look.ground or None, bold=look.bold or None, italic=look.italic or None
    )


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
    values = [_style(look) for look in value_looks(palette)]
    if few:
        ground = Color.parse(palette.background)
        values[:SCALE] = [Style(color=colour, bgcolor=ground) for colour in _ramp(palette)]
    return values


def _plain_values() -> list[Style]:
    def style(size: float) -> Style:
        return Style(bold=True) if size > STRONG else Style(dim=True) if size < WEAK else Style()

    half = SCALE // 2
    alarm = Style(bold=True, reverse=True)
    return [*(style(abs(step - half) / half) for step in range(SCALE)), Style(dim=True), alarm, alarm]


def _ramp(palette: Palette) -> list[Color]:
    """The scale from a terminal's fixed palette: a gradient rounded to 256 colours would collapse to a few."""
    half = SCALE // 2

    def pick(ramp: Sequence[int], step: int) -> Color:
        return Color.from_ansi(ramp[(step - 1) * len(ramp) // half])

    negative = [pick(palette.negatives, step) for step in range(half, 0, -1)]
    positive = [pick(palette.positives, step) for step in range(1, half + 1)]
    return [*negative, Color.from_ansi(palette.grey), *positive]
