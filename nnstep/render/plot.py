"""Curves over the steps of a run: braille dots between two axes, every column of which knows its step.

textual-plot draws 200 points in 8 ms, but needs 722 ms for 100,000 and a Textual app around it; textual-plotext needs
986 ms and is stuck on an old plotext. This one finds the points of each dot column by a search in the steps, draws no
more than the smallest and the largest of them, and gives lines: so the app, headless printing and export share it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.canvas import Area, Canvas, Picture
from nnstep.render.fitting import fitted
from nnstep.render.text import Line, Role
from nnstep.values import dataclass

Numbers = npt.NDArray[Any]

EVERY = 12
"""Cells between two numbers on a curve."""
MARGIN = 8
"""Cells of the numbers at the left axis."""
ROLES: tuple[Role, ...] = ("current", "operand", "number", "error", "good", "name")
"""Curves in their order; more of them begin anew."""


@dataclass(frozen=True, eq=False)
class Series:
    """A curve: values at steps, ascending."""

    name: str
    steps: Numbers
    values: Numbers


@dataclass(frozen=True)
class Axes:
    """The range of a plot and the cells for it."""

    low: float
    high: float
    first: int
    last: int
    columns: int
    rows: int

    def column(self, step: int) -> int:
        """The dot column of a step."""
        return (step - self.first) * (2 * self.columns - 1) // max(self.last - self.first, 1)

    def row(self, values: Numbers) -> Numbers:
        """The dot row of each value, from above; NaN stays NaN."""
        # Halved first: the distance of the largest numbers is beyond them.
        span = self.high / 2 - self.low / 2
        share = (values / 2 - self.low / 2) / span if span else 0.5 + 0 * values
        found: Numbers = np.round((1 - share) * (4 * self.rows - 1))
        return found


def smoothed(values: Numbers, window: int) -> Numbers:
    """The mean over a window that ends at each value; what is not finite is left out of it."""
    finite = np.isfinite(values)
    sums = np.cumsum(np.where(finite, values, 0.0))
    counts = np.cumsum(finite)
    sums[window:], counts[window:] = sums[window:] - sums[:-window], counts[window:] - counts[:-window]
    with np.errstate(all="ignore"):
        found: Numbers = np.where(counts > 0, sums / counts, np.nan)
    return found


def plot(
    title: str, series: Sequence[Series], size: tuple[int, int], *, log: bool = False, at: int | None = None
) -> Picture:
    """Curves in width × height cells, under their names; `at` is the step to be marked, beyond which they are dim.

    log: by the logarithms of the values, of those above 0. A click on a column goes to a step that has a value there.
    """
    width, height = size
    # A curve has the colour of its name, which one without points would shift.
    series = [each for each in series if len(each.steps)]
    canvas = Canvas(width, height)
    _title(canvas, title + (" (log)" if log else ""), series)
    columns = width - MARGIN - 1
    drawn = _drawn(series, columns, log=log)
    axes = _axes(drawn, series, columns, height - 2)
    if axes is None:
        canvas.put(2, height // 2, "nothing yet", "dim")
        return Picture(canvas.lines())
    for place, curve in enumerate(drawn):
        _draw(canvas, axes, curve, ROLES[place % len(ROLES)], at)
    ends = (10**axes.low, 10**axes.high) if log else (axes.low, axes.high)
    for y in range(1, height - 1):
        text = fitted(ends[1], MARGIN - 1) if y == 1 else fitted(ends[0], MARGIN - 1) if y == height - 2 else ""
        canvas.put(0, y, f"{text:>{MARGIN - 1}} {'┤' if text else '│'}", "dim")
    last = f"{axes.last}"
    canvas.put(MARGIN, height - 1, f"└step {axes.first}", "dim")
    end = width - len(last)
    if at is not None:
        x = MARGIN + 1 + axes.column(min(max(at, axes.first), axes.last)) // 2
        canvas.put(x, height - 1, "▲", "current")
        end = x - len(last) - 1 if x >= end else end
    if canvas.free(end, height - 1, len(last)):
        canvas.put(end, height - 1, last, "dim")
    return Picture(canvas.lines(), _areas(axes, series, height), _numbered(canvas, axes, drawn))


@dataclass(frozen=True, eq=False)
class _Curve:
    """A curve as it is drawn: the smallest and the largest value of each dot column that it reaches."""

    columns: Numbers
    low: Numbers
    high: Numbers


def _drawn(series: Sequence[Series], columns: int, *, log: bool) -> list[_Curve]:
    ends = [(int(each.steps[0]), int(each.steps[-1])) for each in series if len(each.steps)]
    if not ends:
        return []
    first, last = min(a for a, _ in ends), max(b for _, b in ends)
    return [_curve(each, (first, last), 2 * columns, log=log) for each in series if len(each.steps)]


def _curve(series: Series, ends: tuple[int, int], dots: int, *, log: bool) -> _Curve:
    values = np.asarray(series.values, np.float64)
    with np.errstate(all="ignore"):
        total = float(values.sum())
    if not math.isfinite(total):
        values = np.where(np.isfinite(values), values, np.nan)
    if log:
        with np.errstate(all="ignore"):
            values = np.where(values > 0, np.log10(values), np.nan)
    first, span = ends[0], max(ends[1] - ends[0], 1)
    if len(values) <= dots:
        columns = (series.steps - first) * (dots - 1) // span
        found = np.arange(columns[0], columns[-1] + 1)
        # Halved, as the distance of the largest numbers is beyond them.
        low = high = 2 * np.interp(found, columns, values / 2)
        middle = low[:-1] / 2 + low[1:] / 2
        low, high = np.append(low[:1], np.fmin(low[1:], middle)), np.append(high[:1], np.fmax(high[1:], middle))
        return _Curve(found, low, high)
    # The first point of every dot column; steps ascend, so it is searched for rather than worked out for all.
    edges = first + -(-np.arange(dots) * span // (dots - 1))
    starts = np.searchsorted(series.steps, edges)
    filled = starts < np.append(starts[1:], len(values))
    columns, starts = np.flatnonzero(filled), starts[filled]
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    before = values[starts[1:] - 1]
    low[1:], high[1:] = np.fmin(low[1:], before), np.fmax(high[1:], before)
    return _Curve(columns, low, high)


def _axes(drawn: Sequence[_Curve], series: Sequence[Series], columns: int, rows: int) -> Axes | None:
    known = [each for each in drawn if not np.isnan(each.low).all()]
    if not known:
        return None
    ends = [(int(each.steps[0]), int(each.steps[-1])) for each in series if len(each.steps)]
    low, high = min(float(np.nanmin(each.low)) for each in known), max(float(np.nanmax(each.high)) for each in known)
    return Axes(low, high, min(a for a, _ in ends), max(b for _, b in ends), columns, rows)


def _title(canvas: Canvas, title: str, series: Sequence[Series]) -> None:
    names = [each.name for each in series] if len(series) > 1 else []
    needed = len(title) + sum(len(name) + 4 for name in names)
    # Over the axis, unless the names of the curves need the room beside it as well.
    left = MARGIN if MARGIN + needed <= canvas.width else 0
    canvas.put(left, 0, title, "heading")
    x = left + len(title) + 2
    for place, name in enumerate(names):
        if x + len(name) + 2 > canvas.width - 2 * (place < len(names) - 1):
            canvas.put(x, 0, "…", "dim")
            break
        canvas.put(x, 0, f"─ {name}", ROLES[place % len(ROLES)])
        x += len(name) + 4


def _draw(canvas: Canvas, axes: Axes, curve: _Curve, role: Role, at: int | None) -> None:
    here = axes.column(min(at, axes.last)) if at is not None and at >= axes.first else 2 * axes.columns
    inks: tuple[tuple[Numbers, Role], ...] = ((curve.columns > here, "dim"), (curve.columns <= here, role))
    for part, ink in inks:
        _ink(canvas, axes, _Curve(curve.columns[part], curve.low[part], curve.high[part]), ink)


def _ink(canvas: Canvas, axes: Axes, curve: _Curve, role: Role) -> None:
    there = ~np.isnan(curve.low)
    found = curve.columns[there]
    top, bottom = axes.row(curve.high[there]).astype(int), axes.row(curve.low[there]).astype(int)
    counts = bottom - top + 1
    xs = np.repeat(found, counts)
    ys = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(top, counts)
    canvas.dots(xs + 2 * (MARGIN + 1), ys + 4, role)


def _numbered(canvas: Canvas, axes: Axes, drawn: Sequence[_Curve]) -> tuple[Line, ...]:
    """The same with the number of each curve on it and in the title, for whoever has no colours to tell them apart."""
    if len(drawn) < 2:
        return ()
    canvas = canvas.copy()
    for place, curve in enumerate(drawn):
        for column in range(EVERY * (place + 1) // len(drawn), axes.columns, EVERY):
            at = int(np.searchsorted(curve.columns, 2 * column))
            if at < len(curve.columns) and curve.columns[at] <= 2 * column + 1 and not np.isnan(curve.high[at]):
                canvas.put(MARGIN + 1 + column, 1 + int(axes.row(curve.high[at])) // 4, str(place + 1))
    canvas.number("─")
    return canvas.lines()


def _areas(axes: Axes, series: Sequence[Series], height: int) -> tuple[Area, ...]:
    """The step behind every column: of those with a value, the nearest."""
    middles = axes.first + (np.arange(axes.columns) + 0.5) * (axes.last - axes.first) / axes.columns
    best = np.zeros(axes.columns, np.int64)
    distance = np.full(axes.columns, np.inf)
    for each in series:
        if not len(each.steps):
            continue
        after = np.clip(np.searchsorted(each.steps, middles), 0, len(each.steps) - 1)
        for place in (np.maximum(after - 1, 0), after):
            steps = np.asarray(each.steps)[place]
            nearer = np.abs(steps - middles) < distance
            best[nearer], distance[nearer] = steps[nearer], np.abs(steps - middles)[nearer]
    return tuple(
        Area(1, height - 1, MARGIN + 1 + x, MARGIN + 2 + x, f"goto {step}") for x, step in enumerate(best.tolist())
    )


def wants_logs(values: Numbers) -> bool:
    """Whether numbers above 0 are of such different sizes that their logarithms are clearer."""
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() > 0 and math.log10(finite.max()) - math.log10(finite.min()) > 2)
