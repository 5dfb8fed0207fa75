"""Two tests over the whole registry: every gradient is the derivative, every explained cell is the matrix's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nnstep.engine.formula import Op
from nnstep.engine.ops import OPS, OPTIMIZERS
from nnstep.engine.ops.activation import ACTIVATIONS
from nnstep.engine.ops.loss import LOSSES
from nnstep.engine.ops.total import total_of
from tests.engine.applying import cell, compute

Matrix = npt.NDArray[Any]
ROWS, COLUMNS, UNITS = 4, 3, 2
NAMES = sorted(OPS)


def operands_of(op: Op, seed: int = 7) -> dict[str, Matrix]:
    """Operands in the op's domain, away from kinks; probabilities where the op wants probabilities."""
    draw = np.random.default_rng(seed)
    if op in LOSSES:
        targets = np.eye(COLUMNS)[draw.integers(COLUMNS, size=ROWS)]
        if op.name == "mean_squared_error":
            targets = draw.normal(size=(ROWS, COLUMNS))
        output = draw.normal(size=(ROWS, COLUMNS))
        if op.name in ("binary_cross_entropy", "cross_entropy"):
            output = draw.uniform(0.1, 0.9, size=(ROWS, COLUMNS))
        return {"a": output, "y": targets}
    x, w, b = draw.normal(size=(ROWS, COLUMNS)), draw.normal(size=(UNITS, COLUMNS)), draw.normal(size=UNITS)
    special = {
        "affine": {"x": x, "w": w, "b": b},
        "linear": {"x": x, "w": w},
        "mean": {"x": x[:, 0]},
        "penalty": {"w": w, "l2": np.array(0.3)},
    }
    return special.get(op.name, {"x": x})


def attributes_of(op: Op, operands: dict[str, Matrix]) -> dict[str, object]:
    return dict(op.measures(**{key: array.shape for key, array in operands.items()}))


def result(op: Op, operands: dict[str, Matrix], order: str = "C") -> Matrix:
    shape = op.shape(**{key: array.shape for key, array in operands.items()})
    return compute(op.forward, shape, operands, attributes_of(op, operands), order)


def gradient_operands(op: Op, key: str, operands: dict[str, Matrix], g: Matrix) -> dict[str, Matrix]:
    formula = op.gradients[key]
    available = {**operands, "g": g, "value": result(op, operands)}
    return {name: available[name] for name in (*formula.operands, *formula.saved) if name in available}


def gradient(op: Op, key: str, operands: dict[str, Matrix], g: Matrix, order: str = "C") -> Matrix:
    arrays = gradient_operands(op, key, operands, g)
    return compute(op.gradients[key], operands[key].shape, arrays, attributes_of(op, operands), order)


