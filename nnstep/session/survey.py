"""A matrix as a whole: its range, mean and norm, the six classes of its numbers, and which cells moved most.

All of them go over the rows stretch by stretch, so that a large matrix is read once, from the cache, and whoever
draws a screen can do something else in between: `finished` runs one to its end.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from heapq import nlargest
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnstep.values import dataclass

Index = tuple[int, ...]
STRETCH = 1 << 15
"""Cells worked on at a time."""
T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in small pieces, and what comes of it."""


class Rows(Protocol):
    """Anything with two axes that gives its rows."""

    @property
    def shape(self) -> Index: ...  # NumPy's

    def __getitem__(self, key: Any, /) -> NDArray[Any]: ...  # noqa: ANN401  # whatever NumPy takes


@dataclass(frozen=True)
class Survey:
    """What there is to say of a matrix as a whole; low, high, mean and norm are those of its finite numbers.

    classes  how many cells are −∞, negative, zero, positive, +∞ and NaN
    """

    shape: Index
    low: float
    high: float
    mean: float
    norm: float
    classes: tuple[int, int, int, int, int, int]

    @property
    def cells(self) -> int:
        """Cells in all."""
        return sum(self.classes)


CLASSES = ("−∞", "−", "0", "+", "+∞", "NaN")


def survey(rows: Rows, shape: Index | None = None) -> Steps[Survey]:
    """Survey a matrix given as rows; `shape` is its own, where that is another one."""
    counts = np.zeros(6, dtype=np.int64)
    low, high, total, norm = math.inf, -math.inf, 0.0, 0.0
    for _, block in stretches(rows):
        yield
        finite = _finite(block, counts)
        if not finite.size:
            continue
        positive, negative = np.count_nonzero(finite > 0), np.count_nonzero(finite < 0)
        counts[1:4] += (negative, finite.size - positive - negative, positive)
        low, high = min(low, float(finite.min())), max(high, float(finite.max()))
        with np.errstate(over="ignore"):
            total += float(finite.sum())
        norm = math.hypot(norm, _norm(finite))
    count = int(counts[1:4].sum())
    mean = total / count if count else math.nan
    if not count:
        low = high = norm = math.nan
    classes = tuple(int(n) for n in counts)
    return Survey(rows.shape if shape is None else shape, low, high, mean, norm, classes)  # type: ignore[arg-type]  # six


def _finite(block: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    """The finite numbers of a stretch; the others are counted."""
    with np.errstate(all="ignore"):
        # A sum is finite where all are, and hardly ever else; it is the cheapest question.
        outside = None if math.isfinite(float(block.sum())) else np.isfinite(block)
    if outside is not None and not outside.all():
        counts[0] += np.count_nonzero(block == -math.inf)
        counts[4] += np.count_nonzero(block == math.inf)
        counts[5] += np.count_nonzero(np.isnan(block))
        block = block[outside]
    return block.ravel().astype(np.float64, copy=False)


def _norm(values: NDArray[Any]) -> float:
    """√Σx², also where a square would be too large or too small."""
    with np.errstate(over="ignore"):
        square = float(values @ values)
    if 1e-280 < square < math.inf:
        return math.sqrt(square)
    largest = float(np.abs(values).max())
    if not largest:
        return 0.0
    scaled = values / largest
    return largest * math.sqrt(float(scaled @ scaled))


@dataclass(frozen=True)
class Moved:
    """A cell of a parameter that an update changed."""

    index: Index
    before: float
    after: float

    @property
    def by(self) -> float:
        """How far it moved."""
        return self.after - self.before

    @property
    def part(self) -> float:
        """The same as a part of what it was; ∞ where it was 0."""
        return abs(self.by / self.before) if self.before else math.inf if self.by else 0.0


def moved_most(before: Rows, after: Rows, most: int = 3) -> Steps[tuple[Moved, ...]]:
    """The cells that differ most, the first ones where as much; a cell that is no number now comes before all."""
    best: list[tuple[float, int, int]] = []
    for start, old in stretches(before):
        yield
        new = after[start : start + len(old)]
        with np.errstate(all="ignore"):
            gap = np.abs(np.subtract(new, old, dtype=np.float64)).ravel()
        if not np.isfinite(gap).all():
            gap[np.isnan(gap) & ~np.isnan(old.ravel())] = np.inf
            gap = np.nan_to_num(gap, nan=0.0, posinf=np.inf)
        if len(best) == most and gap.max() <= best[-1][0]:
            continue
        columns = old.shape[1]
        largest = np.argsort(-gap, kind="stable") if gap.size <= most else _largest(gap, most)
        best += [(float(gap[i]), -(start + i // columns), -(i % columns)) for i in largest.tolist() if gap[i] > 0]
        best = nlargest(most, best)
    found = ((-row, -column) for _, row, column in best)
    return tuple(Moved(at, float(before[at]), float(after[at])) for at in found)


def _largest(gap: NDArray[Any], most: int) -> NDArray[Any]:
    """The places of the largest numbers; of equal ones the first."""
    least = np.partition(gap, -most)[-most]
    above = np.flatnonzero(gap > least)
    return np.concatenate([above, np.flatnonzero(gap == least)[: most - len(above)]])


def changes(before: NDArray[Any], after: NDArray[Any], most: int = 3) -> tuple[Moved, ...]:
    """The cells of a matrix of any shape that differ most."""
    found = finished(moved_most(as_rows(before), as_rows(after), most))
    return tuple(Moved(in_shape(each.index, after.shape), each.before, each.after) for each in found)


def as_rows(array: NDArray[Any]) -> NDArray[Any]:
    """A view with two axes: a vector as one row, a stack's matrices under one another."""
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1] if array.ndim else 1)


def in_shape(index: Index, shape: Index) -> Index:
    """A cell of the rows as a cell of the matrix."""
    if len(shape) == 2 or not shape:
        return index if shape else ()
    return tuple(int(i) for i in np.unravel_index(index[0] * shape[-1] + index[1], shape))


def stretches(rows: Rows) -> Iterator[tuple[int, NDArray[Any]]]:
    """The rows, so many at a time as are read from the cache, each with the number of the first."""
    count, columns = rows.shape
    step = max(1, STRETCH // max(columns, 1))
    for start in range(0, count, step):
        yield start, rows[start : start + step]


def finished(steps: Steps[T]) -> T:
    """Do all the work at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
