"""The canvas: dots, text over them, and what can be clicked. Numbers that fit, and the scale of colours."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnstep.render.canvas import Area, Canvas, Picture
from nnstep.render.fitting import fitted
from nnstep.render.scale import INFINITE, MIDDLE, NAN, SCALE, colours, shade
from nnstep.render.text import line, plain, text_of


def test_a_line_of_dots() -> None:
    canvas = Canvas(3, 1)
    canvas.line((0, 0), (5, 0), 3)
    assert canvas.lines() == (((("⠉⠉⠉", 3)),),)


def test_the_largest_value_colours_a_cell() -> None:
    canvas = Canvas(1, 1)
    canvas.line((0, 0), (1, 0), 60, 28)
    canvas.line((0, 3), (1, 3), 30, 2)
    assert canvas.lines()[0] == (("⣉", 60),)


def test_text_lies_over_dots_and_what_is_outside_is_left_out() -> None:
    canvas = Canvas(4, 2)
    canvas.line((-20, 0), (20, 0), "dim")
    canvas.put(3, 0, "ab", "name")
    canvas.put(0, 5, "never")
    assert [plain(row) for row in canvas.lines()] == ["⠉⠉⠉a", ""]


def test_a_box() -> None:
    canvas = Canvas(4, 3)
    canvas.box(0, 0, (4, 3))
    assert text_of(canvas.lines()) == "╭──╮\n│  │\n╰──╯"


def test_the_topmost_area_is_clicked() -> None:
    picture = Picture((line("x"),), (Area(0, 2, 0, 9, "below"), Area(1, 2, 3, 5, "above")))
    assert [picture.at(3, 0), picture.at(3, 1), picture.at(5, 1), picture.at(9, 1)] == ["below", "above", "below", ""]


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.5, "0.5"),
        (-0.71842, "-0.718"),
        (123456.0, "123456"),
        (-0.00012345, "-1e-4"),
        (1234567.0, "1.23e6"),
        (math.nan, "NaN"),
        (-math.inf, "-∞"),
        (0, "0"),
    ],
)
def test_a_number_in_six_cells(x: float, text: str) -> None:
    assert fitted(x, 6) == text


def test_the_scale_ends_at_the_largest_size() -> None:
    found = colours(np.array([-2.0, 0.0, 1.0, 2.0, math.nan, math.inf]))
    assert found.tolist() == [0, MIDDLE, MIDDLE + MIDDLE // 2, SCALE - 1, NAN, INFINITE]
    assert colours(np.zeros(2)).tolist() == [MIDDLE, MIDDLE]


def test_shades_tell_sign_and_size() -> None:
    assert "".join(shade(place) for place in (0, 16, 32, 48, 64, NAN, INFINITE)) == "X= ▒█?!"
