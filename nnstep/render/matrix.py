"""A value as text: a scalar, a matrix in rows, a large one in outline."""

from __future__ import annotations

import re
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.numbers import column, number
from nnstep.render.text import Line, Span, line

MOST_ROWS, MOST_COLUMNS, MOST_MATRICES = 20, 16, 12
EDGE = 4
"""Rows and columns shown at each end of a matrix that is too large to show whole."""

GAP = "…"

SCALAR_DIGITS = 10

_NAME = re.compile(r"[^\W\d]\w*(?:\.\d+)?(?:\[\d+\])?(?::\d+)?")
"""A matrix's name, as against an expression."""


def value_lines(name: str, value: object) -> list[Line]:
    """A value under the name or expression that it comes from."""
    if isinstance(value, tuple | str | bool | np.bool_):
        return [line(Span(name, "name"), " = ", Span(str(value), "number"))]
    array = np.asarray(value)
    if array.ndim == 0:
        return [line(Span(name, "name"), " = ", Span(_scalar(array), "number"))]
    heading = line(Span(name, "name"), "  ", Span("×".join(str(n) for n in array.shape), "dim"))
    rows = [heading]
    if array.size == 0:
        return rows
    for place, matrix in _stack(array):
        if place:
            known = _NAME.fullmatch(name) and place != GAP
            rows.append(line(Span(f"  {name if known else ''}{place}", "dim")))
        rows += _rows(matrix)
    if _large(array):
        rows.append(_summary(array))
    return rows


def _scalar(array: npt.NDArray[Any]) -> str:
    return str(array[()]) if array.dtype.kind in "biu" else number(float(array), SCALAR_DIGITS)


def _large(array: npt.NDArray[Any]) -> bool:
    *stack, rows, columns = _as_matrix(array).shape
    return bool(prod(stack) > MOST_MATRICES or rows > MOST_ROWS or columns > MOST_COLUMNS)


def _as_matrix(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array[None] if array.ndim == 1 else array


def _stack(array: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[Any]]]:
    """The matrices of an array of more than two axes, each with its place; one matrix else."""
    array = _as_matrix(array)
    if array.ndim == 2:
        return [("", array)]
    matrices: list[tuple[str, npt.NDArray[Any]]] = []
    chosen, gap = _ends(prod(array.shape[:-2]), MOST_MATRICES)
    for count in chosen:
        place = np.unravel_index(count, array.shape[:-2])
        matrices.append((f"[{','.join(str(i) for i in place)}]", array[place]))
    if gap:
        matrices.insert(EDGE, (GAP, np.empty((0, 0))))
    return matrices


def _rows(matrix: npt.NDArray[Any]) -> list[Line]:
    rows, row_gap = _ends(matrix.shape[0], MOST_ROWS)
    columns, column_gap = _ends(matrix.shape[1], MOST_COLUMNS)
    if not matrix.size:
        return []
    texts = column(matrix[np.ix_(rows, columns)])
    width = max(len(text) for text in texts)
    lines: list[Line] = []
    for place in range(len(rows)):
        cells = [text.rjust(width) for text in texts[place * len(columns) : (place + 1) * len(columns)]]
        if column_gap:
            cells.insert(EDGE, "…")
        if row_gap and place == EDGE:
            lines.append(line(Span("  …", "dim")))
        lines.append(line("  ", Span("  ".join(cells), "number")))
    return lines


def _ends(count: int, most: int) -> tuple[list[int], bool]:
    if count <= most:
        return list(range(count)), False
    return [*range(EDGE), *range(count - EDGE, count)], True


def _summary(array: npt.NDArray[Any]) -> Line:
    with np.errstate(all="ignore"):
        low, high, mean = float(array.min()), float(array.max()), float(array.mean())
    bad = int(array.size - np.isfinite(array).sum())
    text = f"  min {number(low)}  max {number(high)}  mean {number(mean)}"
    return line(Span(text + (f"  not finite {bad}" if bad else ""), "dim"))
