"""gradcheck finds a fault planted in a formula, and passes what is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnstep.engine.formula import Op
from nnstep.engine.gradcheck import GradientChecker
from nnstep.engine.graph import Graph, Input, Node, Parameter, Term
from nnstep.engine.machine import Plan, with_ones
from nnstep.engine.ops import OPS, OPTIMIZERS
from nnstep.engine.recorder import Matrix, Recorder

M, N = 3, 2


def plan(activation: Op, *, scale: float = 1.0, dtype: str = "float64") -> Plan:
    def graph(rows: int) -> Graph:
        shape = (rows, N)
        return Graph(
            inputs=(Input("X", shape, "features", ones=True), Input("Y", shape, "targets")),
            parameters=(Parameter("W[1]", (N, N), 1), Parameter("b[1]", (N,), 1)),
            nodes=(
                Node("Z[1]", (Term(OPS["affine"], {"x": "X", "w": "W[1]", "b": "b[1]"}),), shape, 1),
                Node("A[1]", (Term(activation, {"x": "Z[1]"}),), shape, 1),
                Node("E", (Term(OPS["mean_squared_error"], {"a": "A[1]", "y": "Y"}),), (rows,), None, folded=True),
                Node("L", (Term(OPS["mean"], {"x": "E"}),), (), None),
            ),
        )

    draw = np.random.default_rng(0)
    return Plan(
        graph,
        OPTIMIZERS["sgd"],
        np.dtype(dtype),
        {"X": with_ones(draw.normal(size=(M, N))).astype(dtype), "Y": draw.normal(size=(M, N)).astype(dtype)},
        {"lr": 0.1},
        {"W[1]": scale * draw.normal(size=(N, N)), "b[1]": np.zeros(N)},
    )


def checker(run: Plan) -> GradientChecker:
    state = np.concatenate([np.column_stack([run.initial["W[1]"], run.initial["b[1]"]]).ravel()])
    return GradientChecker(run, state, np.arange(M), 0)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "gelu", "softmax", "relu", "leaky_relu"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_gradients_are_good_even_of_a_float32_model(name: str, dtype: str) -> None:
    checks = checker(plan(OPS[name], dtype=dtype))
    verdicts = {each: checks.check(each).verdict for each in checks.names}
    assert verdicts == dict.fromkeys(["A[1]", "Z[1]", "W[1]", "b[1]"], "good")


def spoiled(op: Op, factor: float) -> Op:
    """The op with a gradient that is wrong by a factor."""
    right = op.gradients["x"]

    def compute(run: Recorder, *, out: Matrix, **operands: Matrix) -> None:
        right.compute(run, out=out, **operands)
        run(np.multiply, out, factor, out=out)

    return replace(op, gradients={"x": replace(right, compute=compute)})


@pytest.mark.parametrize(("factor", "verdict"), [(1.1, "wrong"), (1.001, "suspect"), (1.00001, "fair")])
def test_a_planted_fault_is_found_where_it_is(factor: float, verdict: str) -> None:
    checks = checker(plan(spoiled(OPS["tanh"], factor)))
    verdicts = {each: checks.check(each).verdict for each in checks.names}
    # The fault is in δ[1]; dA[1], before it on the tape, is right, and dW[1] and db[1], made from it, are not.
    assert verdicts == {"A[1]": "good", "Z[1]": verdict, "W[1]": verdict, "b[1]": verdict}
    check = checks.check("Z[1]")
    assert check.error == pytest.approx(factor - 1, rel=0.1)
    assert check.analytic / check.numeric == pytest.approx(factor, rel=1e-6)


def test_cells_at_a_kink_are_told_apart() -> None:
    """With W = 0 every Z is exactly 0, where relu has no derivative: W and b move them all off it."""
    checks = checker(plan(OPS["relu"], scale=0.0))
    check = checks.check("Z[1]")
    assert (check.cells, check.kinks, check.verdict) == (0, M * N, "at kinks")
    assert checks.check("A[1]").verdict == "good"


def test_a_steep_function_gets_a_small_step() -> None:
    """L of exp-like softplus at weights of 30 is steep in some cells and flat in others."""
    checks = checker(plan(OPS["sigmoid"], scale=30.0))
    assert all(checks.check(each).error < 1e-6 for each in checks.names)


def test_large_matrices_are_compared_in_a_spread_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.engine.gradcheck.MOST_CELLS", 3)
    check = checker(plan(OPS["tanh"])).check("W[1]")
    assert (check.cells, check.size) == (3, 4)
