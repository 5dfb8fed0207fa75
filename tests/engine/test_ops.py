"""Two tests over the whole registry: every gradient is the derivative, every explained cell is the matrix's."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nnstep.engine.formula import Op, ShapeError
from nnstep.engine.ops import OPS, OPTIMIZERS
from nnstep.engine.ops.activation import ACTIVATIONS
from nnstep.engine.ops.loss import LOSSES
from nnstep.engine.ops.total import total_of
from nnstep.engine.tape import Application
from tests.engine.applying import cell, compute
from tests.engine.cases import CASES, Case

Matrix = npt.NDArray[Any]
ROWS, COLUMNS, UNITS = 4, 3, 2

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def central_differences(case: Case, key: str) -> Matrix:
    """∂Σ(g ⊙ result)/∂operand, one entry at a time, by differences of the fourth order."""
    g = case.cotangent()
    slope = np.zeros_like(case.operands[key])

    def loss(by: float) -> float:
        return float(np.sum(g * case.moved(key, at, by).result()))

    for at in np.ndindex(slope.shape):
        step = 1e-3 * max(0.1, abs(float(case.operands[key][at])))
        slope[at] = (8 * (loss(step) - loss(-step)) - (loss(2 * step) - loss(-2 * step))) / (12 * step)
    return slope


@every_case
def test_every_gradient_matches_central_differences(case: Case) -> None:
    for key in case.op.gradients:
        if key in case.operands:
            expected = central_differences(case, key)
            np.testing.assert_allclose(case.gradient(key), expected, rtol=1e-7, atol=1e-9, err_msg=key)


@every_case
def test_every_forward_cell_equals_its_matrix(case: Case) -> None:
    matrix = case.result()
    for at in np.ndindex(matrix.shape):
        np.testing.assert_allclose(case.forward_cell(at), matrix[at], rtol=1e-13, atol=1e-15)


@every_case
def test_every_gradient_cell_equals_its_matrix(case: Case) -> None:
    for key in case.op.gradients:
        if key in case.operands:
            matrix = case.gradient(key)
            for at in np.ndindex(matrix.shape):
                np.testing.assert_allclose(case.gradient_cell(key, at), matrix[at], rtol=1e-12, atol=1e-14)


@every_case
def test_memory_order_does_not_change_the_result(case: Case) -> None:
    columns = case.with_operands(**{key: np.copy(array, order="F") for key, array in case.operands.items()})
    np.testing.assert_allclose(columns.result("F"), case.result(), rtol=1e-13, atol=1e-15)
    for key in case.op.gradients:
        if key in case.operands:
            np.testing.assert_allclose(columns.gradient(key, "F"), case.gradient(key), rtol=1e-13, atol=1e-15)


@every_case
def test_float32_differs_from_float64_by_rounding_alone(case: Case) -> None:
    single = case.with_operands(**{key: array.astype(np.float32) for key, array in case.operands.items()})
    pairs = [(single.result(), case.result())]
    pairs += [(single.gradient(key), case.gradient(key)) for key in case.op.gradients if key in case.operands]
    for value, exact in pairs:
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, exact, rtol=0, atol=2e-5 * np.abs(exact).max())


@every_case
def test_empty_axes_are_refused(case: Case) -> None:
    for key, array in case.operands.items():
        if array.ndim:
            with pytest.raises(ShapeError, match="no axis may be empty"):
                case.op.result({**case.shapes, key: (0, *array.shape[1:])}, case.given)


@every_case
def test_every_text_reads_as_one_line_of_known_operands(case: Case) -> None:
    for formula in (case.op.forward, *(case.op.gradients[key] for key in case.op.gradients if key in case.operands)):
        said = Application(case.worded(formula), dict.fromkeys((*case.operands, "g", "value"), "u"), case.attributes)
        assert re.fullmatch(r"[^{}]*u[^{}]*", said.text), said.text
        assert "None" not in said.text


def row(*numbers: float) -> Matrix:
    return np.array([numbers], dtype=float)


@pytest.mark.parametrize(
    ("op", "operands", "given", "expected"),
    [
        ("relu", {"x": row(0, -0.0, 1e-300, -1e-300)}, {}, {"x": [0, 0, 1, 0]}),
        ("leaky_relu", {"x": row(0, 1, -1)}, {}, {"x": [0.01, 1, 0.01]}),
        ("abs", {"x": row(0, 2, -3)}, {}, {"x": [0, 1, -1]}),
        ("maximum", {"a": row(1, 2, 3), "b": row(1, 3, 2)}, {}, {"a": [0.5, 0, 1], "b": [0.5, 1, 0]}),
        ("minimum", {"a": row(1, 2, 3), "b": row(1, 3, 2)}, {}, {"a": [0.5, 1, 0], "b": [0.5, 0, 1]}),
        ("max", {"x": row(2, 2, 1, 2)}, {"axis": 1}, {"x": [1 / 3, 1 / 3, 0, 1 / 3]}),
        ("min", {"x": row(2, 1, 1)}, {"axis": None}, {"x": [0, 0.5, 0.5]}),
        ("power", {"x": row(0, -2)}, {"exponent": 0.0}, {"x": [0, 0]}),
        ("to_the", {"a": row(0, 0), "b": row(2, 0)}, {}, {"a": [0, 0], "b": [0, 0]}),
        ("where", {"c": row(0, 2), "a": row(np.nan, 1), "b": row(1, np.nan)}, {}, {"a": [0, 1]}),
    ],
)
def test_gradients_at_kinks_and_ties(
    op: str, operands: dict[str, Matrix], given: dict[str, object], expected: dict[str, list[float]]
) -> None:
    """Each 0 or each share is PyTorch's: relu′(0) = abs′(0) = 0, ties of maximum and amax are shared evenly."""
    case = Case(OPS[op], operands, given)
    with np.errstate(all="ignore"):
        g = np.ones_like(case.result())
        for key, values in expected.items():
            np.testing.assert_allclose(case.gradient(key, g=g)[0], values, rtol=1e-15, err_msg=key)


