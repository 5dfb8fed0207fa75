"""A small chart of numbers in a row: a line of braille dots over two axes. Data in, lines out."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line

Numbers = npt.NDArray[Any]

WIDTH, HEIGHT = 60, 8
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a braille character, by the row of the dot from above and its column."""
BRAILLE = 0x2800
MANY_SIZES = 1e3
"""Numbers above 0 whose largest is so many times the smallest are drawn by their logarithms."""
DIGITS = 3


def chart(values: Numbers, width: int = WIDTH, height: int = HEIGHT, ends: tuple[str, str] = ("", "")) -> list[Line]:
    """The numbers as a line `height` rows high; `ends` is what stands below the first and the last of them.

    width: columns in all, those of the scale at the left included. NaN is × on the axis, ∞ and -∞ are ∞ at the upper
    and the lower edge. Where there are more numbers than dots, a column of dots spans the smallest and the largest.
    """
    values = np.asarray(values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    logs = bool(finite.size and finite.min() > 0 and finite.max() / MANY_SIZES > finite.min())
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    top, bottom = (number(high, DIGITS), number(low, DIGITS)) if finite.size else ("", "")
    margin = max(len(top), len(bottom), 3) + 1
    columns = max(width - margin - 1, 4)
    heights = _heights(np.log10(values, where=values > 0, out=np.where(values > 0, 0, values)) if logs else values)
    rows = _marked(_braille(*_dots(heights, 2 * columns, 4 * height), columns, height), values, columns)
    labels = [top, *[""] * (height - 1)]
    labels[-1] = bottom if low != high or height == 1 else labels[-1]
    labels[height // 2] = labels[height // 2] or ("log" if logs else "")
    lines = [
        line(Span(f"{label:>{margin - 1}} ┤" if label else " " * margin + "│", "dim"), Span(row, "number"))
        for label, row in zip(labels, rows, strict=True)
    ]
    lines.append(line(Span(" " * margin + "└", "dim"), *_axis(values, columns)))
    gap = max(columns - len(ends[0]) - len(ends[1]), 1)
    lines.append(line(Span(" " * (margin + 1) + ends[0] + " " * gap + ends[1], "dim")))
    return lines


def _heights(values: Numbers) -> Numbers:
    """Finite numbers as shares of the height, 0 to 1; the others NaN."""
    heights = np.where(np.isfinite(values), values, np.nan)
    if np.all(np.isnan(heights)):
        return heights
    # Halved first: the distance of the largest numbers is beyond them.
    low, high = np.nanmin(heights) / 2, np.nanmax(heights) / 2
    return 0.5 + 0 * heights if low == high else (heights / 2 - low) / (high - low)


def _dots(heights: Numbers, across: int, up: int) -> tuple[Numbers, Numbers]:
    """The lowest and the highest dot of each column of dots; NaN where there is none."""
    count = len(heights)
    if count > across:
        edges = np.linspace(0, count, across, endpoint=False).astype(int)
        low, high = np.fmin.reduceat(heights, edges), np.fmax.reduceat(heights, edges)
        last = heights[np.append(edges[1:], count) - 1]
        low[1:], high[1:] = _joined(low[1:], last[:-1], np.minimum), _joined(high[1:], last[:-1], np.maximum)
    else:
        low = high = _between(heights, across)
        low = np.append(low[:1], _joined(low[1:], (low[:-1] + low[1:]) / 2, np.minimum))
        high = np.append(high[:1], _joined(high[1:], (high[:-1] + high[1:]) / 2, np.maximum))
    return np.round(low * (up - 1)), np.round(high * (up - 1))


def _joined(edge: Numbers, neighbour: Numbers, extreme: np.ufunc) -> Numbers:
    """An edge of each column, stretched so that it meets the neighbouring one."""
    return np.where(np.isnan(neighbour) | np.isnan(edge), edge, extreme(edge, neighbour))


def _between(heights: Numbers, across: int) -> Numbers:
    """Few numbers spread over all columns of dots, with straight lines between those that are finite."""
    count = len(heights)
    if count < 2:
        return np.append(heights, np.full(across - count, np.nan))
    places = np.linspace(0, count - 1, across)
    before = np.minimum(places.astype(int), count - 2)
    share = places - before
    line_between = heights[before] * (1 - share) + heights[before + 1] * share
    nearest = np.round(places).astype(int)
    # A number between two that are none is one dot wide.
    at = np.abs(places - nearest) * across <= count
    drawn: Numbers = np.where(np.isnan(line_between) & at, heights[nearest], line_between)
    return drawn


def _braille(low: Numbers, high: Numbers, columns: int, height: int) -> list[list[str]]:
    cells = np.zeros((height, columns), int)
    for x in np.flatnonzero(~np.isnan(low)):
        for y in range(int(low[x]), int(high[x]) + 1):
            row, dot = divmod(4 * height - 1 - y, 4)
            cells[row, x // 2] |= DOTS[dot][x % 2]
    return [[chr(BRAILLE + bits) if bits else " " for bits in row] for row in cells.tolist()]


def _marked(rows: list[list[str]], values: Numbers, columns: int) -> list[str]:
    count = len(values)
    for row, sign in ((rows[0], 1), (rows[-1], -1)):
        for place in np.flatnonzero(values == sign * math.inf).tolist():
            column = place * columns // count if count > columns else round(place * (columns - 1) / max(count - 1, 1))
            row[column] = "∞"
    return ["".join(row) for row in rows]


def _axis(values: Numbers, columns: int) -> list[Span]:
    """The lower axis, with × wherever a number is NaN."""
    bad = np.isnan(values)
    if len(bad) > columns:
        marked = np.logical_or.reduceat(bad, np.linspace(0, len(bad), columns, endpoint=False).astype(int))
    else:
        marked = bad[np.round(np.linspace(0, len(bad) - 1, columns)).astype(int)]
    stretches = groupby(marked.tolist())
    return [Span(("×" if mark else "─") * len([*same]), "error" if mark else "dim") for mark, same in stretches]
