"""The one place that says how a role, or the colour of a value, looks in a theme where there are all colours."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.render.palette import Palette
from nnstep.render.scale import MIDDLE


class Look(NamedTuple):
    """Colours as #rrggbb; an empty one is left as it is."""

    colour: str = ""
    ground: str = ""
    bold: bool = False
    italic: bool = False


def role_looks(palette: Palette) -> dict[str | int, Look]:
    """The looks of all roles."""

    def look(colour: str, ground: str = palette.background, *, bold: bool = False) -> Look:
        return Look(colour, ground, bold)

    return {
        "text": look(palette.text),
        "strong": look(palette.text, bold=True),
        "emphasis": Look(palette.text, palette.background, italic=True),
        "muted": look(palette.muted),
        "faint": look(palette.faint),
        "dim": look(palette.muted),
        "heading": look(palette.text, bold=True),
        "name": look(palette.accent),
        "number": look(palette.text),
        "rule": look(palette.rule),
        "accent": look(palette.accent),
        "current": look(palette.accent, bold=True),
        "current-ground": look(palette.accent, palette.accent_ground, bold=True),
        "operand": look(palette.operand),
        "operand-ground": Look(ground=palette.operand_ground),
        "cursor-ground": Look(ground=palette.cursor_ground, bold=True),
        "found": look(palette.text, palette.accent_ground, bold=True),
        "badge": look(palette.background, palette.accent, bold=True),
        "key": look(palette.accent, bold=True),
        "caret": look(palette.background, palette.accent),
        "output-muted": look(palette.muted, palette.surface),
        "output-strong": look(palette.accent, palette.surface, bold=True),
        "marked": look(palette.operand),
        "alarm": look(palette.alarm, palette.alarm_ground, bold=True),
        "good": look(palette.good),
        "bad": look(palette.bad),
        "error": look(palette.bad, bold=True),
        "output": look(palette.text, palette.surface),
    }


def value_looks(palette: Palette) -> list[Look]:
    """Those of the places on the scale, then of the faint zero, NaN and ∞."""
    return [
        *(Look(colour, palette.background) for colour in gradient(palette)),
        Look(palette.faint, palette.background),
        Look(palette.alarm, palette.alarm_ground, bold=True),
        Look(palette.infinite, palette.infinite_ground, bold=True),
    ]


def gradient(palette: Palette, middle: str = "") -> list[str]:
    """From the negative colour over the middle one to the positive colour."""
    middle = middle or palette.middle
    negative = [blend(middle, palette.negative, step / MIDDLE) for step in range(MIDDLE, 0, -1)]
    positive = [blend(middle, palette.positive, step / MIDDLE) for step in range(1, MIDDLE + 1)]
    return [*negative, middle, *positive]


def pixels(palette: Palette) -> list[str]:
    """The colours of values as pixels: zero is nearly the ground, where a number must be legible.

    Last come those of marks on pixels, which are counted from the end: LIGHT on what is near zero, else INK.
    """
    colours = gradient(palette, palette.surface)

    def standing_out(*either: str) -> str:
        return max(either, key=lambda colour: _distance(colour, palette.surface))

    alarm = standing_out(palette.alarm, palette.alarm_ground)
    return [
        *colours,
        palette.surface,
        alarm,
        standing_out(palette.infinite, palette.infinite_ground),
        palette.text,
        palette.background,
    ]


def _distance(one: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True))


def blend(start: str, end: str, part: float) -> str:
    """A colour between two."""
    ends = zip(bytes.fromhex(start[1:]), bytes.fromhex(end[1:]), strict=True)
    return "#" + bytes(round(here + (there - here) * part) for here, there in ends).hex()


class Looks:
    """Every look of a theme: of roles, of values as numbers, and of two values as the pixels of one cell."""

    def __init__(self, palette: Palette) -> None:
        self._looks: dict[str | int, Look] = role_looks(palette) | dict(enumerate(value_looks(palette)))
        self._pixels = pixels(palette)

    def __getitem__(self, role: str | int | tuple[int, int]) -> Look:
        if isinstance(role, tuple):
            upper, lower = role
            return Look(self._pixels[upper], self._pixels[lower])
        return self._looks[role]
