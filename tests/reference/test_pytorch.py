"""nnstep trains as PyTorch does.

mlps.npz holds every matrix of the first 20 iterations of many models; make.py says how.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import nnstep

REFERENCE = np.load(Path(__file__).with_name("mlps.npz"))
CASES = sorted(name.removesuffix("/model") for name in REFERENCE.files if name.endswith("/model"))
ITERATIONS = 20
ROWWISE = ("Z", "A", "E", "delta", "dA")  # these have one row for each row of the batch

Matrices = dict[str, np.ndarray]


class Case:
    """A model and what PyTorch computed for it."""

    def __init__(self, name: str) -> None:
        self.model = json.loads(REFERENCE[f"{name}/model"].item())
        arrays = {key.rpartition("/")[2]: REFERENCE[key] for key in REFERENCE.files if key.startswith(f"{name}/")}
        del arrays["model"]
        ends = np.cumsum(self.batch_rows())[:-1]
        split = {
            matrix: np.split(values, ends) if matrix.partition("[")[0] in ROWWISE else values
            for matrix, values in arrays.items()
        }
        self.iterations: list[Matrices] = [
            {matrix: values[i] for matrix, values in split.items()} for i in range(ITERATIONS)
        ]

    def batch_rows(self) -> list[int]:
        """How many rows each iteration has."""
        rows = len(self.model["data"]["features"])
        size = self.model["training"]["batch_size"]
        epoch = [rows] if size == "all" else [min(size, rows - start) for start in range(0, rows, size)]
        return (epoch * ITERATIONS)[:ITERATIONS]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def check(debugger: nnstep.Debugger, expected: Matrices) -> None:
    """Each matrix at this step, against the largest entry of what it must be."""
    for name, matrix in expected.items():
        value = debugger.value(name)
        assert value.shape == matrix.shape, name
        tolerance = 1e-11 * np.abs(matrix).max()
        np.testing.assert_allclose(value, matrix, rtol=0, atol=tolerance, err_msg=f"{name} at {debugger.position}")


def test_forward_one_batch_at_a_time(case: Case) -> None:
    debugger = nnstep.open(case.model)
    for expected in case.iterations:
        debugger.step(1, "batch")
        check(debugger, expected)


def test_backward_by_jumps(case: Case) -> None:
    debugger = nnstep.open(case.model)
    steps = len(debugger.tape)
    for iteration in reversed(range(ITERATIONS)):
        debugger.goto((iteration + 1) * steps)
        check(debugger, case.iterations[iteration])


def test_each_matrix_at_the_step_that_writes_it(case: Case) -> None:
    debugger = nnstep.open(case.model)
    for expected in case.iterations[:4]:
        written = set()
        for instruction in debugger.tape:
            debugger.step()
            if instruction.name in expected:
                check(debugger, {instruction.name: expected[instruction.name]})
                written.add(instruction.name)
        # A layer that is not trained has no instruction that writes its parameters.
        left = expected.keys() - written
        assert all(not case.model["network"]["layer"][int(name[2]) - 1].get("trainable", True) for name in left), left


def test_the_reference_covers_every_choice() -> None:
    models = [Case(name).model for name in CASES]
    layers = [layer for model in models for layer in model["network"]["layer"]]
    assert {layer["activation"] for layer in layers} == {
        *("identity", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu")
    }
    assert {model["loss"]["name"] for model in models} == {
        "mean_squared_error",
        *("binary_cross_entropy", "binary_cross_entropy_with_logits"),
        *("cross_entropy", "cross_entropy_with_logits"),
    }
    assert {model["training"]["optimizer"] for model in models} == {"sgd", "momentum", "adam"}
    assert {model["training"]["batch_size"] for model in models} == {1, 3, 4, "all"}
    assert {len(model["network"]["layer"]) for model in models} == {1, 2, 3, 4, 5}
    assert {bool(model["loss"]["l2"]) for model in models} == {False, True}
    assert {layer["bias"] is False for layer in layers} == {False, True}
