"""A value as lines: a number, a matrix, a large one in outline."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.render.matrix import value_lines
from nnstep.render.text import plain


def lines(name: str, value: object) -> list[str]:
    return [plain(spans) for spans in value_lines(name, value)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234567890123, "x = 0.123456789"),
        (np.array(2.5), "x = 2.5"),
        (np.int64(7), "x = 7"),
        (1234567, "x = 1234567"),
        (True, "x = True"),
        (np.False_, "x = False"),
        ((4, 2), "x = (4, 2)"),
        (float("nan"), "x = NaN"),
    ],
)
def test_a_single_value_is_one_line(value: object, text: str) -> None:
    assert lines("x", value) == [text]


def test_a_matrix_stands_in_rows() -> None:
    assert lines("Z[1]", np.array([[1.5, -10.0], [0.25, 3.0]])) == ["Z[1]  2×2", "    1.50  -10.00", "    0.25    3.00"]


def test_a_vector_is_one_row() -> None:
    assert lines("b[1]", np.array([1.0, 2.0, 3.0])) == ["b[1]  3", "  1  2  3"]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_empty_matrix_is_its_heading(shape: tuple[int, ...]) -> None:
    assert lines("x", np.zeros(shape)) == ["x  " + "×".join(str(n) for n in shape)]


def test_a_matrix_that_just_fits_is_shown_whole() -> None:
    shown = lines("x", np.arange(320.0).reshape(20, 16))
    assert len(shown) == 21
    assert shown[-1].split() == [str(n) for n in range(304, 320)]


def test_a_large_matrix_shows_its_corners_and_a_summary() -> None:
    heading, *rows, summary = lines("x", np.arange(21 * 17.0).reshape(21, 17))
    assert heading == "x  21×17"
    assert rows[0].split() == ["0", "1", "2", "3", "…", "13", "14", "15", "16"]
    assert rows[4] == "  …"
    assert rows[-1].split() == ["340", "341", "342", "343", "…", "353", "354", "355", "356"]
    assert len(rows) == 9
    assert len({row.index("…") for row in rows if row != "  …"}) == 1
    assert summary == "  min 0  max 356  mean 178"


def test_a_long_vector_is_large_too() -> None:
    heading, row, summary = lines("x", np.arange(100.0))
    assert heading == "x  100"
    assert row.split() == ["0", "1", "2", "3", "…", "96", "97", "98", "99"]
    assert summary == "  min 0  max 99  mean 49.5"


def test_a_tall_matrix_leaves_out_rows_alone() -> None:
    rows = lines("x", np.arange(60.0).reshape(30, 2))[1:-1]
    assert [row.split() for row in rows[3:6]] == [["6", "7"], ["…"], ["52", "53"]]


def test_the_summary_counts_what_is_not_finite() -> None:
    values = np.ones((30, 2))
    values[3, 1], values[20, 0] = np.nan, np.inf
    assert lines("x", values)[-1] == "  min NaN  max NaN  mean NaN  not finite 2"


def test_a_summary_of_conditions() -> None:
    assert lines("x", np.arange(100) < 25)[-1] == "  min 0  max 1  mean 0.25"


def test_every_span_has_a_role() -> None:
    heading, row = value_lines("b[1]", np.array([1.0, 2.0]))
    assert [span.role for span in heading if span.text.strip()] == ["name", "dim"]
    assert row[-1].role == "number"
