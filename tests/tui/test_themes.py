"""Colours that everybody can tell apart, on every kind of terminal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.color import Color, ColorSystem
from rich.style import Style

from nnstep.render.scale import INFINITE, NAN, SCALE, ZERO
from nnstep.tui.paint import CURSOR, OPERAND, VALUES, Paint
from nnstep.tui.palette import PALETTES, Palette

Floats = NDArray[np.float64]
MACHADO: dict[str, Floats] = {
    "usual": np.eye(3),
    # Machado, Oliveira and Fernandes 2009, severity 1.
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)


def linear(colour: Color) -> Floats:
    """The linear RGB of a colour."""
    rgb = np.array(colour.get_truecolor()) / 255
    return np.asarray(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4))


def lab(colour: Color, sight: str) -> Floats:
    """CIELAB of a colour as it is seen."""
    ratio = TO_XYZ @ np.clip(MACHADO[sight] @ linear(colour), 0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: Color, other: Color, sight: str) -> float:
    """CIE76: about 2.3 can just be noticed."""
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def contrast(one: Color, other: Color) -> float:
    """WCAG's contrast ratio."""
    low, high = sorted(float(TO_XYZ[1] @ linear(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def colour(style: Style) -> Color:
    assert style.color is not None
    return style.color


@pytest.fixture(params=PALETTES.values(), ids=lambda palette: palette.name)
def palette(request: pytest.FixtureRequest) -> Palette:
    chosen: Palette = request.param
    return chosen


@pytest.mark.parametrize("sight", MACHADO)
@pytest.mark.parametrize("colours", ["truecolor", "256"])
def test_the_scale_is_told_apart_by_those_who_confuse_red_and_green(palette: Palette, colours: str, sight: str) -> None:
    paint = Paint(palette, colours)
    scale = [colour(paint.styles[number]) for number in range(SCALE)]
    half = SCALE // 2
    assert difference(scale[0], scale[-1], sight) > 50
    # From an eighth of the scale on, so from a sixty-fourth of the largest value, the sign shows.
    for step in range(half // 8, half + 1):
        assert difference(scale[half - step], scale[half + step], sight) > 8, step
    for end in (scale[0], scale[-1]):
        assert difference(end, scale[half], sight) > 20


def test_a_negative_value_is_no_operand_and_no_alarm(palette: Palette) -> None:
    marks = [palette.operand, palette.accent]
    for value, mark in itertools.product((palette.negative, palette.positive), marks):
        assert difference(Color.parse(value), Color.parse(mark), "usual") > 30


def test_texts_are_legible(palette: Palette) -> None:
    ground = Color.parse(palette.background)
    least = 7.0 if palette.name == "contrast" else 4.5
    words = (palette.text, palette.accent, palette.operand, palette.negative, palette.positive, palette.bad)
    assert all(contrast(Color.parse(word), ground) >= least for word in words)
    assert contrast(Color.parse(palette.alarm), Color.parse(palette.alarm_ground)) >= 4.5
    assert contrast(Color.parse(palette.infinite), Color.parse(palette.infinite_ground)) >= 4.5


def test_high_contrast_is_pure_white_on_pure_black() -> None:
    assert (PALETTES["contrast"].text, PALETTES["contrast"].background) == ("#ffffff", "#000000")


def test_marks_survive_256_colours(palette: Palette) -> None:
    grounds = {
        Color.parse(shade).downgrade(ColorSystem.EIGHT_BIT).number
        for shade in (palette.background, palette.operand_ground, palette.cursor_ground)
    }
    assert len(grounds) == 3


def test_sixteen_colours_are_used_as_they_are(palette: Palette) -> None:
    paint = Paint(palette, "standard")
    full = Paint(palette, "truecolor")
    assert set(paint.styles) == set(full.styles)
    used = [style.color for style in paint.styles.values() if style.color is not None]
    assert all(each.number is not None and each.number < 16 for each in used)
    plain = {paint.styles[number] for number in range(SCALE)}
    assert len(plain) == 5
    assert plain.isdisjoint(paint.styles[number] for number in (ZERO, NAN, INFINITE))
    for number in range(VALUES):
        assert paint.styles[OPERAND + number] not in plain
        assert paint.styles[CURSOR + number] not in plain | {paint.styles[OPERAND + number]}


def test_a_terminal_without_colours_gets_none() -> None:
    paint = Paint(PALETTES["dark"], None)
    assert all(style.color is None for style in paint.styles.values())
