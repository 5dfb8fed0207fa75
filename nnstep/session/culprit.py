"""What made a cell's value bad: a walk down its arithmetic to the one cell, of those it reads, that is to blame.

A value is NaN, infinite, zero, large (beyond LARGE in size) or ordinary. The walk knows no ops: it evaluates the parts
of the expression tree and follows the one that hands the value on. Where none does, the value was made right there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from nnstep.engine.cell import Cell, Leaf, Number, Operation, Show, Sigma, Sum, Whole
from nnstep.engine.names import SETTINGS, shown
from nnstep.values import dataclass

Kind = Literal["nan", "infinite", "zero", "large", "ordinary"]

LARGE = 1e6
"""Beyond this size a value is large: in a network that learns, weights, activations and gradients stay far below."""

Test = Callable[[np.ndarray], np.ndarray]


def kind_of(x: float) -> Kind:
    """What is to be said of a value."""
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "infinite"
    if x == 0:
        return "zero"
    return "large" if abs(x) > LARGE else "ordinary"


@dataclass(frozen=True)
class Culprit:
    """Who is to blame for a cell's value.

    leaf  the cell that is read; None where there are only constants
    made  how the value came about here, such as `0 · ∞ makes NaN`; empty where the leaf's own value was handed on
    note  what else is to be said
    """

    leaf: Leaf | None
    made: str = ""
    note: str = ""


def culprit(cell: Cell, value: float, dtype: str, show: Show) -> Culprit:
    """The culprit of a cell whose value in the run, in the run's dtype, is `value`."""
    kind, exact = kind_of(value), kind_of(cell.value)
    if kind == "nan":
        return _nan(cell, show) if exact == "nan" else _nan_on_the_way(cell, dtype, show)
    if kind == "infinite":
        if exact != "infinite":
            return Culprit(largest(cell), f"{show(cell.value)} is beyond the range of {dtype}")
        return _infinite(cell, show)
    if kind == "zero":
        return _zero(cell, show) if exact == "zero" else Culprit(largest(cell), f"{show(cell.value)} underflows")
    return Culprit(largest(cell), note=_largest_term(cell, show))


def largest(cell: Cell) -> Leaf | None:
    """The cell behind the largest contribution; settings are none."""
    if isinstance(cell, Leaf):
        return None if cell.operand.name in SETTINGS else _inside(cell, lambda x: np.abs(x) == np.nanmax(np.abs(x)))
    return next((leaf for part in _by_weight(cell) if (leaf := largest(part)) is not None), None)


def _nan(cell: Cell, show: Show) -> Culprit:
    while not isinstance(cell, Leaf):
        part = _first(cell, np.isnan)
        if part is None:
            made = f"{_level(cell, show)} makes NaN"
            infinite = _first(cell, np.isinf)
            if infinite is None:
                return Culprit(largest(cell), made)
            source = _infinite(infinite, show)
            return replace(source, made="; ".join(filter(None, (made, source.made))))
        cell = part
    return Culprit(_inside(cell, np.isnan))


def _nan_on_the_way(cell: Cell, dtype: str, show: Show) -> Culprit:
    """NaN in the run, but none in exact arithmetic: the sums and products on the way left the dtype's range."""
    source = _infinite(cell, show) if math.isinf(cell.value) else Culprit(largest(cell))
    return replace(source, made=f"on the way it leaves the range of {dtype}, which makes NaN")


def _infinite(cell: Cell, show: Show) -> Culprit:
    while not isinstance(cell, Leaf):
        part = _first(cell, np.isinf)
        if part is None:
            pole = _first(cell, lambda x: x == 0) if isinstance(cell, Operation) else None
            leaf = None if pole is None else largest(pole)
            if leaf is not None:
                return Culprit(leaf, f"{_level(cell, show)} is {show(cell.value)}")
            return Culprit(largest(cell), f"{_level(cell, show)} overflows")
        cell = part
    return Culprit(_inside(cell, np.isinf))


