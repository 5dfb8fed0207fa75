from __future__ import annotations

import math

import numpy as np
import pytest

from nnstep.session.survey import STRETCH, Moved, changes, finished, survey

RNG = np.random.default_rng(3)


def test_a_survey_counts_the_six_classes_and_measures_the_finite_numbers() -> None:
    values = np.array([[1.0, -2.0, 0.0, np.nan], [np.inf, -np.inf, 4.0, -0.0]])
    found = finished(survey(values))
    assert found.classes == (1, 1, 2, 2, 1, 1)
    assert (found.low, found.high, found.mean) == (-2, 4, 3 / 5)
    assert found.norm == pytest.approx(math.sqrt(21))
    assert found.cells == 8


@pytest.mark.parametrize("size", [(3, 5), (7, STRETCH // 3), (1, 1)])
def test_a_survey_says_what_numpy_says_however_many_stretches_it_takes(size: tuple[int, int]) -> None:
    values = RNG.normal(size=size)
    found = finished(survey(values))
    expected = (values.min(), values.max(), values.mean(), np.linalg.norm(values))
    assert (found.low, found.high, found.mean, found.norm) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [1e200, 1e-200, 1e308])
def test_the_norm_neither_overflows_nor_vanishes(scale: float) -> None:
    assert finished(survey(np.array([[0.3, -0.4]]) * scale)).norm == pytest.approx(0.5 * scale)


def test_nothing_finite_has_no_range() -> None:
    found = finished(survey(np.array([[np.nan, np.inf]])))
    assert math.isnan(found.low)
    assert math.isnan(found.norm)
    assert found.classes == (0, 0, 0, 0, 1, 1)


def test_what_moved_most_comes_first_and_a_lost_number_before_all() -> None:
    before = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 5.0]])
    after = np.array([[1.5, 2.0, 0.25], [3.0, np.nan, 4.0]])
    lost, first, second = changes(before, after)
    assert (lost.index, first, second) == ((1, 1), Moved((1, 2), 5.0, 4.0), Moved((0, 0), 1.0, 1.5))
    assert (first.by, first.part, second.part) == (-1, 0.2, 0.5)
    assert changes(before, before) == ()
    assert changes(np.zeros(3), np.array([0.0, 2.0, 1.0]), 1) == (Moved((1,), 0.0, 2.0),)


def test_what_moved_most_is_the_same_in_many_stretches() -> None:
    before = RNG.normal(size=(9, STRETCH // 2))
    after = before.copy()
    cells = [(8, 3), (0, 77), (4, 1), (4, 2)]
    for place, at in enumerate(cells):
        after[at] += 8 - place
    assert [move.index for move in changes(before, after, 4)] == cells
