"""The affine map Z = X Wᵀ + b, with and without its bias."""

from __future__ import annotations

import numpy as np

from nnstep.engine.cell import Cell, Operand, sigma
from nnstep.engine.formula import OPS, Formula, Op, Shape
from nnstep.engine.recorder import Matrix, Recorder

Index = tuple[int, ...]


def _affine(run: Recorder, *, x: Matrix, w: Matrix, b: Matrix, out: Matrix) -> None:
    """x (m, n_in), w (n_out, n_in), b (n_out,), out (m, n_out); one product where b lies behind w and a 1 behind x."""
    block, extended = run.block(w), run.with_ones(x)
    if block is not None and extended is not None:
        run.dot(extended, block.T, out=out)
    else:
        run.dot(x, w.T, out=out)
        run(np.add, out, b, out=out)


def _weight_gradient(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    """δᵀA, (n_out, n_in); where db lies behind dW and a 1 behind x, the same product fills both."""
    block, extended = run.block(out), run.with_ones(x)
    if block is not None and extended is not None:
        run.joint_product(g.T, extended, block, out=out)
    else:
        run.dot(g.T, x, out=out)


def _bias_gradient(run: Recorder, *, g: Matrix, out: Matrix) -> None:
    """Σᵢ δᵢ, (n_out,)."""
    if not run.filled(out):
        run.dot(run.full(g.shape[0], 1.0), g, out=out)


def _linear(run: Recorder, *, x: Matrix, w: Matrix, out: Matrix) -> None:
    run.dot(x, w.T, out=out)


def _input_gradient(run: Recorder, *, g: Matrix, w: Matrix, out: Matrix) -> None:
    """δ W, (m, n_in)."""
    run.dot(g, w, out=out)


def _product_cell(at: Index, x: Operand, w: Operand) -> Cell:
    return sigma("k", x.shape[1], lambda k: x[at[0], k] * w[at[1], k])


def _shape(x: Shape, w: Shape, b: Shape | None = None) -> Shape:
    return (x[0], w[0])


_GRADIENTS = {
    "w": Formula(
        "{g}ᵀ {x}",
        _weight_gradient,
        cell=lambda at, g, x: sigma("i", g.shape[0], lambda i: g[i, at[0]] * x[i, at[1]]),
    ),
    "b": Formula(
        "Σᵢ {g}ᵢ",
        _bias_gradient,
        cell=lambda at, g: sigma("i", g.shape[0], lambda i: g[i, at[0]]),
    ),
    "x": Formula(
        "{g} {w}",
        _input_gradient,
        cell=lambda at, g, w: sigma("k", g.shape[1], lambda k: g[at[0], k] * w[k, at[1]]),
    ),
}

affine = OPS(
    Op(
        "affine",
        forward=Formula("{x} {w}ᵀ + {b}", _affine, cell=lambda at, x, w, b: _product_cell(at, x, w) + b[at[1],]),
        gradients=_GRADIENTS,
        shape=_shape,
        library="F.linear({x}, {w}, {b})",
    )
)

linear = OPS(
    Op(
        "linear",
        forward=Formula("{x} {w}ᵀ", _linear, cell=_product_cell),
        gradients={key: _GRADIENTS[key] for key in ("w", "x")},
        shape=_shape,
        library="F.linear({x}, {w})",
    )
)
