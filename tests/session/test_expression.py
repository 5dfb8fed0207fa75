"""Expressions: what they compute, on numbers worked out by hand, and what they refuse."""

from __future__ import annotations

import time

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError, NotComputedError
from nnstep.session import Session
from tests.worked import MODEL


@pytest.fixture(scope="module")
def session() -> Session:
    """The worked network after its first iteration, where every matrix can be read."""
    debugger = nnstep.open(MODEL)
    debugger.goto(20)
    return debugger.session


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names, in both spellings
        ("Z[1]", [[1.5, 1.0], [1.25, -3.0]]),
        ("δ[1]", [[3.0, -1.5], [6.0, 0.0]]),
        ("delta[1]", [[3.0, -1.5], [6.0, 0.0]]),
        ("α", 0.125),
        ("lr", 0.125),
        ("loss", 5.625),
        ("L", 5.625),
        ("l2", 0.0),
        ("W[2]", [[1.25, -1.1875]]),
        ("b[2]", [-0.0625]),
        # cells and slices
        ("Z[1][1,0]", 1.25),
        ("Z[1][1, 0]", 1.25),
        ("Z[1][1][0]", 1.25),
        ("Z[1][-1,-1]", -3.0),
        ("Z[1][:, 0]", [1.5, 1.25]),
        ("Z[1][0]", [1.5, 1.0]),
        ("Z[1][0:1]", [[1.5, 1.0]]),
        ("Z[1][::-1, 1]", [-3.0, 1.0]),
        ("b[1][0]", -0.625),
        ("E[1]", 9.0),
        ("X[argmax(E)]", [2.0, -1.0]),
        ("X[m - 1, epoch - 1]", 2.0),
        ("X[0][1:2]", [2.0]),
        ("(Z[1])[0,0]", 1.5),
        # operators
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("7 / 2", 3.5),
        ("2 ** 10", 1024.0),
        ("-X[0]", [-1.0, -2.0]),
        ("+X[0]", [1.0, 2.0]),
        ("X - Y", [[0.0, 1.0], [2.0, -1.0]]),
        ("X * 2", [[2.0, 4.0], [4.0, -2.0]]),
        ("X / 2", [[0.5, 1.0], [1.0, -0.5]]),
        ("X @ old(W[1]).T + old(b[1])", [[1.5, 1.0], [1.25, -3.0]]),
        ("X.T", [[1.0, 2.0], [2.0, -1.0]]),
        ("(X @ X).T", [[5.0, 0.0], [0.0, 5.0]]),
        ("Z[1] - lr*dA[1]", [[1.125, 1.1875], [0.5, -2.625]]),
        ("X[0,0]<Z[1][0,0]", True),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("1 <= 1", True),
        ("2 >= 3", False),
        ("2 == 2.0", True),
        ("2 != 2", False),
        ("Z[1] > 0", [[True, True], [True, False]]),
        ("0 < Z[1] < 1.3", [[False, True], [True, False]]),
        ("L > 5 and L < 6", True),
        ("L > 6 or L > 5", True),
        ("not L > 6", True),
        ("(Z[1] > 0) & (Z[1] < 1.3)", [[False, True], [True, False]]),
        ("(Z[1] < 0) | (Z[1] > 1.3)", [[True, False], [False, True]]),
        ("(Z[1] > 0) ^ (Z[1] > 1.2)", [[False, True], [False, False]]),
        ("~(Z[1] > 0)", [[False, False], [False, True]]),
        ("~(1 > 0)", False),
        # functions
        ("abs(Z[1])", [[1.5, 1.0], [1.25, 3.0]]),
        ("exp(0)", 1.0),
        ("log(1)", 0.0),
        ("sqrt(E)", [1.5, 3.0]),
        ("sum(Z[1])", 0.75),
        ("mean(Z[1])", 0.1875),
        ("std(E)", 3.375),
        ("min(Z[1])", -3.0),
        ("max(Z[1])", 1.5),
        ("norm(old(W[2]) + 4)", 45**0.5),
        ("argmax(E)", 1),
        ("isnan(X)", [[False, False], [False, False]]),
        ("isinf(exp(1000))", True),
        ("isfinite(log(0))", False),
        ("any(Z[1] < 0)", True),
        ("all(Z[1] > 0)", False),
        ("zeros(A[1])", 0.25),
        ("shape(A[1])", [2, 2]),
        ("shape(L)", []),
        ("shape(W[2])[1]", 2),
        # before the update
        ("old(W[1])", [[0.5, 0.25], [-1.0, 1.0]]),
        ("old(b[2])[0]", 0.5),
        ("W[1] - old(W[1]) == -lr * dW[1]", [[True, True], [True, True]]),
        # counters
        ("epoch", 1),
        ("batch", 1),
        ("iteration", 0),
        ("step", 20),
        ("m", 2),
        ("losses", [5.625]),
        ("mean(losses)", 5.625),
        ("step*m", 40),
        # numbers alone
        ("1e3", 1000.0),
        (".5", 0.5),
        ("True", True),
    ],
)
def test_what_an_expression_computes(session: Session, text: str, expected: object) -> None:
    np.testing.assert_array_equal(np.asarray(session.evaluate(text)), np.asarray(expected))


