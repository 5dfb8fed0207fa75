"""The same cells in another arrangement: reshape, slices and concat."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import prod

import numpy as np

from nnstep.engine.cell import Cell, Everywhere, Index, Number, Operand
from nnstep.engine.formula import OPS, Formula, Op, Option, Shape, ShapeError, size_text
from nnstep.engine.recorder import Matrix, Recorder

# reshape, in the order of C: the last axis runs fastest


def _reshaped(x: Shape, sizes: tuple[int, ...]) -> Shape:
    rest = [place for place, size in enumerate(sizes) if size == -1]
    given = prod(size for size in sizes if size != -1)
    if len(rest) > 1 or any(size < -1 for size in sizes):
        raise ShapeError(f"sizes are whole numbers, one of them -1 for what is left, got {_list(sizes)}")
    shape = tuple(prod(x) // given if size == -1 and given else size for size in sizes)
    if prod(shape) != prod(x):
        raise ShapeError(f"{size_text(x)} has {prod(x)} cells, which do not fill {_list(sizes)}")
    return shape


def _list(sizes: tuple[int, ...]) -> str:
    return ", ".join(map(str, sizes)) or "()"


def _rearrange(run: Recorder, x: Matrix, out: Matrix) -> None:
    """The cells of x, in C's order, to those of out; by way of scratch space where no view of x has out's shape."""
    view = x.reshape(out.shape)
    if not np.may_share_memory(view, x):
        ordered = run.scratch(np.empty(x.shape))
        run(np.copyto, ordered, x)
        view = ordered.reshape(out.shape)
    run(np.copyto, out, view)


def _reshape(run: Recorder, *, x: Matrix, out: Matrix, **_attributes: object) -> None:
    _rearrange(run, x, out)


def _reshape_gradient(run: Recorder, *, g: Matrix, out: Matrix, **_attributes: object) -> None:
    _rearrange(run, g, out)


def _moved(at: Index, here: Shape, there: Shape) -> Index:
    place = np.ravel_multi_index(at, here) if here else 0  # type: ignore[arg-type]  # numbers alone: nothing is summed
    return tuple(int(i) for i in np.unravel_index(place, there)) if there else ()


def _reshape_text(_shapes: Mapping[str, Shape], sizes: tuple[int, ...], **_measures: object) -> str:
    return f"reshape({{x}}, {_list(sizes)})"


reshape = OPS(
    Op(
        "reshape",
        forward=Formula(_reshape_text, _reshape, cell=lambda at, x, before, after, sizes: x[_moved(at, after, before)]),
        gradients={
            "x": Formula(
                lambda shapes, **_attributes: f"reshape({{g}}, {_list(shapes['x'])})",
                _reshape_gradient,
                cell=lambda at, g, before, after, sizes: g[_moved(at, before, after)],
            )
        },
        shape=_reshaped,
        measures=lambda x, sizes: {"before": x, "after": _reshaped(x, sizes)},
        arguments=("x",),
        options={"sizes": Option("sizes")},
        library=lambda _shapes, sizes, **_measures: f"{{x}}.reshape({_list(sizes)})",
    )
)

# slices, written x[0], x[:, 1:3]

Slices = tuple[int | slice, ...]


def _sliced(x: Shape, index: Slices) -> Shape:
    if len(index) > len(x):
        raise ShapeError(f"{_slices_text(index)} has {len(index)} indices, {size_text(x)} has {len(x)} axes")
    shape: list[int] = []
    for i, n in zip(index, x, strict=False):
        if isinstance(i, slice):
            shape.append(len(range(*i.indices(n))))
        elif not -n <= i < n:
            raise ShapeError(f"{_slices_text(index)}: there is no index {i} on an axis of {n} (counted from 0)")
    return (*shape, *x[len(index) :])


def _slices_text(index: Slices) -> str:
    def one(i: int | slice) -> str:
        if not isinstance(i, slice):
            return str(i)
        ends = ["" if end is None else str(end) for end in (i.start, i.stop, i.step)]
        return ":".join(ends if ends[2] else ends[:2])

    return f"[{', '.join(map(one, index))}]"


def _slice(run: Recorder, *, x: Matrix, index: Slices, out: Matrix, **_measures: object) -> None:
    run(np.copyto, out, x[(*index, ...)])


def _slice_gradient(run: Recorder, *, g: Matrix, index: Slices, out: Matrix, **_measures: object) -> None:
    run(np.copyto, out, 0.0)
    run(np.copyto, out[(*index, ...)], g)


def _slice_cell(at: Index, x: Operand, index: Slices, size: Shape) -> Cell:
    rest = iter(at)
    place = [
        range(*i.indices(n))[next(rest)] if isinstance(i, slice) else i % n  # type: ignore[index]  # numbers alone
        for i, n in zip(index, size, strict=False)
    ]
    return x[*place, *rest]


def _slice_gradient_cell(at: Index, g: Operand | Everywhere, index: Slices, size: Shape) -> Cell:
    place: list[int | str] = []
    for i, n, here in zip(index, size, at, strict=False):
        if isinstance(i, slice):
            chosen = range(*i.indices(n))
            if here not in chosen:
                return Number(0.0)
            place.append(chosen.index(int(here)))
        elif i % n != here:
            return Number(0.0)
    return g[*place, *at[len(index) :]]


slices = OPS(
    Op(
        "slice",
        forward=Formula(lambda _shapes, index, **_measures: f"{{x}}{_slices_text(index)}", _slice, cell=_slice_cell),
        gradients={
            "x": Formula(
                lambda _shapes, index, **_measures: f"{{g}} at {_slices_text(index)}, else 0",
                _slice_gradient,
                cell=_slice_gradient_cell,
            )
        },
        shape=_sliced,
        measures=lambda x, index: {"size": x},
        library=lambda _shapes, index, **_measures: f"{{x}}{_slices_text(index)}",
    )
)

# concat

KEYS = tuple(f"x{number}" for number in range(1, 17))
"""The keys of concat's operands: so many may be joined at once."""


