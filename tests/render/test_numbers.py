"""Numbers as text."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.render.numbers import column, number


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (0.5, "0.5"),
        (1 / 3, "0.3333"),
        (-2 / 3, "-0.6667"),
        (12.345678, "12.35"),
        (123456.7, "123457"),
        (999999.0, "999999"),
        (100.0, "100"),
        (1e6, "1e6"),
        (-1234567.0, "-1.235e6"),
        (0.0001, "0.0001"),
        (0.00012346, "0.0001235"),
        (0.00009, "9e-5"),
        (1.5e-300, "1.5e-300"),
        (1e300, "1e300"),
        (0.99996, "1"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "-∞"),
        (np.float32(0.1), "0.1"),
        (3, "3"),
    ],
)
def test_number(x: float, text: str) -> None:
    assert number(x) == text


def test_number_takes_a_count_of_digits() -> None:
    assert number(1 / 3, 10) == "0.3333333333"
    assert number(2 / 3, 2) == "0.67"
    assert number(1234567.0, 7) == "1.234567e6"
    assert number(55.55, 1) == "56"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1.0, -2.0], ["1", "-2"]),
        ([1.0, 0.25], ["1.00", "0.25"]),
        # six digits for the largest, as many decimals for all
        ([1 / 3, -12.0], ["0.3333", "-12.0000"]),
        ([1 / 3, 0.0], ["0.33333", "0.00000"]),
        ([123456.7, 0.1], ["123457", "0"]),
        ([1e6, 1.0], ["1.00000e+06", "1.00000e+00"]),
        ([1e-5, -2e-5], ["1.00000e-05", "-2.00000e-05"]),
        ([0.0, 0.0], ["0", "0"]),
        ([-0.0, 0.5], ["0.0", "0.5"]),
        ([float("nan"), 1.5, float("-inf"), float("inf")], ["NaN", "1.5", "-∞", "∞"]),
        ([float("nan")], ["NaN"]),
        ([], []),
    ],
)
def test_a_column_has_one_count_of_decimals(values: list[float], texts: list[str]) -> None:
    assert column(np.array(values)) == texts


def test_a_column_of_whole_numbers_and_of_conditions() -> None:
    assert column(np.array([[1, -20], [300, 4]])) == ["1", "-20", "300", "4"]
    assert column(np.array([True, False])) == ["True", "False"]
