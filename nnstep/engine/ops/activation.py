"""The activations A = σ(Z), each with δ = dA ⊙ σ′(Z) under it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnstep.engine.cell import Cell, Operand, call, positive, sigma
from nnstep.engine.formula import OPS, Formula, Op, Shape, ShapeError
from nnstep.engine.recorder import Matrix, Recorder

Index = tuple[int, ...]

LEAK = 0.01
"""The slope of leaky ReLU below zero (Maas et al. 2013, and PyTorch's default)."""

GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715
"""Constants of GELU's tanh form (Hendrycks & Gimpel 2016)."""


def same_shape(x: Shape) -> Shape:
    """The result of a function of each cell."""
    return x


def _of_rows(x: Shape) -> Shape:
    if not x:
        raise ShapeError("softmax takes a matrix or a vector, got one number")
    return x


def _side(x: Matrix) -> Matrix:
    """On which side of 0 each cell lies."""
    return np.sign(x)


def record_row_sums(run: Recorder, x: Matrix, out: Matrix, factor: float = 1.0) -> None:
    """factor · Σⱼ x over the last axis, as a product."""
    weights = run.full(x.shape[-1], factor)
    if x.ndim <= 2:
        run.dot(x, weights, out=out)
    else:
        run(np.matmul, x, weights, out=out)


def _activation(
    name: str,
    text: str,
    compute: Callable[..., None],
    cell: Callable[..., Cell],
    gradient: Formula,
    library: str,
    *,
    same_as: str = "",
    shape: Callable[[Shape], Shape] = same_shape,
    kinks: Callable[..., object] | None = None,
) -> Op:
    return OPS(
        Op(
            name,
            forward=Formula(text, compute, cell, same_as=same_as),
            gradients={"x": gradient},
            shape=shape,
            arguments=("x",),
            library=library,
            kinks=kinks,
        )
    )


def sigmoid_cell(x: Cell) -> Cell:
    """σ(x) = 1 / (1 + e⁻ˣ)."""
    return call("σ", lambda v: 1 / (1 + np.exp(-v)), x)


def record_sigmoid(run: Recorder, x: Matrix, out: Matrix) -> None:
    """1 / (1 + e⁻ˣ), elementwise; e⁻ˣ = ∞ gives the limit 0."""
    run(np.negative, x, out=out)
    run(np.exp, out, out=out)
    run(np.add, out, 1.0, out=out)
    run(np.reciprocal, out, out=out)


def _tanh_cell(x: Cell) -> Cell:
    return call("tanh", np.tanh, x)


# identity


def _copy(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    if out is not x:
        run(np.copyto, out, x)


def _pass(run: Recorder, *, g: Matrix, out: Matrix) -> None:
    if out is not g:
        run(np.copyto, out, g)


identity = _activation(
    "identity",
    "{x}",
    _copy,
    lambda at, x: x[at],
    Formula("{g} ⊙ 1", _pass, cell=lambda at, g: g[at] * 1, same_as="g"),
    "torch.nn.Identity()({x})",
    same_as="x",
)

# relu: its derivative at 0 is taken as 0, so a cell exactly at zero passes no gradient (as in PyTorch).


def _relu(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    run(np.maximum, x, 0.0, out=out)


def _relu_gradient(run: Recorder, *, g: Matrix, x: Matrix, value: Matrix, out: Matrix) -> None:
    """g where x > 0, else 0: the sign of max(0, x) is that 1 or 0, and takes half the time of a comparison."""
    active = run.scratch(out)
    run(np.sign, value, out=active)
    run(np.multiply, g, active, out=out)


relu = _activation(
    "relu",
    "max(0, {x})",
    _relu,
    lambda at, x: call("max", np.maximum, 0, x[at]),
    Formula("{g} ⊙ 1[{x} > 0]", _relu_gradient, cell=lambda at, g, x: g[at] * positive(x[at]), saved=("value",)),
    "torch.relu({x})",
    kinks=_side,
)

# leaky_relu


def _leaky_relu(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    run(np.multiply, x, LEAK, out=out)
    run(np.maximum, x, out, out=out)


def _leaky_relu_gradient(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    active, slope = run.scratch(out, bool), run.scratch(out)
    run(np.greater, x, 0.0, out=active)
    run(np.multiply, active, 1 - LEAK, out=slope)
    run(np.add, slope, LEAK, out=slope)
    run(np.multiply, g, slope, out=out)


leaky_relu = _activation(
    "leaky_relu",
    "max({x}, 0.01 {x})",
    _leaky_relu,
    lambda at, x: call("max", np.maximum, x[at], LEAK * x[at]),
    Formula(
        "{g} ⊙ leaky_relu′({x})",
        _leaky_relu_gradient,
        cell=lambda at, g, x: g[at] * call("leaky_relu′", lambda v: 1.0 if v > 0 else LEAK, x[at]),
    ),
    "F.leaky_relu({x}, 0.01)",
    kinks=_side,
)

# sigmoid


def _sigmoid(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    record_sigmoid(run, x, out)


def _sigmoid_gradient(run: Recorder, *, g: Matrix, x: Matrix, value: Matrix, out: Matrix) -> None:
    slope = run.scratch(out)
    run(np.subtract, 1.0, value, out=slope)
    run(np.multiply, slope, value, out=slope)
    run(np.multiply, g, slope, out=out)


sigmoid = _activation(
    "sigmoid",
    "σ({x})",
    _sigmoid,
    lambda at, x: sigmoid_cell(x[at]),
    Formula(
        "{g} ⊙ σ′({x})",
        _sigmoid_gradient,
        cell=lambda at, g, x: g[at] * sigmoid_cell(x[at]) * (1 - sigmoid_cell(x[at])),
        saved=("value",),
    ),
    "torch.sigmoid({x})",
)

# tanh


def _tanh(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    run(np.tanh, x, out=out)


def _tanh_gradient(run: Recorder, *, g: Matrix, x: Matrix, value: Matrix, out: Matrix) -> None:
    slope = run.scratch(out)
    run(np.multiply, value, value, out=slope)
    run(np.subtract, 1.0, slope, out=slope)
    run(np.multiply, g, slope, out=out)


tanh = _activation(
    "tanh",
    "tanh({x})",
    _tanh,
    lambda at, x: _tanh_cell(x[at]),
    Formula(
        "{g} ⊙ tanh′({x})",
        _tanh_gradient,
        cell=lambda at, g, x: g[at] * (1 - _tanh_cell(x[at]) ** 2),
        saved=("value",),
    ),
    "torch.tanh({x})",
)

# softmax, of each row: the row's maximum is taken out first, which changes nothing but the size of the exponents.


def record_powers(run: Recorder, x: Matrix, shifted: Matrix, powers: Matrix, total: Matrix) -> None:
    """xⱼ − max x, e to that, and the row's sum of these; `total` has one entry a row."""
    run(np.maximum.reduce, x, axis=-1, out=total)
    run(np.subtract, x, total[..., None], out=shifted)
    run(np.exp, shifted, out=powers)
    record_row_sums(run, powers, total)


def record_softmax(run: Recorder, x: Matrix, out: Matrix) -> None:
    """e^(xⱼ − max x) / Σₖ e^(xₖ − max x), over the last axis."""
    total = run.scratch(out[..., 0])
    record_powers(run, x, out, out, total)
    run(np.divide, out, total[..., None], out=out)


def exp_cell(x: Cell) -> Cell:
    """eˣ."""
    return call("exp", np.exp, x)


def softmax_cell(at: Index, x: Operand) -> Cell:
    """e^xⱼ / Σₖ e^xₖ, written with the row's maximum taken out where the exponents would overflow."""
    *place, _ = at
    row = x.array[tuple(place)].astype(np.float64)
    shift = float(row.max()) if np.abs(row).max() > 500 else 0.0
    if not shift:
        return exp_cell(x[at]) / sigma("k", x.shape[-1], lambda k: exp_cell(x[*place, k]))
    return exp_cell(x[at] - shift) / sigma("k", x.shape[-1], lambda k: exp_cell(x[*place, k] - shift))


def _softmax(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    record_softmax(run, x, out)


def _softmax_gradient(run: Recorder, *, g: Matrix, value: Matrix, out: Matrix) -> None:
    weighted = run.scratch(out[..., 0])
    run(np.multiply, g, value, out=out)
    record_row_sums(run, out, weighted)
    run(np.subtract, g, weighted[..., None], out=out)
    run(np.multiply, out, value, out=out)


def _softmax_gradient_cell(at: Index, g: Operand, value: Operand) -> Cell:
    *row, _ = at
    return value[at] * (g[at] - sigma("k", value.shape[-1], lambda k: g[*row, k] * value[*row, k]))


softmax = _activation(
    "softmax",
    "softmax({x})",
    _softmax,
    softmax_cell,
    Formula("{value} ⊙ ({g} − Σⱼ {g} ⊙ {value})", _softmax_gradient, cell=_softmax_gradient_cell),
    "F.softmax({x}, dim=-1)",
    shape=_of_rows,
)

# softplus


def softplus_cell(x: Cell) -> Cell:
    """log(1 + eˣ)."""
    return call("softplus", lambda v: np.logaddexp(0.0, v), x)


def _softplus(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    run(np.logaddexp, x, 0.0, out=out)


def _softplus_gradient(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    record_sigmoid(run, x, out)
    run(np.multiply, g, out, out=out)


softplus = _activation(
    "softplus",
    "log(1 + exp({x}))",
    _softplus,
    lambda at, x: softplus_cell(x[at]),
    Formula("{g} ⊙ σ({x})", _softplus_gradient, cell=lambda at, g, x: g[at] * sigmoid_cell(x[at])),
    "F.softplus({x})",
)

# gelu, in its tanh form: ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³)


def _gelu_tanh(run: Recorder, x: Matrix, out: Matrix) -> None:
    """tanh(√(2/π) x (1 + 0.044715 x²)), of |x| ≤ 100: beyond, tanh is ±1 and x³ would overflow."""
    limited = run.scratch(out)
    run(np.minimum, x, 100.0, out=limited)
    run(np.maximum, limited, -100.0, out=limited)
    run(np.multiply, limited, limited, out=out)
    run(np.multiply, out, GELU_SCALE * GELU_CUBE, out=out)
    run(np.add, out, GELU_SCALE, out=out)
    run(np.multiply, out, limited, out=out)
    run(np.tanh, out, out=out)


def _gelu(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    _gelu_tanh(run, x, out)
    run(np.add, out, 1.0, out=out)
    run(np.multiply, out, 0.5, out=out)
    run(np.multiply, out, x, out=out)


def _gelu_gradient(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    """½ (1 + t) + ½ x (1 − t²) √(2/π) (1 + 3·0.044715 x²), t = tanh u."""
    limited, inner = run.scratch(out), run.scratch(out)
    _gelu_tanh(run, x, out)
    run(np.minimum, x, 100.0, out=limited)
    run(np.maximum, limited, -100.0, out=limited)
    run(np.multiply, limited, limited, out=inner)
    run(np.multiply, inner, 1.5 * GELU_SCALE * GELU_CUBE, out=inner)
    run(np.add, inner, 0.5 * GELU_SCALE, out=inner)
    run(np.multiply, inner, limited, out=inner)
    run(np.multiply, out, out, out=limited)
    run(np.subtract, 1.0, limited, out=limited)
    run(np.multiply, inner, limited, out=inner)
    run(np.add, out, 1.0, out=out)
    run(np.multiply, out, 0.5, out=out)
    run(np.add, out, inner, out=out)
    run(np.multiply, g, out, out=out)


def _gelu_value(v: float) -> float:
    limited = np.clip(v, -100.0, 100.0)
    return float(0.5 * v * (1 + np.tanh(GELU_SCALE * (limited + GELU_CUBE * limited**3))))


def _gelu_slope(v: float) -> float:
    v = float(np.clip(v, -100.0, 100.0))
    t = np.tanh(GELU_SCALE * (v + GELU_CUBE * v**3))
    return float(0.5 * (1 + t) + 0.5 * v * (1 - t**2) * GELU_SCALE * (1 + 3 * GELU_CUBE * v**2))


gelu = _activation(
    "gelu",
    "gelu({x})",
    _gelu,
    lambda at, x: call("gelu", _gelu_value, x[at]),
    Formula("{g} ⊙ gelu′({x})", _gelu_gradient, cell=lambda at, g, x: g[at] * call("gelu′", _gelu_slope, x[at])),
    'F.gelu({x}, approximate="tanh")',
)

ACTIVATIONS = (identity, relu, leaky_relu, sigmoid, tanh, softmax, softplus, gelu)
