"""The expression tree: what it says with symbols and with numbers, and how it shrinks."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.engine.cell import Cell, Number, Operand, Sigma, Sum, call, positive, sigma, whole

X = Operand("X", np.array([[1.0, -2.0], [3.0, 0.5]]))
W = Operand("W[1]", np.array([[0.25, 4.0]]))
LONG = Operand("A[1]", np.arange(20.0).reshape(1, 20))


def show(x: float) -> str:
    return f"{x:g}"


def rounds(cell: Cell) -> list[str]:
    texts = [cell.text(show)]
    while not isinstance(cell, Number):
        cell = cell.reduced()
        texts.append(cell.text(show))
    return list(dict.fromkeys(texts))


@pytest.mark.parametrize(
    ("cell", "symbols", "numbers", "value"),
    [
        (X[0, 0] * W[0, 1], "X[0,0] · W[1][0,1]", "1 · 4", 4.0),
        (X[0, 1] * W[0, 0], "X[0,1] · W[1][0,0]", "-2 · 0.25", -0.5),
        (W[0, 0] * X[0, 1], "W[1][0,0] · X[0,1]", "0.25 · (-2)", -0.5),
        (1 - X[0, 1] ** 2, "1 − X[0,1]²", "1 − (-2)²", -3.0),
        (X[1, 0] - X[0, 1], "X[1,0] − X[0,1]", "3 − (-2)", 5.0),
        (X[1, 0] + X[0, 1], "X[1,0] + X[0,1]", "3 − 2", 1.0),
        ((X[0, 0] + X[1, 0]) * W[0, 1], "(X[0,0] + X[1,0]) · W[1][0,1]", "(1 + 3) · 4", 16.0),
        (X[0, 0] / (X[1, 0] * W[0, 1]), "X[0,0] / (X[1,0] · W[1][0,1])", "1 / (3 · 4)", 1 / 12),
        (-X[0, 0], "-X[0,0]", "-1", -1.0),
        (call("tanh", np.tanh, X[0, 1]), "tanh(X[0,1])", "tanh(-2)", float(np.tanh(-2))),
        (X[1, 0] * positive(X[0, 1]), "X[1,0] · 1[X[0,1] > 0]", "3 · 1[-2 > 0]", 0.0),
        (sigma("k", 2, lambda k: X[0, k] * W[0, k]), "Σₖ X[0,k] · W[1][0,k]", "1 · 0.25 − 2 · 4", -7.75),
        (0.5 * whole("Σ{}²", W, lambda w: float(np.sum(w * w))), "0.5 · ΣW[1]²", "0.5 · 16.0625", 8.03125),
    ],
)
def test_text_and_value(cell: Cell, symbols: str, numbers: str, value: float) -> None:
    assert cell.text() == symbols
    assert cell.text(show) == numbers
    assert cell.value == value


def test_evaluation_goes_from_the_inside_out() -> None:
    cell = X[1, 0] * (1 - call("tanh", lambda v: v / 4, X[0, 1]) ** 2)
    assert rounds(cell) == ["3 · (1 − tanh(-2)²)", "3 · (1 − (-0.5)²)", "3 · (1 − 0.25)", "3 · 0.75", "2.25"]


def test_a_long_sum_shows_its_largest_terms_and_what_the_rest_is() -> None:
    cell = sigma("k", 20, lambda k: LONG[0, k])
    assert cell.text(show) == "19 + 18 + 17 + 16 + 120 (16 smaller terms)"
    assert cell.value == 190


def test_a_nan_is_the_first_term_of_a_long_sum() -> None:
    values = np.ones((1, 20))
    values[0, 13] = np.nan
    broken = Operand("A[1]", values)
    assert sigma("k", 20, lambda k: broken[0, k]).text(show).startswith("nan + 1 + 1 + 1 + 16 (16 smaller terms)")


def test_reads_are_the_cells_behind_the_value() -> None:
    cell = sigma("k", 2, lambda k: X[0, k] * W[0, k]) + X[1, 1]
    reads = [(leaf.operand.name, leaf.index) for leaf in cell.leaves()]
    assert reads == [("X", (0, 0)), ("W[1]", (0, 0)), ("X", (0, 1)), ("W[1]", (0, 1)), ("X", (1, 1))]


def test_arithmetic_follows_ieee_and_stays_silent() -> None:
    zero = Operand("z", np.array([0.0]))
    assert (1 / zero[0,]).value == np.inf
    assert np.isnan((zero[0,] / zero[0,]).value)
    assert call("exp", np.exp, Number(1e4)).value == np.inf


def test_a_sum_makes_no_terms_to_know_their_values() -> None:
    made: list[object] = []

    def term(k: int | str) -> Cell:
        made.append(k)
        return LONG[0, k] * (1 - call("tanh", np.tanh, LONG[0, k]) ** 2) / 3

    cell = sigma("k", 20, term)
    values = [part.value for part in sigma("k", 20, term).parts]
    made.clear()
    assert isinstance(cell, Sum)
    assert cell.count == 20
    np.testing.assert_allclose(cell.values, values, rtol=1e-14)
    assert cell.value == pytest.approx(sum(values), rel=1e-14)
    assert made == []
    assert cell.part(7).text() == cell.parts[7].text()


def test_a_sum_of_what_takes_one_number_at_a_time() -> None:
    cell = sigma("k", 20, lambda k: call("choice", lambda v: v if v > 9 else 0.0, LONG[0, k]))
    assert cell.value == sum(range(10, 20))


def test_a_sum_within_a_sum_and_a_number_within_a_sum() -> None:
    inner = sigma("k", 2, lambda k: X[0, k] * W[0, k])
    assert sigma("i", 2, lambda i: X[i, 0] * inner).value == (1 + 3) * -7.75
    assert sigma("i", 3, lambda _: Number(2.0)).value == 6


def test_the_factors_of_a_sum() -> None:
    cell = sigma("k", 2, lambda k: X[0, k] * W[0, k])
    assert isinstance(cell, Sigma)
    assert [(leaf.text(), values.tolist()) for leaf, values in cell.factors()] == [
        ("X[0,k]", [1, -2]),
        ("W[1][0,k]", [0.25, 4]),
    ]
    [(leaf, _), _] = cell.factors()
    assert cell.leaf(leaf, 1).text() == "X[0,1]"
