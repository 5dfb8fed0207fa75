"""Ops that work cell by cell: broadcasting forward, and gradients summed back to the operands' shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from itertools import zip_longest

import numpy as np

from nnstep.engine.cell import LETTERS, SUBSCRIPTS, Cell, Everywhere, Index, Operand, sigma_all
from nnstep.engine.formula import OPS, Attributes, Formula, Library, Op, Shape, ShapeError, size_text
from nnstep.engine.recorder import Matrix, Recorder
from nnstep.values import dataclass


@dataclass(frozen=True)
class Elementwise:
    """An op of one cell of each operand, before broadcasting.

    partials  by operand, ∂L/∂operand at each cell of the result: text, compute and cell read g, the operands and value;
              `None` for an operand through which ∂L/∂result passes unchanged
    """

    name: str
    forward: Formula
    partials: Mapping[str, Formula | None]
    library: Library
    arguments: tuple[str, ...] = ()
    measures: Callable[..., Attributes] = field(default=lambda **_shapes_and_attributes: {})
    kinks: Callable[..., object] | None = None


def elementwise(each: Elementwise) -> Op:
    """The op on whole matrices: operands are broadcast as NumPy does, and gradients summed over what was spread."""

    def sizes(**given: object) -> Attributes:
        shapes = {key: shape for key, shape in given.items() if isinstance(shape, tuple)}
        return {"sizes": shapes, **each.measures(**given)}

    return OPS(
        Op(
            each.name,
            forward=_spread(each.forward),
            gradients={key: _summed(key, partial or _PASSED) for key, partial in each.partials.items()},
            shape=_broadcast_shape,
            measures=sizes,
            arguments=each.arguments,
            library=each.library,
            kinks=each.kinks,
        )
    )


def of_one(function: Callable[..., object]) -> Callable[..., None]:
    """The compute of a NumPy function of x."""

    def compute(run: Recorder, *, x: Matrix, out: Matrix) -> None:
        run(function, x, out=out)

    return compute


def of_two(function: Callable[..., object]) -> Callable[..., None]:
    """The compute of a NumPy function of a and b."""

    def compute(run: Recorder, *, a: Matrix, b: Matrix, out: Matrix) -> None:
        run(function, a, b, out=out)

    return compute


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape that all of these spread to, as NumPy's; ShapeError where there is none."""
    result: list[int] = []
    for sizes in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        largest = max(sizes)
        if any(size not in (1, largest) for size in sizes):
            raise ShapeError(f"{' and '.join(map(size_text, shapes))} do not broadcast: no axis pairs {_clash(sizes)}")
        result.insert(0, largest)
    return tuple(result)


def _clash(sizes: Sequence[int]) -> str:
    return " with ".join(str(size) for size in dict.fromkeys(sizes) if size != 1)


def _broadcast_shape(**given: object) -> Shape:
    return broadcast([shape for shape in given.values() if isinstance(shape, tuple)])


def summed_axes(shape: Shape, full: Shape) -> tuple[int, ...]:
    """The axes of `full` over which a matrix of `shape` was spread."""
    new = len(full) - len(shape)
    return tuple(axis for axis, n in enumerate(full) if axis < new or shape[axis - new] != n)


def sum_to(run: Recorder, x: Matrix, out: Matrix) -> None:
    """Σ of x over the axes along which `out` was spread."""
    axes = summed_axes(out.shape, x.shape)
    if not axes:
        run(np.copyto, out, x)
    elif x.ndim == 2 and out.ndim == 1 and axes == (0,):
        run.dot(run.full(x.shape[0], 1.0), x, out=out)
    else:
        target = out[(None,) * (x.ndim - out.ndim) + (...,)]
        run(np.add.reduce, x, axis=axes, keepdims=True, out=target)


def sum_text(text: str, axes: tuple[int, ...]) -> str:
    """The text behind a Σ over axes, if there are any: `Σᵢ {g}ᵢ`, `−Σᵢ {g} ⊙ {b}`."""
    if not axes:
        return text
    letters = "".join(LETTERS[axis] for axis in axes).translate(SUBSCRIPTS)
    sign, text = ("−", text[1:]) if text.startswith("−") else ("", text)
    rows = letters if text == "{g}" and axes == (0,) else ""
    return f"{sign}Σ{letters} {text}{rows}"


def full_index(at: Index, shape: Shape, full: Shape, summed: Sequence[int | str]) -> Index:
    """An index into the full shape: that of a cell of `shape`, with the summed indices where it was spread."""
    axes = summed_axes(shape, full)
    new, running = len(full) - len(shape), iter(summed)
    return tuple(next(running) if axis in axes else at[axis - new] for axis in range(len(full)))


class Spread:
    """An operand indexed with the indices of the shape that it is broadcast to."""

    def __init__(self, operand: Operand | Everywhere) -> None:
        self.operand = operand
        self.shape = operand.shape

    def __getitem__(self, at: Index) -> Cell:
        within = at[len(at) - len(self.shape) :]
        return self.operand[tuple(0 if n == 1 else i for i, n in zip(within, self.shape, strict=True))]


def _spread(forward: Formula) -> Formula:
    def compute(run: Recorder, *, sizes: Mapping[str, Shape], out: Matrix, **given: object) -> None:
        forward.compute(run, out=out, **given)

    def cell(at: Index, sizes: Mapping[str, Shape], **given: object) -> Cell:
        return forward.cell(at, **_spread_all(given))

    return replace(forward, text=_without_sizes(forward), compute=compute, cell=cell)


def _summed(key: str, partial: Formula) -> Formula:
    """The gradient of an operand from its partial at each cell of the result."""
    wording = _without_sizes(partial)

    def text(shapes: Mapping[str, Shape], **attributes: object) -> str:
        said = wording if isinstance(wording, str) else wording(shapes, **attributes)
        return sum_text(said, summed_axes(shapes[key], shapes["g"]))

    def compute(run: Recorder, *, g: Matrix, sizes: Mapping[str, Shape], out: Matrix, **given: object) -> None:
        if out.shape == g.shape:
            partial.compute(run, g=g, out=out, **given)
        elif partial is _PASSED:
            sum_to(run, g, out)
        else:
            whole = run.scratch(g)
            partial.compute(run, g=g, out=whole, **given)
            sum_to(run, whole, out)

    def cell(at: Index, sizes: Mapping[str, Shape], **given: object) -> Cell:
        full = broadcast(list(sizes.values()))
        axes = summed_axes(sizes[key], full)
        operands = _spread_all(given)

        def term(*summed: int | str) -> Cell:
            return partial.cell(full_index(at, sizes[key], full, summed), **operands)

        return sigma_all("".join(LETTERS[axis] for axis in axes), tuple(full[axis] for axis in axes), term)

    return replace(partial, text=text, compute=compute, cell=cell)


def _without_sizes(formula: Formula) -> str | Callable[..., str]:
    """The formula's text, which knows nothing of the sizes kept for broadcasting."""
    wording = formula.text
    if isinstance(wording, str):
        return wording

    def text(shapes: Mapping[str, Shape], sizes: object, **attributes: object) -> str:
        return wording(shapes, **attributes)

    return text


def _spread_all(given: Mapping[str, object]) -> dict[str, object]:
    return {key: Spread(value) if isinstance(value, Operand | Everywhere) else value for key, value in given.items()}


def _pass(run: Recorder, *, g: Matrix, out: Matrix, **_attributes: object) -> None:
    if out is not g:
        run(np.copyto, out, g)


_PASSED = Formula("{g}", _pass, cell=lambda at, g, **_attributes: g[at])
