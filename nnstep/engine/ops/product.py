"""The matrix product of matrices, vectors and stacks of matrices, and the transpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nnstep.engine.cell import LETTERS, Cell, Index, Operand, sigma_all
from nnstep.engine.formula import OPS, Formula, Op, Shape, ShapeError, size_text
from nnstep.engine.ops.elementwise import broadcast, full_index, sum_text, sum_to, summed_axes
from nnstep.engine.recorder import Matrix, Recorder

# A vector is a row on the left of a product, and a column on its right; its extra axis is not part of the result.


def _shape(a: Shape, b: Shape) -> Shape:
    if not a or not b:
        raise ShapeError("a matrix product takes matrices or vectors, got one number: use *")
    left, right = _padded(a, b)
    if left[-1] != right[-2]:
        raise ShapeError(
            f"{size_text(a)} @ {size_text(b)}: the last axis of the left, {left[-1]}, must equal "
            f"the {'last but one' if len(b) > 1 else 'axis'} of the right, {right[-2]}"
        )
    stack = broadcast([left[:-2], right[:-2]])
    return (*stack, *left[-2 : -1 if len(a) > 1 else -2], *right[len(right) - (1 if len(b) > 1 else 0) :])


def _padded(a: Shape, b: Shape) -> tuple[Shape, Shape]:
    return (a if len(a) > 1 else (1, *a)), (b if len(b) > 1 else (*b, 1))


def _measures(a: Shape, b: Shape) -> dict[str, object]:
    """What a product of vectors is as one of matrices.

    vectors: whether the left is one, and the right; full, left, right: the shapes with the vectors' extra axes.
    """
    left, right = _padded(a, b)
    full = (*broadcast([left[:-2], right[:-2]]), left[-2], right[-1])
    return {"vectors": (len(a) == 1, len(b) == 1), "full": full, "left": left, "right": right}


Vectors = tuple[bool, bool]


def _views(vectors: Vectors, a: Matrix | None, b: Matrix | None, g: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Left, right and result with two axes at least."""
    left = g if a is None else a[None, :] if vectors[0] else a
    right = g if b is None else b[:, None] if vectors[1] else b
    if vectors[1]:
        g = g[..., None]
    if vectors[0]:
        g = g[..., None, :]
    return left, right, g


def _swapped(x: Matrix) -> Matrix:
    return x.swapaxes(-1, -2)


def _product(run: Recorder, left: Matrix, right: Matrix, out: Matrix) -> None:
    """out = left right, summed over the axes of the stack along which `out` was spread."""
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    full = (*stack, left.shape[-2], right.shape[-1])
    if len(full) == 2:
        run.dot(left, right, out=out)
    elif full == out.shape:
        run(np.matmul, left, right, out=out)
    else:
        whole = run.scratch(np.empty(full))
        run(np.matmul, left, right, out=whole)
        sum_to(run, whole, out)


def _matmul(run: Recorder, *, a: Matrix, b: Matrix, vectors: Vectors, out: Matrix, **_measures: object) -> None:
    left, right, result = _views(vectors, a, b, out)
    _product(run, left, right, result)


def _left_gradient(run: Recorder, *, g: Matrix, b: Matrix, vectors: Vectors, out: Matrix, **_measures: object) -> None:
    left, right, g = _views(vectors, out, b, g)
    _product(run, g, _swapped(right), left)


def _right_gradient(run: Recorder, *, g: Matrix, a: Matrix, vectors: Vectors, out: Matrix, **_measures: object) -> None:
    left, right, g = _views(vectors, a, out, g)
    _product(run, _swapped(left), g, right)


class _Padded:
    """An operand indexed as if it had two axes at least; an index into the stack stands for the cell that is spread."""

    def __init__(self, operand: Operand, shape: Shape, drop: tuple[int, ...]) -> None:
        self.operand = operand
        self.shape = shape
        self.drop = drop

    def __getitem__(self, at: Index) -> Cell:
        within = at[len(at) - len(self.shape) :]
        stack = len(self.shape) - 2
        place = [0 if k < stack and n == 1 else i for k, (i, n) in enumerate(zip(within, self.shape, strict=True))]
        return self.operand[tuple(i for k, i in enumerate(place, start=-len(place)) if k not in self.drop)]


