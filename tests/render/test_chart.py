"""The chart: where its dots are, what its axes say, and what is marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from nnstep.render.chart import BRAILLE, DOTS, chart
from nnstep.render.text import plain

NAN, INF = math.nan, math.inf


def rows(values: Sequence[float], width: int = 40, height: int = 4) -> list[str]:
    return [plain(line) for line in chart(np.array(values), width, height, ("a", "b"))]


def dots(lines: list[str], height: int) -> set[tuple[int, int]]:
    """The places of the dots, (0, 0) at the lower left."""
    found = set()
    for row, text in enumerate(lines[:height]):
        drawn = text[max(text.find("┤"), text.find("│")) + 1 :]
        for column, character in enumerate(drawn):
            bits = ord(character) - BRAILLE
            if 0 < bits < 256:
                for y in range(4):
                    for x in range(2):
                        if bits & DOTS[y][x]:
                            found.add((2 * column + x, 4 * (height - row) - 1 - y))
    return found


def test_a_straight_line() -> None:
    lines = rows([1.0, 2.0, 3.0])
    assert lines[4].startswith("    └─")
    assert lines[5].split() == ["a", "b"]
    places = sorted(dots(lines, 4))
    assert places[0] == (0, 0)
    assert places[-1][1] == 15
    for x, y in places:
        assert abs(y - 15 * x / places[-1][0]) <= 1


def test_every_column_of_dots_is_drawn_for_many_numbers() -> None:
    values = np.sin(np.linspace(0, 20, 5000)).tolist()
    lines = rows(values, 60, 6)
    places = dots(lines, 6)
    columns = max(x for x, _ in places) + 1
    assert {x for x, _ in places} == set(range(columns))
    for x, y in places:
        nearby = values[max(0, x - 1) * 5000 // columns : (x + 2) * 5000 // columns]
        assert min(nearby) - 0.1 <= -1 + 2 * y / 23 <= max(nearby) + 0.1


def test_no_line_is_wider_than_asked_for() -> None:
    for width in (20, 40, 80):
        for values in ([1.0], [1.0, 2.0], [1e-9, 1e200, NAN], [NAN], [-123456.0, 5.0, INF], list(range(1000))):
            assert all(len(line) <= width for line in rows(values, width))


def test_the_scale_has_the_smallest_and_the_largest() -> None:
    lines = rows([0.25, -1.5, 0.75])
    assert lines[0].startswith("0.75 ┤")
    assert lines[3].startswith("-1.5 ┤")
    assert lines[-1].split() == ["a", "b"]


def test_numbers_of_very_different_sizes_are_drawn_by_their_logarithms() -> None:
    lines = rows([1.0, 10.0, 100.0, 1000.0, 10000.0])
    assert lines[2].lstrip().startswith("log ┤")
    for x, y in dots(lines, 4):
        assert abs(y - 15 * x / max(x for x, _ in dots(lines, 4))) <= 1
    assert "log" not in "".join(rows([0.0, 1e9]))
    assert "log" not in "".join(rows([-1.0, 1e9]))


def test_nan_is_marked_on_the_axis_and_infinity_at_the_edges() -> None:
    lines = rows([1.0, 2.0, INF, NAN, NAN])
    assert "∞" in lines[0]
    axis = lines[4][lines[4].index("└") + 1 :]
    assert set(axis) == {"─", "×"}
    assert axis.endswith("×")
    assert axis.index("×") > len(axis) / 2
    lines = rows([1.0, 2.0, -INF])
    assert lines[3].endswith("∞")
    assert "∞" not in "".join(lines[:3])


@pytest.mark.parametrize("values", [[3.0], [3.0, 3.0], [3.0] * 1000])
def test_a_constant_is_a_line_in_the_middle(values: list[float]) -> None:
    lines = rows(values)
    assert {y for _, y in dots(lines, 4)} == {8}
    assert lines[0].startswith("  3 ┤")
    assert not any("3" in line for line in lines[1:])


def test_nothing_but_nan_is_an_empty_chart() -> None:
    lines = rows([NAN, NAN])
    assert not dots(lines, 4)
    assert "×" in lines[4]


def test_the_largest_numbers_there_are() -> None:
    places = dots(rows([-1.7e308, 1.7e308]), 4)
    assert (0, 0) in places
    assert max(y for _, y in places) == 15


def test_a_number_between_two_that_are_none_is_a_dot() -> None:
    places = dots(rows([NAN, 5.0, NAN, 6.0, NAN], 60), 4)
    assert {y for _, y in places} == {0, 15}
