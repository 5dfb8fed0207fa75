"""Sums, means and extremes over an axis or over all, and the L2 penalty on a weight matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from nnstep.engine.cell import (
    ATOM,
    LETTERS,
    SUBSCRIPTS,
    Cell,
    Everywhere,
    Extreme,
    Index,
    Number,
    Operand,
    Operation,
    sigma_all,
    whole,
)
from nnstep.engine.formula import OPS, Formula, Library, Op, Option, Shape, ShapeError, size_text
from nnstep.engine.recorder import Matrix, Recorder

OPTIONS: Mapping[str, Option] = {"axis": Option("axis"), "keepdims": Option("flag", default=False)}


def _shape(x: Shape, axis: int | None = None, keepdims: bool = False) -> Shape:  # noqa: FBT001, FBT002  # NumPy's name, by keyword
    axes = _axes(x, axis)
    return tuple(1 if place in axes else n for place, n in enumerate(x) if keepdims or place not in axes)


def _measures(x: Shape, axis: int | None = None, keepdims: bool = False) -> dict[str, object]:  # noqa: FBT001, FBT002
    """axes: those summed; kept: the result's shape with 1 in their places; count: the cells that make one sum."""
    axes = _axes(x, axis)
    kept = tuple(1 if place in axes else n for place, n in enumerate(x))
    return {"axis": axis, "keepdims": keepdims, "axes": axes, "kept": kept, "count": prod(x[place] for place in axes)}


def _axes(x: Shape, axis: int | None) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(len(x)))
    if not -len(x) <= axis < len(x):
        raise ShapeError(f"there is no axis {axis} in {size_text(x)}")
    return (axis % len(x),)


def _text(name: str) -> Callable[..., str]:
    def text(_shapes: Mapping[str, Shape], axis: int | None, axes: tuple[int, ...], **_measures: object) -> str:
        over = "" if axis is None else "".join(LETTERS[each] for each in axes).translate(SUBSCRIPTS)
        if name == "sum":
            return f"Σ{over} {{x}}" + (over if axes == (0,) else "")
        return f"{name}{over}({{x}})"

    return text


def _call(name: str) -> Callable[..., str]:
    """PyTorch's method of this name; it calls an axis dim."""

    def text(
        _shapes: Mapping[str, Shape],
        axis: int | None,
        axes: tuple[int, ...],
        *,
        keepdims: bool,
        **_measures: object,
    ) -> str:
        dim = [] if axis is None and not keepdims else [f"dim={axes if axis is None else axis}"]
        return f"{{x}}.{name}({', '.join([*dim, *['keepdim=True'] * keepdims])})"

    return text


def _kept_view(array: Matrix, axes: tuple[int, ...], *, keepdims: bool) -> Matrix:
    """A result, or its gradient, with an axis of one cell wherever x has one that is summed."""
    return array if keepdims else np.expand_dims(array, axes)


def _inside(at: Index, axes: tuple[int, ...], kept: Shape, inner: tuple[int | str, ...], *, keepdims: bool) -> Index:
    """The index into x: that of a cell of the result, with the inner indices along the axes summed."""
    outer, within = iter(at), iter(inner)
    indices: list[int | str] = []
    for place in range(len(kept)):
        over = next(outer) if keepdims or place not in axes else 0
        indices.append(next(within) if place in axes else over)
    return tuple(indices)


def _outside(at: Index, axes: tuple[int, ...], *, keepdims: bool) -> Index:
    """The index into the result, or its gradient, of the sum that a cell of x goes into."""
    return tuple(0 if place in axes else i for place, i in enumerate(at) if keepdims or place not in axes)


def _reduction(
    name: str, forward: Formula, gradient: Formula, library: Library, kinks: Callable[..., object] | None = None
) -> Op:
    return OPS(
        Op(
            name,
            forward,
            {"x": gradient},
            shape=_shape,
            measures=_measures,
            arguments=("x",),
            options=OPTIONS,
            library=library,
            kinks=kinks,
        )
    )


# sum


def _sum(run: Recorder, *, x: Matrix, axes: tuple[int, ...], keepdims: bool, out: Matrix, **_measures: object) -> None:
    run(np.add.reduce, x, axis=axes, keepdims=True, out=_kept_view(out, axes, keepdims=keepdims))


def _sum_gradient(
    run: Recorder, *, g: Matrix, axes: tuple[int, ...], keepdims: bool, out: Matrix, **_measures: object
) -> None:
    run(np.copyto, out, _kept_view(g, axes, keepdims=keepdims))


def _sum_cell(
    at: Index, x: Operand, axes: tuple[int, ...], kept: Shape, *, keepdims: bool, **_measures: object
) -> Cell:
    def term(*inner: int | str) -> Cell:
        return x[_inside(at, axes, kept, inner, keepdims=keepdims)]

    return sigma_all("".join(LETTERS[axis] for axis in axes), tuple(x.shape[axis] for axis in axes), term)