def central_differences(op: Op, key: str, operands: dict[str, Matrix], g: Matrix) -> Matrix:
    """∂Σ(g ⊙ result)/∂operand, one entry at a time."""
    slope = np.zeros_like(operands[key])
    for at in np.ndindex(slope.shape):
        moved = []
        step = 1e-6 * max(1.0, abs(float(operands[key][at])))
        for sign in (1, -1):
            operand = operands[key].copy()
            operand[at] += sign * step
            moved.append(float(np.sum(g * result(op, {**operands, key: operand}))))
        slope[at] = (moved[0] - moved[1]) / (2 * step)
    return slope


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_matches_central_differences(name: str) -> None:
    op = OPS[name]
    operands = operands_of(op)
    # An inline gradient is a term of the loss itself, whose own gradient is 1.
    shape = result(op, operands).shape
    g = np.ones(shape) if op.inline else np.random.default_rng(1).normal(size=shape)
    for key in op.gradients:
        np.testing.assert_allclose(
            gradient(op, key, operands, g), central_differences(op, key, operands, g), rtol=1e-7, atol=1e-8, err_msg=key
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_forward_cell_equals_its_matrix(name: str) -> None:
    op = OPS[name]
    operands = operands_of(op)
    matrix, attributes = result(op, operands), attributes_of(op, operands)
    for at in np.ndindex(matrix.shape):
        explained = cell(op.forward, at, operands, attributes)
        np.testing.assert_allclose(explained.value, matrix[at], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_cell_equals_its_matrix(name: str) -> None:
    op = OPS[name]
    operands = operands_of(op)
    attributes = attributes_of(op, operands)
    shape = result(op, operands).shape
    g = np.ones(shape) if op.inline else np.random.default_rng(2).normal(size=shape)
    for key, formula in op.gradients.items():
        arrays = gradient_operands(op, key, operands, g)
        matrix = gradient(op, key, operands, g)
        for at in np.ndindex(matrix.shape):
            explained = cell(formula, at, arrays, attributes)
            np.testing.assert_allclose(explained.value, matrix[at], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_memory_order_does_not_change_the_result(name: str) -> None:
    op = OPS[name]
    operands = operands_of(op)
    columns = {key: np.copy(array, order="F") for key, array in operands.items()}
    np.testing.assert_allclose(result(op, columns, "F"), result(op, operands), rtol=1e-14)


@pytest.mark.parametrize("op", [*ACTIVATIONS, *LOSSES], ids=lambda op: op.name)
@pytest.mark.parametrize("size", [1e-300, 1.0, 50.0, 800.0, 1e150])
def test_large_finite_inputs_stay_finite(op: Op, size: float) -> None:
    draw = np.random.default_rng(3)
    x = size * draw.choice([-1.0, 1.0], size=(ROWS, COLUMNS))
    targets = np.eye(COLUMNS)[[0, 1, 2, 0]]
    if op.name in ("binary_cross_entropy", "cross_entropy"):
        x = np.where(x > 0, min(1.0, size), 0.0)
    operands = {"a": x, "y": targets} if op in LOSSES else {"x": x}
    # e⁻ˣ = ∞ is how σ reaches its limit 0, and log 0 how the losses of probabilities reach their floor.
    with np.errstate(over="ignore", divide="ignore"):
        assert np.isfinite(result(op, operands)).all()
        g = np.ones(result(op, operands).shape)
        assert all(np.isfinite(gradient(op, key, operands, g)).all() for key in op.gradients)


SLOTS_AND_SETTINGS = {
    "lr": np.array(0.1),
    "momentum": np.array(0.9),
    "beta1": np.array(0.9),
    "beta2": np.array(0.999),
    "epsilon": np.array(1e-8),
    "t": np.array(3.0),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_update_cell_equals_its_matrix(name: str) -> None:
    draw = np.random.default_rng(5)
    arrays = {key: draw.normal(size=(UNITS, COLUMNS)) for key in ("w", "g", "v", "m")}
    arrays |= {"s": draw.uniform(0.1, 1, size=(UNITS, COLUMNS)), **SLOTS_AND_SETTINGS}
    for key, formula in OPTIMIZERS[name].rules.items():
        operands = {operand: arrays[operand] for operand in formula.operands}
        matrix = compute(formula, arrays[key].shape, operands, {})
        for at in np.ndindex(matrix.shape):
            np.testing.assert_allclose(cell(formula, at, operands, {}).value, matrix[at], rtol=1e-13)


def test_adam_by_hand() -> None:
    """t = 1: m̂ = g and ŝ = g², so the first move is α g / (|g| + ε)."""
    rules = OPTIMIZERS["adam"].rules
    settings = {**SLOTS_AND_SETTINGS, "t": np.array(1.0)}
    w, g = np.array([[1.0, -2.0]]), np.array([[0.5, -0.25]])
    zero = np.zeros_like(g)
    m = compute(rules["m"], g.shape, {"m": zero, "g": g, "beta1": settings["beta1"]}, {})
    s = compute(rules["s"], g.shape, {"s": zero, "g": g, "beta2": settings["beta2"]}, {})
    np.testing.assert_allclose(m, [[0.05, -0.025]])
    np.testing.assert_allclose(s, [[0.00025, 0.0000625]])
    operands = {"w": w, "m": m, "s": s, **settings}
    moved = compute(rules["w"], w.shape, {key: operands[key] for key in rules["w"].operands}, {})
    np.testing.assert_allclose(moved, [[0.9, -1.9]], rtol=1e-7)


def test_the_sum_of_contributions() -> None:
    application = total_of(("dx:1", "dx:2", "dx:3"))
    assert application.text == "dx:1 + dx:2 + dx:3"
    parts = {f"part{k}": np.full((2, 2), float(k + 1)) for k in range(3)}
    np.testing.assert_array_equal(compute(application.formula, (2, 2), parts, {}), np.full((2, 2), 6.0))
    assert cell(application.formula, (0, 1), parts, {}).value == 6.0


def test_relu_passes_nothing_at_zero() -> None:
    op = OPS["relu"]
    x = np.array([[0.0, -0.0, 1e-300, -1e-300]])
    np.testing.assert_array_equal(gradient(op, "x", {"x": x}, np.ones_like(x)), [[0, 0, 1, 0]])


def test_binary_cross_entropy_is_clamped_as_pytorch_does() -> None:
    """log 0 is taken as −100 and a(1 − a) as at least 1e-12: F.binary_cross_entropy(0, 1) is 100."""
    op = OPS["binary_cross_entropy"]
    operands = {"a": np.array([[0.0], [1.0]]), "y": np.array([[1.0], [1.0]])}
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(result(op, operands), [100.0, 0.0])
        np.testing.assert_allclose(gradient(op, "a", operands, np.ones(2)), [[-1e12], [0.0]])


def test_every_op_names_the_library_call_it_equals() -> None:
    assert all(op.library for op in OPS.values())
    assert all(optimizer.library for optimizer in OPTIMIZERS.values())
