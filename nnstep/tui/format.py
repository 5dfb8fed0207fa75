"""How the numbers of one matrix are written: one format for all, fitting their size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnstep.tui.content import Derived, Values
from nnstep.values import dataclass

NARROW = 3
"""Cells of NaN, the least width of a matrix that holds numbers which are not finite."""
LOWEST, HIGHEST = 1e-3, 1e5
"""Where the largest magnitude lies outside, numbers are written in scientific notation."""
LARGEST_WHOLE = 1e6
MOST_KEPT = 512
SAMPLE = 64
CHUNK = 1 << 16
MOST_DERIVED = 1 << 20


@dataclass(frozen=True)
class Extent:
    """A matrix's largest and smallest finite number, whether all are finite, and whether all are whole."""

    low: float = 0.0
    high: float = 0.0
    finite: bool = True
    whole: bool = True

    @cached_property
    def largest(self) -> float:
        """The largest magnitude: what the colour scale ends at."""
        return max(self.high, -self.low)


def extent(array: Values) -> Extent:
    """Measure a matrix: two passes over it, and few more cells unless they turn out to be whole numbers.

    A large one that is worked out where it is looked at is measured in part: a number beyond what was seen is written
    with fewer digits, and at the end of the colours.
    """
    if not array.size:
        return Extent()
    if isinstance(array, Derived):
        part = extent(array[:: max(1, array.size // MOST_DERIVED)])
        return part if array.size <= MOST_DERIVED else replace(part, whole=False)
    with np.errstate(invalid="ignore"):
        low, high = float(array.min()), float(array.max())
    if np.isfinite(low) and np.isfinite(high):
        return Extent(low, high, finite=True, whole=low == high == 0 or _whole(array))
    finite = array[np.isfinite(array)]
    if not finite.size:
        return Extent(finite=False)
    return Extent(float(finite.min()), float(finite.max()), finite=False, whole=_whole(finite))


class Extents:
    """Extents kept while the values are the same: on a large matrix, measuring takes longer than drawing."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Extent] = OrderedDict()

    def of(self, name: str, version: Hashable, array: Values) -> Extent:
        """A matrix's extent; measured anew where its version is another one, or None."""
        if version is None:
            return extent(array)
        key = (name, version, array.shape)
        found = self._kept.pop(key, None)
        self._kept[key] = found = extent(array) if found is None else found
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget them all: versions mean something else from now on."""
        self._kept.clear()


def _whole(array: NDArray[np.floating]) -> bool:
    """Whether every number is an integer; nearly always a few of them tell."""
    flat = array.ravel() if array.flags.c_contiguous else array[:SAMPLE, :SAMPLE].ravel() if array.ndim > 1 else array
    if not bool((flat[:SAMPLE] == np.rint(flat[:SAMPLE])).all()):
        return False
    rows = max(1, CHUNK // max(1, array[0].size)) if array.ndim else 1
    blocks = (array[start : start + rows] for start in range(0, len(array), rows)) if array.ndim else (array,)
    return all(bool((block == np.rint(block)).all()) for block in blocks)


@dataclass(frozen=True)
class Format:
    """A %-pattern and its width."""

    pattern: str
    width: int
    tight: bool  # whether one blank is enough between two columns

    def alone(self, value: float) -> str:
        """A number that is too wide for the pattern, with fewer digits; its exponent is never cut."""
        for digits in range(self.width, -1, -1):
            text = f"{value:.{digits}e}"
            if len(text) <= self.width:
                return text
        sign = "-" if value < 0 else ""
        return (sign + ("∞" if abs(value) > 1 else "0")).rjust(self.width)[: self.width]


@dataclass(frozen=True)
class Numbers:
    """What the user wants of all numbers: `auto`, `fixed` or `scientific`, and the digits after the point, if any."""

    kind: str = "auto"
    precision: int | None = None


def choose(measured: Extent, *, precision: int = 4, kind: str = "auto") -> Format:
    """The format for a matrix: whole, fixed with about `precision` digits after the point, or scientific.

    Where the user has chosen between the last two, precision is exactly the digits after the point.
    """
    if kind != "auto":
        return _written(measured, precision, "f" if kind == "fixed" else "e")
    largest = measured.largest
    if measured.whole and largest < LARGEST_WHOLE:
        return _written(measured, 0, "f")
    if largest == 0 or LOWEST <= largest < HIGHEST:
        return _written(measured, _decimals(largest, precision), "f")
    return _written(measured, max(precision - 2, 1), "e")


def _written(measured: Extent, decimals: int, kind: str) -> Format:
    """So many digits after the point, fixed or with a power of ten, in the width that fits the extremes."""
    largest = measured.largest
    pattern = f"%.{decimals}{kind}"
    width = max(len(pattern % measured.low), len(pattern % measured.high))
    if kind == "e":
        # Smaller numbers may need a longer exponent's sign or a minus that the extremes lack.
        width = max(width, len(pattern % largest) + (measured.low < 0))
    if not measured.finite:
        width = max(width, NARROW)
    tight = measured.low < 0 or (decimals == 0 and kind == "f")
    return Format(f"%{width}.{decimals}{kind}", width, tight)


def _decimals(largest: float, precision: int) -> int:
    """Fewer digits after the point for large numbers, one or two more for small ones."""
    for limit, extra in ((1e-2, 2), (1e-1, 1), (10, 0), (100, -1), (1000, -2)):
        if largest < limit:
            return max(precision + extra, 1)
    return 1