def _sum_gradient_cell(at: Index, g: Operand, axes: tuple[int, ...], *, keepdims: bool, **_measures: object) -> Cell:
    return g[_outside(at, axes, keepdims=keepdims)]


total = _reduction(
    "sum",
    Formula(_text("sum"), _sum, cell=_sum_cell),
    Formula("{g}", _sum_gradient, cell=_sum_gradient_cell),
    _call("sum"),
)

# mean


def _mean(
    run: Recorder, *, x: Matrix, axes: tuple[int, ...], keepdims: bool, count: int, out: Matrix, **_measures: object
) -> None:
    if x.ndim == 1:
        run.dot(x, run.full(count, 1 / count), out=out.reshape(()) if keepdims else out)
    else:
        run(np.add.reduce, x, axis=axes, keepdims=True, out=_kept_view(out, axes, keepdims=keepdims))
        run(np.divide, out, float(count), out=out)


def _mean_gradient(
    run: Recorder, *, g: Matrix, axes: tuple[int, ...], keepdims: bool, count: int, out: Matrix, **_measures: object
) -> None:
    run(np.divide, _kept_view(g, axes, keepdims=keepdims), float(count), out=out)


mean = _reduction(
    "mean",
    Formula(_text("mean"), _mean, cell=lambda at, count, **given: _sum_cell(at, **given) / count),
    Formula(
        "{g}/{count}",
        _mean_gradient,
        cell=lambda at, count, **given: _sum_gradient_cell(at, **given) / count,
        constant=lambda count, **_measures: (f"1/{count}", 1 / count),
    ),
    _call("mean"),
)

# max and min: where several cells are the extreme one, each gets an equal share of the gradient (as torch.amax).


def _extreme(function: np.ufunc) -> Callable[..., None]:
    def compute(
        run: Recorder, *, x: Matrix, axes: tuple[int, ...], keepdims: bool, out: Matrix, **_measures: object
    ) -> None:
        run(function.reduce, x, axis=axes, keepdims=True, out=_kept_view(out, axes, keepdims=keepdims))

    return compute


def _extreme_gradient(
    run: Recorder,
    *,
    g: Matrix,
    x: Matrix,
    value: Matrix,
    axes: tuple[int, ...],
    keepdims: bool,
    out: Matrix,
    **_measures: object,
) -> None:
    highest = _kept_view(value, axes, keepdims=keepdims)
    share = run.scratch(highest)
    run(np.equal, x, highest, out=out)
    run(np.add.reduce, out, axis=axes, keepdims=True, out=share)
    run(np.divide, _kept_view(g, axes, keepdims=keepdims), share, out=share)
    run(np.multiply, out, share, out=out)


def _extreme_cell(name: str, function: Callable[..., Any]) -> Callable[..., Cell]:
    def cell(
        at: Index,
        x: Operand | Everywhere,
        axes: tuple[int, ...],
        kept: Shape,
        *,
        keepdims: bool,
        **_measures: object,
    ) -> Cell:
        if isinstance(x, Everywhere):
            return x
        return Extreme(name, x, _inside(at, axes, kept, (":",) * len(axes), keepdims=keepdims), function)

    return cell


def _extreme_gradient_cell(
    at: Index,
    g: Operand,
    x: Operand,
    value: Operand,
    axes: tuple[int, ...],
    kept: Shape,
    *,
    keepdims: bool,
    **_measures: object,
) -> Cell:
    outside = _outside(at, axes, keepdims=keepdims)
    stretch = tuple(slice(None) if place in axes else i for place, i in enumerate(at))
    ties = int(np.equal(x.array[stretch], value.array[outside]).sum())  # type: ignore[index]  # numbers alone here
    chosen = g[outside] * Operation("1[{} = {}]", ATOM, (0, 0), np.equal, (x[at], value[outside]))
    return chosen / Number(ties, "ties") if ties != 1 else chosen


def _extreme_kinks(x: Matrix, axis: int | None = None, **_attributes: object) -> Matrix:
    """Which cells are the largest, and which the smallest: where either changes, so does the slope."""
    largest = np.equal(x, np.max(x, axis=axis, keepdims=True))
    smallest = np.equal(x, np.min(x, axis=axis, keepdims=True))
    return np.stack([largest, smallest])


_EXTREME_GRADIENT = Formula("{g} ⊙ 1[{x} = {value}]/ties", _extreme_gradient, cell=_extreme_gradient_cell)

largest = _reduction(
    "max",
    Formula(_text("max"), _extreme(np.maximum), cell=_extreme_cell("max", np.max)),
    _EXTREME_GRADIENT,
    _call("amax"),
    _extreme_kinks,
)

smallest = _reduction(
    "min",
    Formula(_text("min"), _extreme(np.minimum), cell=_extreme_cell("min", np.min)),
    _EXTREME_GRADIENT,
    _call("amin"),
    _extreme_kinks,
)

# the L2 penalty of a network


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
        library="0.5 * {l2} * {w}.square().sum()",
    )
)
