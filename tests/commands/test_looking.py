"""print, explain, list and info: their text and their value."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.commands import Result
from nnstep.errors import CommandError, NotComputedError
from tests.worked import MODEL


@cache
def worked() -> Debugger:
    return nnstep.open(MODEL)


def at(step: int, line: str) -> Result:
    worked().goto(step)
    return worked().execute(line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("print Z[1]", "Z[1]  2×2\n   1.50   1.00\n   1.25  -3.00"),
        ("p delta[1]", "δ[1]  2×2\n   3.0  -1.5\n   6.0   0.0"),
        ("print E", "E  2\n  2.25  9.00"),
        ("print loss", "L = 5.625"),
        ("print lr", "α = 0.125"),
        ("print  Z[1][1, 0] ", "Z[1][1, 0] = 1.25"),
        ("print Z[1][:,0]", "Z[1][:,0]  2\n  1.50  1.25"),
        ("print Z[1] > 0", "Z[1] > 0  2×2\n   True   True\n   True  False"),
        ("print argmax(E)", "argmax(E) = 1"),
        ("print L > 5", "L > 5 = True"),
        ("print shape(Z[1])", "shape(Z[1]) = (2, 2)"),
        ("print 1/3", "1/3 = 0.3333333333"),
        ("print log(0)", "log(0) = -∞"),
        ("print log(-1)", "log(-1) = NaN"),
        ("print log(zeros(Z[1]) * X)", "log(zeros(Z[1]) * X)  2×2\n  -∞  -∞\n  -∞  -∞"),
        ("print losses", "losses  1\n  5.625"),
        ("print X\n+ 1", "X + 1  2×2\n  2  3\n  3  0"),
    ],
)
def test_print(line: str, text: str) -> None:
    result = at(20, line)
    assert result.text == text
    assert "\n".join("".join(span.text for span in spans).rstrip() for spans in result.lines) == text


def test_the_value_of_print_never_changes_later() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(3)
    whole, row = debugger.execute("print Z[1]").value, debugger.execute("print Z[1][0]").value
    debugger.goto(23)
    debugger.execute("print Z[1]")
    assert isinstance(whole, np.ndarray)
    np.testing.assert_array_equal(whole, [[1.5, 1.0], [1.25, -3.0]])
    np.testing.assert_array_equal(row, [1.5, 1.0])
    with pytest.raises(ValueError, match="read-only"):
        whole[0, 0] = 0


def test_what_is_not_computed_yet_is_chained_to_its_cause() -> None:
    debugger = nnstep.open("xor")
    debugger.goto(3)
    debugger.execute("reverse-step")
    with pytest.raises(CommandError, match=r"^Z\[1\] .* it is written at step 3$") as caught:
        debugger.execute("print Z[1]")
    cause = caught.value.__cause__
    assert isinstance(cause, NotComputedError)
    assert (cause.name, cause.step) == ("Z[1]", 3)


def test_explain() -> None:
    result = at(3, "explain Z[1][1,0]")
    assert result.text.splitlines() == [
        "Z[1][1,0] = Σₖ X[1,k] · W[1][0,k] + b[1][0]",
        "          = 2 · 0.5 − 1 · 0.25 + 0.5",
        "          = 1 − 0.25 + 0.5",
        "          = 0.75 + 0.5",
        "          = 1.25",
        "in PyTorch: torch.nn.functional.linear(X, W[1], b[1])",
    ]
    assert result.value == 1.25


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("e δ[1][1,0]", 6.0),
        ("explain delta[1] [ 1 , 0 ]", 6.0),
        ("explain b[1][0]", -0.625),
        ("explain loss", 5.625),
        ("explain L", 5.625),
        ("explain α", 0.125),
        ("explain X[1,1]", -1.0),
    ],
)
def test_what_explain_takes(line: str, value: float) -> None:
    assert at(20, line).value == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("explain", r"^usage: explain NAME\[i,j\]$"),
        ("explain Z[1]", r"^explain takes one cell of Z\[1\], such as Z\[1\]\[0,0\]; its shape is 2×2$"),
        ("explain Z[1][0]", r"^explain takes one cell of Z\[1\]"),
        ("explain Z[1][2,0]", r"^no cell Z\[1\]\[2,0\]: Z\[1\] is 2×2, counted from 0$"),
        ("explain Z[1][-1,0]", r"^no cell Z\[1\]\[-1,0\]"),
        ("explain Z[1][0:1,0]", r"^explain takes one cell, such as Z\[1\]\[0,0\], got Z\[1\]\[0:1,0\]$"),
        ("explain L + 1", r"^explain takes one cell, such as .*, got L \+ 1$"),
        ("explain -L", r"got -L$"),
        ("explain X[0,0] + Y[0,0]", r"^explain takes one cell"),
        ("explain losses[0]", r"^explain takes one cell"),
        ("explain epoch", r"^explain takes one cell"),
        ("explain nosuch[0,0]", r"^no matrix nosuch"),
        ("explain Z[7][0,0]", r"^no matrix Z; there are Z\[1\] to Z\[2\]$"),
        ("explain X[" + "9" * 50 + ",0]", r"^explain takes one cell"),
        ("info", r"^usage: info model\|tape\|position\|stops"),
        ("info modl", r"^info: no 'modl'; did you mean 'model'\?$"),
        ("info 7", r"^info: no '7'; it takes model, tape, position, stops"),
        ("info tape now", r"^info: 'now' is too much; usage: info "),
        ("list 0", r"^list: N must be a whole number of at least 1, got 0$"),
        ("list all", r"^list: 'all' is too much; usage: list \[N\]$"),
        ("print", r"^usage: print EXPR$"),
    ],
)
def test_what_they_refuse(line: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        at(20, line)


def instructions(text: str) -> list[int]:
    """The numbers of the instructions that a listing shows."""
    return [int(number) for number in re.findall(r"^ [ ▶] +(\d+) ", text, re.MULTILINE)]


def test_list_shows_the_tape_around_here() -> None:
    assert instructions(at(10, "list").text) == list(range(5, 16))
    assert instructions(at(30, "l 2").text) == [8, 9, 10, 11, 12]
    assert instructions(at(0, "list").text) == [1, 2, 3, 4, 5]
    assert instructions(at(20, "list 3").text) == [17, 18, 19, 20]
    marked = [line for line in at(10, "list").text.splitlines() if "▶" in line]
    assert marked == [" ▶  10  δ[2]  = dA[2] ⊙ 1  2×1"] or marked[0].startswith(" ▶  10  δ[2]  = ")
    assert len(marked) == 1
    assert "▶" not in at(0, "list").text


def test_list_names_the_phases_it_passes() -> None:
    phases = [line for line in at(10, "list").text.splitlines() if not line.startswith(" ")]
    assert phases == ["forward", "backward"]


def test_info_tape_is_the_whole_of_it() -> None:
    text = at(10, "info tape").text
    assert instructions(text) == list(range(1, 21))
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        "data",
        "forward",
        "backward",
        "update",
    ]
    for formula in ("Z[1]  = X W[1]ᵀ + b[1]", "dW[2] = δ[2]ᵀ A[1]", "W[1]  ← W[1] − α dW[1]"):
        assert formula in text


def test_info_position() -> None:
    debugger = nnstep.open(MODEL, {"training.batch_size": 1})
    debugger.goto(74)
    facts = dict(line.split(maxsplit=1) for line in debugger.execute("info position").text.splitlines()[:-1])
    assert facts == {
        "step": "74 of 120",
        "epoch": "2 of 3",
        "batch": "2 of 2",
        "iteration": "3 of 6, counted from 0",
        "phase": "backward",
        "instruction": "14 of 20",
        "rows": "1",
    }


def test_info_model() -> None:
    facts = dict(line.split(maxsplit=1) for line in at(3, "i model").text.splitlines())
    assert facts["title"] == "two by hand"
    assert facts["network"].startswith("2→2→1 relu, identity")
    assert facts["loss"] == "mean_squared_error"
    assert facts["training"] == "sgd, α 0.125, batches of 2"
    assert facts["dtype"] == "float64"
    assert facts["W[2]"].startswith("1×2")
    assert "60 steps" in facts["run"]


def test_info_checkpoints() -> None:
    debugger = nnstep.open(MODEL)
    assert debugger.execute("info checkpoints").text.startswith("1 checkpoint, ")
    debugger.goto(45)
    text = debugger.execute("info checkpoints").text
    assert " of 256 MiB" in text
    assert text.splitlines()[-1].startswith("iterations  0")


@pytest.mark.parametrize(
    "line", ["print Z[1]", "explain W[1][0,0]", "list", "info model", "info tape", "info position", "info checkpoints"]
)
def test_looking_changes_nothing(line: str) -> None:
    debugger: Debugger = nnstep.open(MODEL)
    debugger.goto(23)
    before = (debugger.position, debugger.session.changed, debugger.value("Z[1]").tobytes())
    debugger.execute(line)
    assert (debugger.position, debugger.session.changed, debugger.value("Z[1]").tobytes()) == before
