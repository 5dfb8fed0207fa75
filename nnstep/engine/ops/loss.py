"""The losses: E, the loss of each row, from the output a and the targets y.

A row is the last axis: outputs (m, k) give E (m,). All follow
PyTorch: MSE and BCE are means over the row's entries, cross-entropy a sum over the classes; logs of
probabilities are clamped at −100, and BCE's gradient divides by max(a(1 − a), 1e-12).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from nnstep.engine.cell import Cell, Everywhere, Operand, call, sigma
from nnstep.engine.formula import OPS, Attributes, Formula, Op, Shape, ShapeError, no_attributes, size_text
from nnstep.engine.ops.activation import (
    record_powers,
    record_row_sums,
    record_sigmoid,
    sigmoid_cell,
    softmax_cell,
    softplus_cell,
)
from nnstep.engine.recorder import Matrix, Recorder

Index = tuple[int, ...]

LOG_FLOOR = -100.0
SMALLEST = math.exp(LOG_FLOOR)
DIVISOR_FLOOR = 1e-12


class _Share(int):
    """The columns that a row's loss is a mean of: in texts `{k:sum}` is Σⱼ and `{k}` is /3, nothing for one column."""

    def __format__(self, spec: str) -> str:
        if self == 1:
            return ""
        return "Σⱼ " if spec == "sum" else f"/{int(self)}"


def _mass(a: Shape, y: Shape, *, certain: bool = False) -> dict[str, object]:
    return {"certain": certain}


CERTAIN = {"certain": True}
"""The attribute of a cross-entropy whose targets sum to 1 in each row, as classes do; formulas leave that sum out."""


def _columns(a: Shape, y: Shape) -> dict[str, object]:
    return {"k": _Share(a[-1])}


def _rows(a: Shape, y: Shape, **_attributes: object) -> Shape:
    if a != y:
        raise ShapeError(f"a loss takes outputs and targets of one shape, got {size_text(a)} and {size_text(y)}")
    if len(a) < 2:
        raise ShapeError(f"a loss takes one row of outputs for each row of the batch, got {size_text(a)}")
    return a[:-1]


def _loss(
    name: str,
    forward: Formula,
    gradients: tuple[Formula, Formula],
    library: str,
    measures: Callable[..., Attributes] = no_attributes,
    kinks: Callable[..., object] | None = None,
) -> Op:
    """gradients: those for the output and for the targets, which a graph may compute too."""
    return OPS(
        Op(
            name,
            forward,
            dict(zip("ay", gradients, strict=True)),
            shape=_rows,
            arguments=("a", "y"),
            measures=measures,
            library=library,
            kinks=kinks,
        )
    )


def _per_row(g: Matrix) -> Matrix:
    """∂L/∂E as a column, so that it spreads over the classes; a constant stays one."""
    return g[..., None] if g.ndim else g


def _mean_cell(at: Index, count: int, term: Callable[[int | str], Cell]) -> Cell:
    return term(0) if count == 1 else sigma("j", count, term) / count


def _shared(cell: Cell, count: int) -> Cell:
    """A row's share of a mean over its entries."""
    return cell if count == 1 else cell / count


def _row_gradient(at: Index, g: Operand | Everywhere) -> Cell:
    return g[at[:-1]]


def _log(x: Cell) -> Cell:
    return call("log", lambda v: np.maximum(np.log(v), LOG_FLOOR), x)


# mean_squared_error