@pytest.mark.parametrize(
    ("op", "operands", "given"),
    [
        ("relu", {"x": row(0.0)}, {}),
        ("leaky_relu", {"x": row(0.0)}, {}),
        ("abs", {"x": row(0.0)}, {}),
        ("maximum", {"a": row(1.0), "b": row(1.0)}, {}),
        ("minimum", {"a": row(1.0), "b": row(1.0)}, {}),
        ("greater", {"a": row(1.0), "b": row(1.0)}, {}),
        ("max", {"x": row(3, 1, 3)}, {"axis": 1}),
        ("min", {"x": row(1, 1, 3)}, {"axis": None}),
    ],
)
def test_kinks_tell_both_sides_and_the_kink_itself_apart(
    op: str, operands: dict[str, Matrix], given: dict[str, object]
) -> None:
    case = Case(OPS[op], operands, given)
    assert case.op.kinks is not None
    key = next(iter(operands))
    sides = [case.moved(key, (0, 0), by) for by in (-1e-9, 0.0, 1e-9)]
    patterns = {np.asarray(side.op.kinks(**side.operands, **given)).tobytes() for side in sides if side.op.kinks}
    assert len(patterns) == 3


@pytest.mark.parametrize("op", [*ACTIVATIONS, *LOSSES], ids=lambda op: op.name)
@pytest.mark.parametrize("size", [1e-300, 1.0, 50.0, 800.0, 1e150])
def test_large_finite_inputs_stay_finite(op: Op, size: float) -> None:
    draw = np.random.default_rng(3)
    x = size * draw.choice([-1.0, 1.0], size=(ROWS, COLUMNS))
    targets = np.eye(COLUMNS)[[0, 1, 2, 0]]
    if op.name in ("binary_cross_entropy", "cross_entropy"):
        x = np.where(x > 0, min(1.0, size), 0.0)
    case = Case(op, {"a": x, "y": targets} if op in LOSSES else {"x": x})
    # e⁻ˣ = ∞ is how σ reaches its limit 0, and log 0 how the losses of probabilities reach their floor.
    with np.errstate(over="ignore", divide="ignore"):
        g = np.ones_like(case.result())
        assert np.isfinite(case.result()).all()
        assert all(np.isfinite(case.gradient(key, g=g)).all() for key in op.gradients)


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


def test_binary_cross_entropy_is_clamped_as_pytorch_does() -> None:
    """log 0 is taken as −100 and a(1 − a) as at least 1e-12: F.binary_cross_entropy(0, 1) is 100."""
    case = Case(OPS["binary_cross_entropy"], {"a": np.array([[0.0], [1.0]]), "y": np.array([[1.0], [1.0]])})
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(case.result(), [100.0, 0.0])
        np.testing.assert_allclose(case.gradient("a", g=np.ones(2)), [[-1e12], [0.0]])


@every_case
def test_every_op_names_the_library_call_it_equals(case: Case) -> None:
    """The call is Python, and reads the very operands of the op."""
    shapes, attributes = case.shapes, case.attributes
    applied = Application(case.op.forward, {key: key for key in shapes}, attributes)
    names = {
        node.id
        for node in ast.walk(ast.parse(applied.filled(case.op.call(shapes, attributes)), mode="eval"))
        if isinstance(node, ast.Name)
    }
    assert names - {"F", "torch"} == set(shapes)


def test_every_op_has_a_case_and_every_optimizer_a_library() -> None:
    assert {case.op.name for case in CASES} == set(OPS)
    assert all(optimizer.library.startswith("torch.optim.") for optimizer in OPTIMIZERS.values())