def _matmul_cell(at: Index, a: Operand, b: Operand, vectors: Vectors, full: Shape, left: Shape, right: Shape) -> Cell:
    x, w = _Padded(a, left, (-2,) if vectors[0] else ()), _Padded(b, right, (-1,) if vectors[1] else ())
    place = _with_axes(at, vectors)
    *stack, i, j = place
    return sigma_all("k", (left[-1],), lambda k: x[*stack, i, k] * w[*stack, k, j])


def _with_axes(at: Index, vectors: Vectors) -> Index:
    """An index of the result with those of the vectors' extra axes."""
    if vectors[1]:
        at = (*at, 0)
    return (*at[:-1], 0, at[-1]) if vectors[0] else at


def _result_drop(vectors: Vectors) -> tuple[int, ...]:
    return tuple(axis for axis, one in zip((-2, -1), vectors, strict=True) if one)


def _left_cell(at: Index, g: Operand, b: Operand, vectors: Vectors, full: Shape, left: Shape, right: Shape) -> Cell:
    delta, w = _Padded(g, full, _result_drop(vectors)), _Padded(b, right, (-1,) if vectors[1] else ())
    at = (0, *at) if vectors[0] else at

    def term(*place: int | str) -> Cell:
        *over, j = place
        *stack, i, k = full_index(at, left, (*full[:-2], *left[-2:]), over)
        return delta[*stack, i, j] * w[*stack, k, j]

    return _stacked_sum("j", full[-1], left, full, term)


def _right_cell(at: Index, g: Operand, a: Operand, vectors: Vectors, full: Shape, left: Shape, right: Shape) -> Cell:
    delta, x = _Padded(g, full, _result_drop(vectors)), _Padded(a, left, (-2,) if vectors[0] else ())
    at = (*at, 0) if vectors[1] else at

    def term(*place: int | str) -> Cell:
        *over, i = place
        *stack, k, j = full_index(at, right, (*full[:-2], *right[-2:]), over)
        return x[*stack, i, k] * delta[*stack, i, j]

    return _stacked_sum("i", full[-2], right, full, term)


def _stacked_sum(letter: str, count: int, shape: Shape, full: Shape, term: Callable[..., Cell]) -> Cell:
    """Σ over the product's index, and over the axes of the stack along which an operand was spread."""
    axes = summed_axes(shape[:-2], full[:-2])
    letters = [name for name in LETTERS if name != letter]
    return sigma_all("".join(letters[axis] for axis in axes) + letter, (*(full[axis] for axis in axes), count), term)


def _gradient_text(key: str) -> Callable[..., str]:
    def text(shapes: Mapping[str, Shape], vectors: Vectors, full: Shape, left: Shape, right: Shape) -> str:
        product = {"a": "{g} {b}ᵀ", "b": "{a}ᵀ {g}"}[key]
        if all(vectors):
            product = {"a": "{g} · {b}", "b": "{g} · {a}"}[key]
        elif vectors[1] and key == "a":
            product = "{g} ⊗ {b}"
        elif vectors[0] and key == "b":
            product = "{a} ⊗ {g}"
        elif vectors[0]:
            product = "{b} {g}"
        return sum_text(product, summed_axes((left if key == "a" else right)[:-2], full[:-2]))

    return text


matmul = OPS(
    Op(
        "matmul",
        forward=Formula("{a} {b}", _matmul, cell=_matmul_cell),
        gradients={
            "a": Formula(_gradient_text("a"), _left_gradient, cell=_left_cell),
            "b": Formula(_gradient_text("b"), _right_gradient, cell=_right_cell),
        },
        shape=_shape,
        measures=_measures,
        library="{a} @ {b}",
    )
)

# transpose


def _turned(x: Shape) -> Shape:
    if len(x) < 2:
        raise ShapeError(f".T swaps the last two axes, and {size_text(x)} has no two")
    return (*x[:-2], x[-1], x[-2])


def _transpose(run: Recorder, *, x: Matrix, out: Matrix) -> None:
    run(np.copyto, out, _swapped(x))


def _transpose_gradient(run: Recorder, *, g: Matrix, out: Matrix) -> None:
    run(np.copyto, out, _swapped(g))


def _mirrored(at: Index) -> Index:
    return (*at[:-2], at[-1], at[-2])


transpose = OPS(
    Op(
        "transpose",
        forward=Formula("{x}ᵀ", _transpose, cell=lambda at, x: x[_mirrored(at)]),
        gradients={"x": Formula("{g}ᵀ", _transpose_gradient, cell=lambda at, g: g[_mirrored(at)])},
        shape=_turned,
        library="{x}.mT",
    )
)
