"""Plots: where the dots are, which step each column stands for, and that many points cost no more than few."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnstep.render.plot import MARGIN, Series, plot, smoothed, wants_logs
from nnstep.render.text import plain


def rows(values: list[float], *, log: bool = False, steps: list[int] | None = None) -> list[str]:
    at = np.array(steps or range(1, len(values) + 1)) * 10
    return [plain(line) for line in plot("loss", [Series("a", at, np.array(values))], (MARGIN + 21, 6), log=log).lines]


def test_axes_say_the_range() -> None:
    lines = rows([1.0, 3.0, 2.0])
    assert lines[0].strip() == "loss"
    assert lines[1].startswith("      3 ┤")
    assert lines[4].startswith("      1 ┤")
    assert lines[5].split() == ["└step", "10", "30"]


def test_a_straight_line_goes_from_corner_to_corner() -> None:
    lines = rows([0.0, 1.0])
    assert lines[4][MARGIN + 1] != " "
    assert lines[1][-1] != " "
    assert lines[1][MARGIN + 1 : -6].strip() == ""


def test_many_points_are_drawn_by_their_extremes() -> None:
    values = np.zeros(10_000)
    values[5000] = 1.0
    picture = plot("x", [Series("a", np.arange(1, 10_001), values)], (MARGIN + 21, 6))
    columns = [plain(line).ljust(40)[MARGIN + 1 + 9] for line in picture.lines[1:5]]
    assert all(character != " " for character in columns)
    assert all(plain(line)[MARGIN + 1 : MARGIN + 10].strip() == "" for line in picture.lines[1:4])


def test_a_column_goes_to_the_step_of_a_point() -> None:
    steps = np.array([25, 50, 75, 100])
    picture = plot("x", [Series("a", steps, np.array([4.0, 3, 2, 1]))], (MARGIN + 1 + 30, 8))
    clicked = [picture.at(MARGIN + 1 + x, 3) for x in (0, 10, 20, 29)]
    assert clicked == ["goto 25", "goto 50", "goto 75", "goto 100"]
    assert picture.at(2, 3) == ""


def test_logarithms() -> None:
    lines = rows([1000.0, 10.0, 0.0, 1.0], log=True)
    assert lines[0].strip() == "loss (log)"
    assert lines[1].startswith("   1000 ┤")
    assert lines[4].startswith("      1 ┤")
    assert wants_logs(np.array([1.0, 1000.0]))
    assert not wants_logs(np.array([0.0, 1000.0]))


@pytest.mark.parametrize("values", [[], [math.nan, math.nan], [math.inf]])
def test_nothing_to_draw(values: list[float]) -> None:
    assert any("nothing yet" in line for line in rows(values))


def test_the_largest_numbers() -> None:
    lines = rows([-1.7e308, 1.7e308])
    assert lines[1].startswith("1.7e308 ┤")
    assert lines[1][-1] != " "


def test_smoothing_is_a_mean_over_what_came_before() -> None:
    assert smoothed(np.array([1.0, 3.0, 5.0, math.nan, 9.0]), 2).tolist() == [1.0, 2.0, 4.0, 5.0, 9.0]


def test_the_names_of_several_curves() -> None:
    series = [Series(name, np.array([1, 2]), np.array([1.0, 2.0])) for name in ("main", "b1")]
    [title, *_] = plot("loss", series, (60, 8)).lines
    assert plain(title).split() == ["loss", "─", "main", "─", "b1"]
    roles = {span.text: span.role for span in title}
    assert roles["─ main"] != roles["─ b1"]


def test_without_colour_curves_are_told_apart_by_their_numbers() -> None:
    steps = np.arange(1, 41)
    picture = plot("loss", [Series("low", steps, np.zeros(40)), Series("high", steps, np.ones(40))], (50, 10))
    title, *lines = [plain(line) for line in picture.colourless]
    assert title.split() == ["loss", "1", "low", "2", "high"]
    assert [line.count("2") for line in lines[:2]] == [3, 0]
    assert lines[7].count("1") == 3
    assert "1" not in plain(picture.lines[7])
