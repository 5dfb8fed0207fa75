"""An explained cell: its texts on numbers worked by hand, and its value against the matrix for whole networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError, NotComputedError
from nnstep.session import Explanation
from tests.worked import BEFORE, MODEL, TAPE, VALUES

MSE = {"name": "mean_squared_error"}
BCE = {"name": "binary_cross_entropy"}
CE = {"name": "cross_entropy"}
CLASSES = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
BITS = [[1], [0], [0], [1], [1]]


def show(x: float) -> str:
    return f"{x:g}"


def explained(name: str, index: tuple[int, ...], step: int, overrides: dict[str, object] | None = None) -> Explanation:
    debugger = nnstep.open(MODEL, overrides)
    debugger.goto(step)
    return debugger.session.explain(name, index, show)


@pytest.mark.parametrize("name", TAPE)
def test_every_cell_of_the_worked_network(name: str) -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(20)
    values = np.asarray(VALUES[name])
    for index in np.ndindex(values.shape):
        assert debugger.session.explain(name, index, show).value == values[index]


def test_the_texts_of_an_affine_cell() -> None:
    cell = explained("Z[1]", (1, 0), 3)
    assert cell.symbols == "Z[1][1,0] = Σₖ X[1,k] · W[1][0,k] + b[1][0]"
    assert cell.numbers == cell.steps[0] == "2 · 0.5 − 1 · 0.25 + 0.5"
    assert cell.steps[1:] == ("1 − 0.25 + 0.5", "0.75 + 0.5", "1.25")
    assert cell.formula == "Z[1] = X W[1]ᵀ + b[1]"
    assert (cell.name, cell.index, cell.step, cell.value) == ("Z[1]", (1, 0), 3, 1.25)
    assert set(cell.reads) == {
        ("X", (1, 0)),
        ("X", (1, 1)),
        ("W[1]", (0, 0)),
        ("W[1]", (0, 1)),
        ("b[1]", (0,)),
    }


def test_an_update_reads_the_parameter_before_it() -> None:
    cell = explained("W[1]", (0, 0), 17)
    assert cell.symbols == "W[1][0,0] ← W[1][0,0] − α · dW[1][0,0]"
    assert cell.steps == ("0.5 − 0.125 · 15", "0.5 − 1.875", "-1.375")
    assert cell.reads == (("W[1]", (0, 0)), ("dW[1]", (0, 0)))


def test_a_parameter_is_explained_by_its_last_update() -> None:
    # Between its updates, and from the next iteration, W[1] is what step 17 made of it.
    for step in (17, 20, 21, 36):
        cell = explained("W[1]", (0, 0), step)
        assert (cell.step, cell.value) == (17, -1.375)
    assert explained("W[1]", (0, 0), 37).step == 37


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize("step", [0, 5, 16])
def test_a_parameter_before_any_update_is_its_initial_value(name: str, step: int) -> None:
    values = np.asarray(BEFORE[name])
    for index in np.ndindex(values.shape):
        cell = explained(name, index, step)
        assert (cell.step, cell.value, cell.reads) == (0, float(values[index]), ())
        assert cell.symbols.endswith(": its initial value")


def test_a_cell_of_the_data_names_its_row_of_the_file() -> None:
    cell = explained("X", (0, 1), 21, {"training.batch_size": 1})
    assert cell.symbols == "X[0,1] ← features[1,1]"
    assert cell.value == -1
    assert explained("Y", (1, 0), 2).symbols == "Y[1,0] ← targets[1,0]"


def test_settings_are_as_the_model_gives_them() -> None:
    assert explained("lr", (), 3).steps == ("0.125",)
    assert explained("t", (), 27).value == 2
    assert explained("t", (), 27).symbols == "t: the iteration, counted from 1"


def test_explaining_moves_nothing() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(23)
    before = debugger.session.read("Z[1]").copy()
    debugger.session.explain("W[1]", (0, 0), show)
    assert debugger.position.step == 23
    np.testing.assert_array_equal(debugger.session.read("Z[1]"), before)


def test_what_cannot_be_explained() -> None:
    with pytest.raises(NotComputedError, match="it is written at step 14"):
        explained("delta[1]", (0, 0), 13)
    with pytest.raises(CommandError, match=r"^no cell δ\[1\]\[2,0\]: δ\[1\] is 2×2, counted from 0$"):
        explained("delta[1]", (2, 0), 14)
    with pytest.raises(CommandError, match=r"^no cell W\[1\]\[0,-1\]: W\[1\] is 2×2, counted from 0$"):
        explained("W[1]", (0, -1), 0)
    with pytest.raises(CommandError, match=r"^explain takes one cell of b\[1\], such as b\[1\]\[0\]; its shape is 2$"):
        explained("b[1]", (0, 0), 20)
    with pytest.raises(CommandError, match=r"^explain takes one cell of L, such as L; it is one number$"):
        explained("L", (0,), 20)


def network(hidden: str, last: str, loss: Mapping[str, object], optimizer: str) -> dict[str, Any]:
    """Five rows in batches of three, so that the second batch is smaller."""
    wide = loss["name"] not in ("binary_cross_entropy", "binary_cross_entropy_with_logits")
    return {
        "seed": 3,
        "data": {
            "features": [[0.3, -1.2], [1.1, 0.4], [-0.7, 0.9], [0.2, 0.1], [-1.5, -0.6]],
            "targets": CLASSES if wide else BITS,
        },
        "network": {
            "layer": [
                {"units": 3, "activation": hidden},
                {"units": 3 if wide else 1, "activation": last, "bias": optimizer != "adam"},
            ],
        },
        "loss": loss,
        "training": {"optimizer": optimizer, "learning_rate": 0.1, "batch_size": 3, "epochs": 2},
    }


HIDDEN = ("identity", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu")
NETWORKS = [
    *(network(hidden, "identity", MSE, "sgd") for hidden in HIDDEN),
    network("tanh", "softmax", CE, "adam"),
    network("relu", "identity", {"name": "cross_entropy_with_logits", "l2": 0.25}, "momentum"),
    network("gelu", "sigmoid", {**BCE, "l2": 0.5}, "adam"),
    network("sigmoid", "identity", {"name": "binary_cross_entropy_with_logits"}, "momentum"),
]


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("iteration", [1, 2])
def test_every_explained_cell_equals_its_matrix(model: dict[str, Any], iteration: int) -> None:
    debugger = nnstep.open(model)
    session = debugger.session
    debugger.goto(iteration * len(debugger.tape))
    for instruction in debugger.tape:
        matrix = session.read(instruction.name).copy()
        assert matrix.shape == instruction.shape
        for index in np.ndindex(matrix.shape):
            cell = session.explain(instruction.name, index, repr)
            assert cell.value == pytest.approx(matrix[index], rel=1e-12, abs=1e-14), cell.symbols
            assert cell.steps[-1] == repr(cell.value)
            assert {name for name, _ in cell.reads} <= set(instruction.operands)
            for name, at in cell.reads:
                # The whole of a matrix where the formula sums it all, as the penalty does.
                assert at == () or session.read(name)[at].shape == ()
