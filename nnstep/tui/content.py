"""What one place on a board shows: a matrix's values, and which of its cells stands where."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import cached_property
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstep.tui.paint import Line
from nnstep.values import dataclass

Index = tuple[int, ...]
Marks = Mapping[int, AbstractSet[int]]
"""Highlighted cells: the columns of each row."""
Array = NDArray[np.floating]
Form = Literal["new", "old", "difference"]
"""Which value of a matrix: the present one, the one of an iteration before, or how they differ."""


class Derived:
    """A matrix that is worked out from others of its shape, cell by cell, and only where it is looked at."""

    def __init__(self, function: Callable[..., Array], *operands: Values) -> None:
        self._function = function
        self._operands = operands
        self.shape: Index = operands[-1].shape
        self.ndim = len(self.shape)
        self.size = prod(self.shape)

    def __getitem__(self, key: Any) -> Array:  # noqa: ANN401  # whatever NumPy takes
        with np.errstate(all="ignore"):
            return self._function(*(each[key] if each.shape == self.shape else each for each in self._operands))

    def reshape(self, *shape: int) -> Derived:
        """The same cells under other axes."""
        return Derived(
            self._function, *(each.reshape(*shape) if each.shape == self.shape else each for each in self._operands)
        )


Values = Array | Derived


@dataclass(frozen=True, eq=False)
class Order:
    """The units of a layer in the order in which they are shown: `units[place]` is the unit shown at a place.

    axis  what stands for units: the rows of a weight matrix, the columns of a layer's outputs and of a vector
    """

    axis: Literal["rows", "columns"]
    units: NDArray[np.intp]

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Where each unit is shown."""
        return np.argsort(self.units)


@dataclass(frozen=True, eq=False)
class Content:
    """What one place on a board shows.

    slot      the place, which keeps its focus from step to step: `result`, `operand 1`, `Z`
    name      the matrix, as commands call it
    source    the name by which formulas read these values; empty where they read others
    title     the first line's left end
    array     the values; None while they cannot be read
    note      why they cannot
    version   changes whenever the values do
    form      which value of the matrix it is
    page      of a stack, which matrix is in sight, counted along its leading axes
    order     of units that are sorted, how; None for their own order

    Rows and columns are those in sight: an index of the matrix's own shape is another thing where units are sorted,
    where it is a vector (shown as one row), one number (one cell) or a stack (a page each).
    """

    slot: str
    name: str
    title: Line
    shape: Index
    source: str = ""
    array: Values | None = field(repr=False, default=None)
    note: str = ""
    version: Hashable = None
    form: Form = "new"
    page: int = 0
    order: Order | None = None

    @property
    def rows(self) -> int:
        """Rows in sight."""
        return self.shape[-2] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        """Columns in sight."""
        return self.shape[-1] if self.shape else 1

    @property
    def stack(self) -> Index:
        """The leading axes of a stack of matrices; none for a matrix."""
        return self.shape[:-2]

    @property
    def pages(self) -> int:
        """The matrices of the stack."""
        return prod(self.stack)

    @property
    def page_index(self) -> Index:
        """The place in the stack of the matrix in sight."""
        return tuple(int(i) for i in np.unravel_index(self.page, self.stack)) if self.stack else ()

    def all_rows(self) -> Values | None:
        """The values with two axes, a stack's matrices under one another."""
        return None if self.array is None else as_rows(self.array)

    def values(self) -> Values | None:
        """The matrix in sight, in its own order, with two axes."""
        if self.array is None or not self.stack:
            return self.all_rows()
        return self.array[self.page_index]

    def index(self, row: int, column: int) -> Index:
        """A cell's index in the matrix's own shape."""
        if self.order is not None:
            row, column = self._unsorted(self.order, row, column)
        return (*self.page_index, row, column)[len(self.stack) + 2 - len(self.shape) :] if self.shape else ()

    def place(self, index: Index) -> tuple[int, int]:
        """The row and column at which a cell of the page in sight is shown."""
        row, column = (0, 0, *index)[-2:]
        if self.order is not None and self.order.axis == "rows":
            row = int(self.order.places[row])
        elif self.order is not None:
            column = int(self.order.places[column])
        return row, column

    def page_of(self, index: Index) -> int:
        """The page on which a cell is."""
        return int(np.ravel_multi_index(index[: len(self.stack)], self.stack)) if self.stack else 0

    def mark(self, cells: Iterable[Index]) -> Marks:
        """Where the cells are shown that are on the page in sight."""
        marked: dict[int, set[int]] = {}
        for index in cells:
            if not self.stack or self.page_of(index) == self.page:
                row, column = self.place(index)
                marked.setdefault(row, set()).add(column)
        return marked

    def _unsorted(self, order: Order, row: int, column: int) -> tuple[int, int]:
        units = order.units
        return (int(units[row]), column) if order.axis == "rows" else (row, int(units[column]))


def as_rows(array: Values) -> Values:
    """A view with two axes."""
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1] if array.ndim else 1)