def _axis(shape: Shape, axis: int) -> int:
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"there is no axis {axis} in {size_text(shape)}")
    return axis % len(shape)


def _joined(axis: int, **shapes: Shape) -> Shape:
    first, *others = shapes.values()
    place = _axis(first, axis)
    for other in others:
        if len(other) != len(first) or (*other[:place], first[place], *other[place + 1 :]) != first:
            raise ShapeError(
                f"{size_text(first)} and {size_text(other)} do not join along axis {axis}: all other axes must be equal"
            )
    return tuple(sum(shape[k] for shape in shapes.values()) if k == place else n for k, n in enumerate(first))


def _stretches(axis: int, **shapes: Shape) -> dict[str, object]:
    """place: the axis, counted from 0; ends: where along it each operand ends."""
    place = _axis(next(iter(shapes.values())), axis)
    return {"place": place, "ends": tuple(accumulate(shape[place] for shape in shapes.values()))}


def _part(g: Matrix, key: str, place: int, ends: tuple[int, ...]) -> Matrix:
    number = KEYS.index(key)
    stretch = slice(ends[number - 1] if number else 0, ends[number])
    return g[(slice(None),) * place + (stretch,)]


def _concat(run: Recorder, *, axis: int, place: int, ends: tuple[int, ...], out: Matrix, **parts: Matrix) -> None:
    for key, part in parts.items():
        run(np.copyto, _part(out, key, place, ends), part)


def _concat_cell(at: Index, axis: int, place: int, ends: tuple[int, ...], **parts: Operand) -> Cell:
    here = int(at[place])
    number = next(k for k, end in enumerate(ends) if here < end)
    begun = ends[number - 1] if number else 0
    return parts[KEYS[number]][*at[:place], here - begun, *at[place + 1 :]]


def _concat_text(shapes: Mapping[str, Shape], axis: int, **_measures: object) -> str:
    names = ", ".join(f"{{{key}}}" for key in KEYS if key in shapes)
    return f"concat({names}, axis={axis})"


def _concat_call(shapes: Mapping[str, Shape], axis: int, **_measures: object) -> str:
    names = ", ".join(f"{{{key}}}" for key in KEYS if key in shapes)
    return f"torch.cat(({names}), dim={axis})"


def _part_gradient(key: str) -> Formula:
    """A part's gradient: its stretch of the whole's."""
    number = KEYS.index(key)

    def compute(run: Recorder, *, g: Matrix, axis: int, place: int, ends: tuple[int, ...], out: Matrix) -> None:
        run(np.copyto, out, _part(g, key, place, ends))

    def cell(at: Index, g: Operand, axis: int, place: int, ends: tuple[int, ...]) -> Cell:
        begun = ends[number - 1] if number else 0
        return g[*at[:place], int(at[place]) + begun, *at[place + 1 :]]

    def text(_shapes: Mapping[str, Shape], axis: int, place: int, ends: tuple[int, ...]) -> str:
        begun = ends[number - 1] if number else 0
        return "{g}" + _slices_text((*(slice(None),) * place, slice(begun, ends[number])))

    return Formula(text, compute, cell)


concat = OPS(
    Op(
        "concat",
        forward=Formula(_concat_text, _concat, cell=_concat_cell),
        gradients={key: _part_gradient(key) for key in KEYS},
        shape=_joined,
        measures=_stretches,
        arguments=KEYS,
        fewest=2,
        options={"axis": Option("axis", default=0)},
        library=_concat_call,
    )
)
