"""expect, expect-error, ask: what holds, what is said where it does not, and that nothing changes.

The numbers are those of tests/worked.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import nnstep
from nnstep import Debugger
from nnstep.errors import CommandError, ExpectationError
from nnstep.session.confinement import Confinement
from nnstep.session.journal import state_of
from tests.worked import MODEL


@pytest.fixture
def debugger() -> Debugger:
    found = nnstep.open(MODEL)
    found.goto(20)
    return found


@pytest.mark.parametrize(
    "claim",
    [
        "L == 5.625",
        "L ~= 5.62500001",
        "loss < 6 and not any(isnan(W[1]))",
        "A[1] >= 0",
        "isfinite(W[1])",
        "A[2] != 0",
        "0 != A[2]",
        "step == 20",
        "shape(W[1]) == 2, 2",
        "shape(b[1]) == 2",
        "shape(W[1]) == shape(dW[1])",
        "dW[2] == 6, 1.5",
        "dW[1] == 15, 0; -1.5, -3",
        "dW[1] ~= 15.1, 0; -1.5, -3.05 within 2%",
        "dW[1] ~= 15.1, 0; -1.5, -3.05 within 0.11",
        "delta[1].T @ X ~= dW[1]",
        "δ[2][:, 0] == 1.5, 3",
        "dA[2] == 2 * (A[2] - Y) / 2",
        "W[1] ~= old(W[1]) - lr * dW[1]",
        "A[1] ~= (Z[1] > 0) * Z[1]",
        "sum(delta[1][:, 0]) == db[1][0]",
        "W[1] * 0 == 0",
        "exp(Z[2][0]) / sum(exp(Z[2][0])) == 1",
        "any(W[1] != old(W[1]))",
    ],
)
def test_what_holds_is_met(debugger: Debugger, claim: str) -> None:
    outcome = debugger.execute(f"expect {claim}")
    assert outcome.text.startswith(f"✓ {claim}")
    assert outcome.value is True


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("L == 5", "L is 5.625"),
        ("L ~= 5", "L is 5.625: 0.625 apart, at most 5.01e-6"),
        ("L ~= 5 within 0.5", "L is 5.625: 0.625 apart, at most 0.5"),
        ("L ~= E[0] within 10%", "L is 5.625, E[0] is 2.25: 3.375 apart, at most 0.225"),
        ("L > 5.625", "L is 5.625"),
        ("shape(W[1]) == 2, 3", "shape(W[1]) is 2, 2"),
        ("shape(W[1]) == 2, 2, 1", "shape(W[1]) is 2, 2, not 2, 2, 1"),
        ("db[1] == 9, -1", "db[1] is 9, -1.5"),
        ("isnan(W[1])", "isnan(W[1]) is false in 4 of 4 cells"),
    ],
)
def test_a_failure_names_the_values(debugger: Debugger, claim: str, said: str) -> None:
    before = state_of(debugger.session)
    with pytest.raises(ExpectationError) as caught:
        debugger.execute(f"expect {claim}")
    assert str(caught.value) == f"expect {claim}: {said}"
    assert state_of(debugger.session) == before


@pytest.fixture(scope="module")
def wide() -> Debugger:
    """X is 1, 2, 3; 4, 5, 6."""
    layer = {"units": 1, "activation": "identity"}
    found = nnstep.open(
        {
            "data": {"features": [[1, 2, 3], [4, 5, 6]], "targets": [[0.5], [0.25]]},
            "network": {"layer": [layer]},
            "loss": {"name": "mean_squared_error"},
            "training": {"shuffle": False, "batch_size": "all", "epochs": 1},
        }
    )
    found.step(3)
    return found


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("X ~= 1, 2, 3; 4, 5, 7", "X[1,2] is 6, what is expected is 7: 1 apart, at most 7.01e-6"),
        ("X == 1", "X[1,2] is 6"),
        ("X < 5", "X[1,1] is 5"),
        ("X != 5", "X[1,1] is 5"),
        ("X + 0 == X * 2", "(X + 0)[1,2] is 6, (X * 2)[1,2] is 12"),
        ("X == X.T", "X is 2×3, from 1 to 6, X.T is 3×2, from 1 to 6"),
        ("X ~= 1, 2; 3, 4", "X is 2×3, from 1 to 6, not 1, 2; 3, 4"),
        ("X[:, 0] / 0 == 1", "X[:, 0] / 0 is ∞, ∞"),
    ],
)
def test_of_matrices_the_worst_cell_is_named(wide: Debugger, claim: str, said: str) -> None:
    with pytest.raises(ExpectationError) as caught:
        wide.execute(f"expect {claim}")
    assert str(caught.value) == f"expect {claim}: {said}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("expect X != Y.T @ X", "put any(…) or all(…) around the matrix"),
        ("expect X", "put any(…) or all(…) around the matrix"),
        ("expect L = 2", "expect compares by =="),
        ("expect m == 2 within 1", "within belongs to ~="),
        ("expect m ~= 2 ~= 2", "expect takes A ~= B"),
        ("expect m ~= 2 within", "expect takes A ~= B"),
        ("expect m ~= 2 within -1", "within takes a number of at least 0"),
        ("expect m ~= 2 within X", "within takes a number of at least 0"),
        ("expect m ==", "something is missing beside =="),
        ("expect X ~= 1, 2; 3", "its rows are not of one length"),
        ("expect m ~= X, 1", "a list is made of single numbers"),
        ("expect A[1] > 0", "is not computed yet"),
        ("expect-error", "usage: expect-error LINE"),
        ('ask "How many?" X', "must be one number, it is 2×3"),
        ("ask L", "ask takes"),
        ('ask "How many?"', "ask takes"),
        ('ask "How many?" m within', "within takes a number"),
    ],
)
def test_a_bad_line_says_what_it_must_be(wide: Debugger, line: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        wide.execute(line)
    assert said in str(caught.value)
    assert not isinstance(caught.value, ExpectationError)


def test_expect_error_passes_where_a_line_is_refused(debugger: Debugger) -> None:
    assert debugger.execute("expect-error print W[3]").text == "✓ refused: no matrix W; there are W[1] to W[2]"
    assert debugger.execute("expect-error expect L == 1").text.startswith("✓ refused: expect L == 1: L is 5.625")


@pytest.mark.parametrize(
    "line", ["step 3", "break L", "display L", "mark here", "set lr = 1", "open xor", "commands 1"]
)
def test_what_expect_error_finds_carried_out_is_undone(debugger: Debugger, line: str) -> None:
    debugger.execute("break W[1]")
    before, model = state_of(debugger.session), debugger.session.model
    with pytest.raises(ExpectationError, match="it was carried out, and is undone"):
        debugger.execute(f"expect-error {line}")
    assert state_of(debugger.session) == before
    assert debugger.session.model is model


def test_a_script_refused_in_its_middle_has_changed_something(debugger: Debugger, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("break L\nnonsense\n")
    with pytest.raises(ExpectationError, match="had changed something"):
        debugger.execute(f"expect-error source {script}")
    assert not len(debugger.session.stops)


def test_ask_answers_itself(debugger: Debugger) -> None:
    outcome = debugger.execute('ask "What is the loss?" L within 0.01')
    assert outcome.text == "? What is the loss?\n  L = 5.625"
    assert outcome.value == 5.625


def test_pause_does_nothing(debugger: Debugger) -> None:
    assert debugger.execute("pause").text == ""


def test_what_writes_is_refused_where_nothing_may_be_written(debugger: Debugger, tmp_path: Path) -> None:
    debugger.session.confinement = Confinement()
    with pytest.raises(CommandError, match="save writes a file, which may not be done here"):
        debugger.execute(f"save {tmp_path / 'x'}")
    debugger.execute(f"expect-error save {tmp_path / 'x'}")
    assert list(tmp_path.iterdir()) == []