def test_counters_are_those_of_the_position() -> None:
    debugger = nnstep.open(MODEL, {"training.batch_size": 1})
    debugger.goto(3 * 20 + 7)
    counters = ("epoch", "batch", "iteration", "step", "m")
    assert [debugger.session.evaluate(name) for name in counters] == [2, 2, 3, 67, 1]
    assert debugger.value("losses").shape == (3,)


def test_settings_and_slots_of_an_optimizer() -> None:
    debugger = nnstep.open(MODEL, {"training.optimizer": "momentum", "training.momentum": 0.75})
    debugger.goto("epoch 2 W[1]")
    session = debugger.session
    assert session.evaluate("μ") == session.evaluate("momentum") == 0.75
    # PyTorch's momentum: v starts at 0, so that the first v is the gradient.
    np.testing.assert_array_equal(session.evaluate("old(vW[1])"), [[15.0, 0.0], [-1.5, -3.0]])
    np.testing.assert_array_equal(session.evaluate("vW[1] - 0.75 * old(vW[1]) == dW[1]"), [[True] * 2] * 2)


@pytest.mark.parametrize("text", ["mean(losses)", "std(losses)", "zeros(losses)"])
def test_a_mean_of_nothing_is_nan_without_a_warning(text: str) -> None:
    assert np.isnan(nnstep.open(MODEL).session.evaluate(text))  # type: ignore[call-overload]  # a float


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nosuch", r"^no matrix nosuch; `info tape` lists the matrices$"),
        ("Z[3]", r"^no matrix Z; there are Z\[1\] to Z\[2\]$"),
        ("delta", r"^no matrix δ; there are δ\[1\] to δ\[2\]$"),
        ("z[1]", r"^no matrix z; there are Z\[1\] to Z\[2\]$"),
        ("x", r"^no matrix x; did you mean X\?$"),
        ("epok", r"^no matrix epok; did you mean epoch\?$"),
        ("_matrix0", r"^no matrix _matrix0"),
        ("X + _matrix0", r"^no matrix _matrix0"),
        ("X.shape", r"^X\.shape: \.T is the one attribute, got \.shape$"),
        ("X.__class__.__base__", r"\.T is the one attribute"),
        ("foo(X)", r"^foo\(X\): functions take one argument and are old, abs, "),
        ("sum(X, 0)", r"functions take one argument"),
        ("sum(X, axis=0)", r"functions take one argument"),
        ("sum()", r"functions take one argument"),
        ("sum(X)(1)", r"functions take one argument"),
        ("(lambda: 1)()", r"functions take one argument"),
        ("__import__(X)", r"functions take one argument"),
        ("sum", r"^sum is a function: write sum\(…\)$"),
        ("old", r"^old is a function: write old\(…\)$"),
        ("old(X)", r"^old\(…\) takes a parameter's or a slot's name, got X$"),
        ("old(lr)", r"^old\(…\) takes a parameter's or a slot's name, got α$"),
        ("old(W[1][0,0])", r"^old\(…\) takes a parameter's or a slot's name, such as old\(W\[1\]\)$"),
        ("old(epoch)", r"such as old\(W\[1\]\)$"),
        ("[x for x in X]", r"expressions have no comprehensions$"),
        ("sum(x for x in X)", r"expressions have no comprehensions$"),
        ("lambda: 1", r"expressions have no lambda$"),
        ("X if L else Y", r"expressions have no if … else$"),
        ("[1, 2]", r"expressions have no lists$"),
        ("(1, 2)", r"expressions have no tuples$"),
        ("{1: 2}", r"expressions have no dicts$"),
        ("{1}", r"expressions have no sets$"),
        ("(a := 1)", r"expressions have no assignments$"),
        ("sum(*X)", r"expressions have no stars$"),
        ("'text'", r"expressions have no text$"),
        ('f"{X}"', r"expressions have no text$"),
        ("None", r"expressions have no constants but numbers$"),
        ("1j", r"expressions have no constants but numbers$"),
        ("X[...]", r"expressions have no constants but numbers$"),
        ("1 in X", r"expressions have no in$"),
        ("X is Y", r"expressions have no is$"),
        ("1 << 2", r"expressions have no <<$"),
        ("5 & 3", r"&, \|, \^ and ~ take conditions"),
        ("~X", r"&, \|, \^ and ~ take conditions"),
        ("", r"^nothing: not an expression$"),
        ("(", r"^\(: not an expression$"),
        ("X Y", r"^X Y: not an expression$"),
        ("L = 1", r"^L = 1: not an expression$"),
        ("import os", r"^import os: not an expression$"),
        ("X\0", r"not an expression$"),
        ("X and Y", r"^a condition must be one value: put any\(…\) or all\(…\)"),
        ("not X", r"^a condition must be one value"),
        ("X[2]", r"^X\[2\]: no row 2 in 2×2 \(counted from 0\)$"),
        ("X[0,-3]", r"^X\[0,-3\]: no column -3 in 2×2 \(counted from 0\)$"),
        ("E[5]", r"^E\[5\]: no index 5 in 2 \(counted from 0\)$"),
        ("X[0,0,0]", r"^X\[0,0,0\]: 3 indices for 2×2$"),
        ("L[0]", r"^L\[0\]: one number has no cells$"),
        ("X[0.5]", r"^an index must be a whole number$"),
        ("X[X]", r"^an index must be a whole number$"),
        ("X[log(0)]", r"^an index must be a whole number$"),
        ("X[1e300]", r"^X\[1e300\]: no row 1000000000000000052… in 2×2"),
        ("X[::0]", r"^X\[::0\]: slice step cannot be zero$"),
        ("1 / 0", r"^1 / 0: division by zero$"),
        ("X @ W[2]", r"^X @ W\[2\]: 2×2 and 1×2 do not fit together$"),
        ("X + (W[1] @ W[2].T)[:0]", r"2×2 and 0×1 do not fit together$"),
        ("2 @ X", r"one number and 2×2 do not fit together$"),
    ],
)
def test_what_an_expression_refuses(session: Session, text: str, message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        session.evaluate(text)
    assert "\n" not in str(caught.value)


def test_an_empty_matrix_has_no_cell_to_give() -> None:
    session = nnstep.open(MODEL).session
    with pytest.raises(CommandError, match=r"^losses\[-1\]: it is empty$"):
        session.evaluate("losses[-1]")


def test_the_longest_and_the_deepest_expression(session: Session) -> None:
    assert session.evaluate("-" * 50 + "1") == 1
    with pytest.raises(CommandError, match=r"^an expression must be nested at most 50 deep$"):
        session.evaluate("-" * 51 + "1")
    with pytest.raises(CommandError, match=r"at most 50 deep"):
        session.evaluate("+".join(["1"] * 100))
    for many in (90, 600):
        with pytest.raises(CommandError, match=r"at most 50 deep|not an expression"):
            session.evaluate("-(" * many + "1" + ")" * many)
    assert session.evaluate("1" * 2000) == np.inf
    with pytest.raises(CommandError, match=r"^an expression must have at most 2000 characters, got 2001$"):
        session.evaluate("1" * 2001)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "9**9**9**9",
        "-9**9**9",
        "*".join(["9" * 30] * 40),
        "shape(X) * 99999999999999",
        "1" * 400,
        "argmax(X) + " + "9" * 30,
    ],
)
def test_work_is_bounded(session: Session, text: str) -> None:
    began = time.process_time()
    value = np.asarray(session.evaluate(text))
    assert time.process_time() - began < 1
    assert value.nbytes <= 64
    assert value.dtype != object


def test_a_message_quotes_a_long_expression_in_part(session: Session) -> None:
    with pytest.raises(CommandError) as caught:
        session.evaluate("X + " * 400)
    assert str(caught.value).endswith("…: not an expression")
    assert len(str(caught.value)) < 100


def test_a_name_that_is_not_computed_yet_says_when_it_is() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(3)
    with pytest.raises(NotComputedError, match=r"it is written at step 14$") as caught:
        debugger.session.evaluate("sum(X) + sum(δ[1])")
    assert (caught.value.name, caught.value.step) == ("delta[1]", 14)


def test_an_unread_side_of_a_condition_is_not_asked_for() -> None:
    debugger = nnstep.open(MODEL)
    assert debugger.session.evaluate("step > 10 and L > 5") is False
