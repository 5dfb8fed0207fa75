"""The mean over the rows, and the L2 penalty on a weight matrix."""

from __future__ import annotations

import numpy as np

from nnstep.engine.cell import Cell, Operand, sigma, whole
from nnstep.engine.formula import OPS, Formula, Op, Shape
from nnstep.engine.recorder import Matrix, Recorder

Index = tuple[int, ...]


def _mean(run: Recorder, *, x: Matrix, count: int, out: Matrix) -> None:
    run.dot(x, run.full(count, 1 / count), out=out)


def _mean_gradient(run: Recorder, *, g: Matrix, count: int, out: Matrix) -> None:
    run(np.multiply, run.full(count, 1 / count), g, out=out)


mean = OPS(
    Op(
        "mean",
        forward=Formula("mean({x})", _mean, cell=lambda at, x, count: sigma("i", count, lambda i: x[i,]) / count),
        gradients={
            "x": Formula(
                "{g}/{count}",
                _mean_gradient,
                cell=lambda at, g, count: g[()] / count,
                constant=lambda count: (f"1/{count}", 1 / count),
            )
        },
        shape=lambda x: (),
        measures=lambda x: {"count": x[0]},
        library="x.mean()",
    )
)


def _penalty(run: Recorder, *, w: Matrix, l2: Matrix, out: Matrix) -> None:
    square = run.scratch(w)
    run(np.multiply, w, w, out=square)
    run(np.add.reduce, square, axis=None, out=out)
    run(np.multiply, out, l2, out=out)
    run(np.multiply, out, 0.5, out=out)


def _penalty_gradient(run: Recorder, *, w: Matrix, l2: Matrix, out: Matrix) -> None:
    run(np.multiply, w, l2, out=out)


def _squares(w: np.ndarray) -> float:
    return float(np.sum(w * w))


def _penalty_cell(at: Index, w: Operand, l2: Operand) -> Cell:
    return 0.5 * l2[()] * whole("Σ{}²", w, _squares)


def _penalty_shape(w: Shape, l2: Shape) -> Shape:
    return ()


penalty = OPS(
    Op(
        "penalty",
        forward=Formula("½·{l2}·Σ{w}²", _penalty, cell=_penalty_cell),
        gradients={"w": Formula("{l2}·{w}", _penalty_gradient, cell=lambda at, w, l2: l2[()] * w[at])},
        shape=_penalty_shape,
        inline=True,
        library="0.5 * l2 * w.square().sum()",
    )
)