def _squared(run: Recorder, *, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    difference = run.scratch(a)
    run(np.subtract, a, y, out=difference)
    run(np.multiply, difference, difference, out=difference)
    record_row_sums(run, difference, out, 1 / k)


def _squared_gradient(run: Recorder, *, g: Matrix, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    run(np.subtract, a, y, out=out)
    _scaled(run, out, g, 2 / k)


def _scaled(run: Recorder, out: Matrix, g: Matrix, factor: float) -> None:
    """out ← out · factor · g; one product where g is a constant, which g without axes is: E has one at least."""
    if g.ndim == 0:
        run(np.multiply, out, float(g) * factor, out=out)
    else:
        run(np.multiply, out, _per_row(g), out=out)
        run(np.multiply, out, factor, out=out)


mean_squared_error = _loss(
    "mean_squared_error",
    Formula(
        "{k:sum}({a} − {y})²{k}",
        _squared,
        cell=lambda at, a, y, k: _mean_cell(at, k, lambda j: (a[*at, j] - y[*at, j]) ** 2),
    ),
    (
        Formula(
            "2({a} − {y}){k} · {g}",
            _squared_gradient,
            cell=lambda at, a, y, g, k: _shared(2 * (a[at] - y[at]), k) * _row_gradient(at, g),
        ),
        Formula(
            "2({y} − {a}){k} · {g}",
            lambda run, g, a, y, k, out: _squared_gradient(run, g=g, a=y, y=a, k=k, out=out),
            cell=lambda at, a, y, g, k: _shared(2 * (y[at] - a[at]), k) * _row_gradient(at, g),
        ),
    ),
    'F.mse_loss({a}, {y}, reduction="none").mean(dim=-1)',
    _columns,
)

# binary_cross_entropy


def _binary(run: Recorder, *, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    """−(y log a + (1 − y) log(1 − a)), as y (log(1 − a) − log a) − log(1 − a)."""
    log_a, log_rest = run.scratch(a), run.scratch(a)
    _logs(run, a, log_a, log_rest)
    run(np.subtract, log_rest, log_a, out=log_a)
    run(np.multiply, log_a, y, out=log_a)
    run(np.subtract, log_a, log_rest, out=log_a)
    record_row_sums(run, log_a, out, 1 / k)


def _logs(run: Recorder, a: Matrix, log_a: Matrix, log_rest: Matrix) -> None:
    """log a and log(1 − a), clamped."""
    run(np.negative, a, out=log_rest)
    run(np.log1p, log_rest, out=log_rest)
    run(np.maximum, log_rest, LOG_FLOOR, out=log_rest)
    run(np.log, a, out=log_a)
    run(np.maximum, log_a, LOG_FLOOR, out=log_a)


def _binary_target_gradient(run: Recorder, *, g: Matrix, a: Matrix, k: int, out: Matrix) -> None:
    log_a = run.scratch(a)
    _logs(run, a, log_a, out)
    run(np.subtract, out, log_a, out=out)
    _scaled(run, out, g, 1 / k)


def _binary_gradient(run: Recorder, *, g: Matrix, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    divisor = run.scratch(a)
    run(np.subtract, 1.0, a, out=divisor)
    run(np.multiply, divisor, a, out=divisor)
    run(np.maximum, divisor, DIVISOR_FLOOR, out=divisor)
    run(np.subtract, a, y, out=out)
    run(np.divide, out, divisor, out=out)
    _scaled(run, out, g, 1 / k)


def _divisor(a: Cell) -> Cell:
    """a(1 − a), kept from zero."""
    return call("", lambda v: np.maximum(v, DIVISOR_FLOOR), a * (1 - a))


def _binary_cell(at: Index, a: Operand, y: Operand, k: int) -> Cell:
    def term(j: int | str) -> Cell:
        probability, target = a[*at, j], y[*at, j]
        return -(target * _log(probability)) - (1 - target) * _log(1 - probability)

    return _mean_cell(at, k, term)


binary_cross_entropy = _loss(
    "binary_cross_entropy",
    Formula("{k:sum}−({y} log {a} + (1 − {y}) log(1 − {a})){k}", _binary, cell=_binary_cell),
    (
        Formula(
            "({a} − {y}) / ({a}(1 − {a})){k} · {g}",
            _binary_gradient,
            cell=lambda at, a, y, g, k: _shared((a[at] - y[at]) / _divisor(a[at]), k) * _row_gradient(at, g),
        ),
        Formula(
            "(log(1 − {a}) − log {a}){k} · {g}",
            _binary_target_gradient,
            cell=lambda at, a, g, k: _shared(_log(1 - a[at]) - _log(a[at]), k) * _row_gradient(at, g),
        ),
    ),
    'F.binary_cross_entropy({a}, {y}, reduction="none").mean(dim=-1)',
    _columns,
    # Beyond these the gradient that PyTorch gives is not the derivative: logs are clamped, and so is the divisor.
    lambda a, y: np.sign(a * (1 - a) - DIVISOR_FLOOR),
)

# binary_cross_entropy_with_logits: log(1 + eˣ) − x y


def _binary_logits(run: Recorder, *, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    entropy, product = run.scratch(a), run.scratch(a)
    run(np.logaddexp, a, 0.0, out=entropy)
    run(np.multiply, a, y, out=product)
    run(np.subtract, entropy, product, out=entropy)
    record_row_sums(run, entropy, out, 1 / k)


def _binary_logits_gradient(run: Recorder, *, g: Matrix, a: Matrix, y: Matrix, k: int, out: Matrix) -> None:
    record_sigmoid(run, a, out)
    run(np.subtract, out, y, out=out)
    _scaled(run, out, g, 1 / k)


def _binary_logits_target_gradient(run: Recorder, *, g: Matrix, a: Matrix, k: int, out: Matrix) -> None:
    run(np.multiply, a, -1 / k, out=out)
    _scaled(run, out, g, 1.0)


binary_cross_entropy_with_logits = _loss(
    "binary_cross_entropy_with_logits",
    Formula(
        "{k:sum}(log(1 + exp({a})) − {y} {a}){k}",
        _binary_logits,
        cell=lambda at, a, y, k: _mean_cell(at, k, lambda j: softplus_cell(a[*at, j]) - y[*at, j] * a[*at, j]),
    ),
    (
        Formula(
            "(σ({a}) − {y}){k} · {g}",
            _binary_logits_gradient,
            cell=lambda at, a, y, g, k: _shared(sigmoid_cell(a[at]) - y[at], k) * _row_gradient(at, g),
        ),
        Formula(
            "−{a}{k} · {g}",
            _binary_logits_target_gradient,
            cell=lambda at, a, g, k: _shared(-a[at], k) * _row_gradient(at, g),
        ),
    ),
    'F.binary_cross_entropy_with_logits({a}, {y}, reduction="none").mean(dim=-1)',
    _columns,
)

# cross_entropy


def _cross(run: Recorder, *, a: Matrix, y: Matrix, out: Matrix) -> None:
    log_a = run.scratch(a)
    run(np.log, a, out=log_a)
    run(np.maximum, log_a, LOG_FLOOR, out=log_a)
    run(np.multiply, log_a, y, out=log_a)
    record_row_sums(run, log_a, out, -1.0)


def _cross_gradient(run: Recorder, *, g: Matrix, a: Matrix, y: Matrix, out: Matrix) -> None:
    """−y / a, and 0 where the log is clamped, since there the loss does not move with a."""
    clear = run.scratch(a, bool)
    run(np.maximum, a, SMALLEST, out=out)
    run(np.divide, y, out, out=out)
    run(np.greater_equal, a, SMALLEST, out=clear)
    run(np.multiply, out, clear, out=out)
    _scaled(run, out, g, -1.0)


def _cross_target_gradient(run: Recorder, *, g: Matrix, a: Matrix, out: Matrix) -> None:
    run(np.log, a, out=out)
    run(np.maximum, out, LOG_FLOOR, out=out)
    _scaled(run, out, g, -1.0)


def _cross_gradient_cell(at: Index, a: Operand, y: Operand, g: Operand | Everywhere) -> Cell:
    slope = call("log′", lambda v: 1 / v if v >= SMALLEST or np.isnan(v) else 0.0, a[at])
    return -(y[at] * slope * _row_gradient(at, g))


cross_entropy = _loss(
    "cross_entropy",
    Formula(
        "−Σⱼ {y} log {a}",
        _cross,
        cell=lambda at, a, y: -sigma("j", a.shape[-1], lambda j: y[*at, j] * _log(a[*at, j])),
    ),
    (
        Formula("−{y} / {a} · {g}", _cross_gradient, cell=_cross_gradient_cell),
        Formula(
            "−log {a} · {g}",
            _cross_target_gradient,
            cell=lambda at, a, g: -(_log(a[at]) * _row_gradient(at, g)),
        ),
    ),
    'F.nll_loss({a}.log(), {y}.argmax(dim=-1), reduction="none")',
    kinks=lambda a, y: np.sign(a - SMALLEST),
)

# cross_entropy_with_logits: −Σ y (x − log Σ eˣ)


def _cross_logits(run: Recorder, *, a: Matrix, y: Matrix, certain: bool, out: Matrix) -> None:
    """Σⱼ y (log Σ e^(a − max a) − (a − max a)); the powers and their sums serve the gradient too."""
    shifted, share = run.scratch(a), run.scratch(out)
    powers, total = run.keep("powers", a, like=a), run.keep("total", a, like=out)
    record_powers(run, a, shifted, powers, total)
    run(np.multiply, shifted, y, out=shifted)
    record_row_sums(run, shifted, share)
    run(np.log, total, out=out)
    if not certain:
        weight = run.scratch(out)
        record_row_sums(run, y, weight)
        run(np.multiply, out, weight, out=out)
    run(np.subtract, out, share, out=out)


def _cross_logits_gradient(run: Recorder, *, g: Matrix, a: Matrix, y: Matrix, certain: bool, out: Matrix) -> None:
    powers, total = run.kept("powers", a), run.kept("total", a)
    if powers is None or total is None:
        total = run.scratch(a[..., 0])
        record_powers(run, a, out, out, total)
        powers = out
    run(np.divide, powers, total[..., None], out=out)
    if not certain:
        weight = run.scratch(total)
        record_row_sums(run, y, weight)
        run(np.multiply, out, weight[..., None], out=out)
    run(np.subtract, out, y, out=out)
    _scaled(run, out, g, 1.0)


def _cross_logits_target_gradient(run: Recorder, *, g: Matrix, a: Matrix, certain: bool, out: Matrix) -> None:
    """log Σ e^(a − max a) − (a − max a)."""
    total, powers = run.scratch(a[..., 0]), run.scratch(a)
    record_powers(run, a, out, powers, total)
    run(np.log, total, out=total)
    run(np.subtract, total[..., None], out, out=out)
    _scaled(run, out, g, 1.0)


def _logsumexp(*row: float) -> float:
    return float(np.logaddexp.reduce(np.array(row, dtype=np.float64)))


def _logsumexp_cell(a: Operand, row: Index) -> Cell:
    return call("logsumexp", _logsumexp, *(a[*row, k] for k in range(a.shape[-1])))


def _cross_logits_cell(at: Index, a: Operand, y: Operand, *, certain: bool) -> Cell:
    total = _logsumexp_cell(a, at)
    return -sigma("j", a.shape[-1], lambda j: y[*at, j] * (a[*at, j] - total))


def _cross_logits_gradient_cell(at: Index, a: Operand, y: Operand, g: Operand | Everywhere, *, certain: bool) -> Cell:
    share = softmax_cell(at, a)
    if not certain:
        share *= sigma("j", y.shape[-1], lambda j: y[*at[:-1], j])
    return (share - y[at]) * _row_gradient(at, g)


def _cross_logits_target_cell(at: Index, a: Operand, g: Operand | Everywhere, *, certain: bool) -> Cell:
    return (_logsumexp_cell(a, at[:-1]) - a[at]) * _row_gradient(at, g)


def _cross_logits_text(_shapes: Mapping[str, Shape], *, certain: bool) -> str:
    return "(softmax({a}) − {y}) · {g}" if certain else "(softmax({a}) Σⱼ {y} − {y}) · {g}"


cross_entropy_with_logits = _loss(
    "cross_entropy_with_logits",
    Formula("−Σⱼ {y} log softmax({a})", _cross_logits, cell=_cross_logits_cell),
    (
        Formula(_cross_logits_text, _cross_logits_gradient, cell=_cross_logits_gradient_cell),
        Formula("−log softmax({a}) · {g}", _cross_logits_target_gradient, cell=_cross_logits_target_cell),
    ),
    'F.cross_entropy({a}, {y}, reduction="none")',
    _mass,
)

LOSSES = (
    mean_squared_error,
    binary_cross_entropy,
    cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
)
