from __future__ import annotations

import pytest
from rich.cells import cell_len

from nnstep.render.looks import Looks
from nnstep.render.scale import INFINITE, NAN, SCALE, ZERO
from nnstep.tui.paint import CURSOR, OPERAND, VALUES, Paint
from nnstep.tui.palette import PALETTES, Palette


@pytest.fixture(params=PALETTES.values(), ids=lambda palette: palette.name)
def palette(request: pytest.FixtureRequest) -> Palette:
    chosen: Palette = request.param
    return chosen


@pytest.mark.parametrize(("colours", "fewest"), [("truecolor", 60), ("256", 9)])
def test_values_differ_in_colour_by_sign_and_size(palette: Palette, colours: str, fewest: int) -> None:
    paint = Paint(palette, colours)
    scale = [paint.styles[number].color for number in range(SCALE)]
    assert len(set(scale)) >= fewest
    assert set(scale[: SCALE // 2]).isdisjoint(scale[SCALE // 2 + 1 :])
    assert all(colour is not None and (colours != "256" or colour.number is not None) for colour in scale)


@pytest.mark.parametrize("colours", ["truecolor", None])
def test_marks_and_alarms_stand_out_from_every_value(palette: Palette, colours: str | None) -> None:
    paint = Paint(palette, colours)
    plain = {paint.styles[number] for number in range(SCALE)}
    for number in range(VALUES):
        assert paint.styles[OPERAND + number] not in plain
        assert paint.styles[CURSOR + number] not in plain | {paint.styles[OPERAND + number]}
    assert paint.styles[NAN] not in plain
    assert paint.styles[INFINITE] not in plain


def test_without_colour_there_is_none() -> None:
    paint = Paint(PALETTES["dark"], None)
    assert all(style.color is None and style.bgcolor is None for style in paint.styles.values())
    assert paint.styles[0].bold
    assert paint.styles[SCALE - 1].bold
    assert paint.styles[ZERO].dim


@pytest.mark.parametrize("width", [0, 1, 5, 8, 40])
def test_a_line_is_exactly_as_wide_as_asked(palette: Palette, width: int) -> None:
    paint = Paint(palette, "truecolor")
    segments = paint.segments((("δ[1]", "current"), (" 深層", "text"), ("\N{MIDDLE DOT}x", "muted")), width)
    assert cell_len("".join(segment.text for segment in segments)) == width


def test_neighbours_of_one_style_become_one_segment() -> None:
    paint = Paint(PALETTES["dark"], "truecolor")
    assert len(paint.segments((("a", "text"), ("b", "text"), ("c", "muted"), ("d", "muted")), 4)) == 2


def test_two_values_of_a_cell_have_the_colours_that_figures_give_them(palette: Palette) -> None:
    paint = Paint(palette, "truecolor")
    for pair in ((0, SCALE - 1), (NAN, 0), (SCALE // 2, INFINITE)):
        (style,) = (segment.style for segment in paint.segments((("▀", pair),), 1))
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        assert (style.color.name, style.bgcolor.name) == Looks(palette)[pair][:2]


def test_nan_is_seen_among_pixels_in_every_theme(palette: Palette) -> None:
    colours = {Looks(palette)[place, place].colour for place in (0, SCALE // 2, SCALE - 1)}
    for place in (NAN, INFINITE):
        assert Looks(palette)[place, place].colour not in {*colours, palette.background, "#000000"}