def _zero(cell: Cell, show: Show) -> Culprit:
    if isinstance(cell, Leaf):
        return Culprit(None if cell.operand.name in SETTINGS else _inside(cell, lambda x: x == 0))
    if isinstance(cell, Sum):
        return _zero_sum(cell, show)
    for part in cell.parts:
        if part.value == 0 and not isinstance(part, Number):
            found = _zero(part, show)
            if found.leaf is not None:
                return found
    infinite = _first(cell, np.isinf)
    return Culprit(largest(cell if infinite is None else infinite), f"{_level(cell, show)} is 0")


def _zero_sum(cell: Sum, show: Show) -> Culprit:
    if np.any(cell.values):
        return Culprit(largest(cell), "its terms cancel one another")
    note = f"all {cell.count} terms are 0" if cell.count > 1 else ""
    if isinstance(cell, Sigma):
        # Of the factors, the one that is zero most often: a dead unit's gradient rather than a zero in one row.
        zeros = [
            (np.flatnonzero(values == 0), leaf) for leaf, values in cell.factors() if leaf.operand.name not in SETTINGS
        ]
        places, leaf = max(zeros, key=lambda each: len(each[0]), default=(np.empty(0, int), None))
        if leaf is not None and len(places):
            return Culprit(cell.leaf(leaf, int(places[0])), note=note)
    found = (_zero(cell.part(place), show) for place in range(cell.count))
    return replace(next((each for each in found if each.leaf is not None), Culprit(None)), note=note)


def _first(cell: Cell, test: Test) -> Cell | None:
    """The first part of a cell whose value passes a test."""
    if isinstance(cell, Sum):
        places = np.flatnonzero(test(cell.values))
        return cell.part(int(places[0])) if len(places) else None
    return next((part for part in cell.parts if test(np.array(part.value))), None)


def _by_weight(cell: Cell) -> list[Cell]:
    """A cell's parts, the weightiest first: the largest; of factors of a small result, the smallest."""
    if isinstance(cell, Sum):
        order = np.argsort(-_size(cell.values), kind="stable")[:8]
        return [cell.part(int(place)) for place in order]
    if isinstance(cell, Operation) and cell.function is np.divide:
        over, under = cell.parts
        return [over, under] if abs(over.value) * abs(under.value) >= 1 else [under, over]
    small = isinstance(cell, Operation) and cell.function is np.multiply and abs(cell.value) < 1
    return sorted(cell.parts, key=lambda part: float(_size(np.array(part.value))), reverse=not small)


def _size(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), math.inf, np.abs(values))


def _inside(leaf: Leaf, test: Test) -> Leaf:
    """The leaf; of one that reads a whole matrix, or a stretch of it, the first cell that passes a test."""
    if isinstance(leaf, Whole):
        with np.errstate(all="ignore"):
            places = np.argwhere(test(leaf.operand.array))
        return Leaf(leaf.operand, tuple(int(i) for i in places[0])) if len(places) else leaf
    cells = list(leaf.leaves())
    return next((cell for cell in cells if np.array_equal(cell.value, leaf.value, equal_nan=True)), cells[0])


def _level(cell: Cell, show: Show) -> str:
    """One operation on numbers: `0 · ∞`; of a sum only what matters."""
    if isinstance(cell, Sum):
        if np.any(np.isinf(cell.values)):
            return f"{show(math.inf)} − {show(math.inf)}"
        return f"the sum of {cell.count} terms up to {show(float(np.max(np.abs(cell.values))))}"
    if isinstance(cell, Operation):
        numbers = tuple(Number(part.value) for part in cell.parts)
        if len(numbers) > 4:
            return f"{cell.pattern.partition('(')[0]} of {len(numbers)} numbers"
        return Operation(cell.pattern, cell.binding, cell.bindings, cell.function, numbers).text(show)
    return shown(cell.text())


def _largest_term(cell: Cell, show: Show) -> str:
    """The largest term of a long sum, as numbers."""
    while isinstance(cell, Operation) and len(cell.parts) == 2 and isinstance(cell.parts[0], Sum | Operation):
        cell = cell.parts[0]
    if not isinstance(cell, Sum) or cell.count < 2:
        return ""
    [first, *_] = _by_weight(cell)
    if isinstance(first, Sum):
        return _largest_term(first, show)
    return "" if isinstance(first, Leaf) else f"largest term {first.text(show)}"
