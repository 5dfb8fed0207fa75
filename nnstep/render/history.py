"""A number over the iterations as lines: a chart, the first and last values, the extremes and where they are."""

from __future__ import annotations

import numpy as np

from nnstep.render.chart import chart
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session.history import History
from nnstep.timeline import Calendar

FIRST, LAST = 3, 5
DIGITS = 6


def history_lines(history: History, calendar: Calendar) -> list[Line]:
    """The chart and the numbers."""
    steps, values = history.steps, history.values
    count = "1 iteration" if len(values) == 1 else f"{len(values)} iterations"
    note = ", interrupted" if history.interrupted else ""
    lines = [line(Span(history.text, "heading"), Span(f"  at the end of {count}{note}", "dim"))]
    if len(values):
        lines += chart(values, ends=(f"step {steps[0]}", f"step {steps[-1]}"))
        lines.append(_fact("first", "  ".join(number(x, DIGITS) for x in values[:FIRST])))
        if len(values) > FIRST:
            lines.append(_fact("last", "  ".join(number(x, DIGITS) for x in values[FIRST:][-LAST:])))
        lines += _extremes(history, calendar)
    if history.present is not None:
        lines.append(_fact("now", number(history.present, DIGITS)))
    return lines


def _extremes(history: History, calendar: Calendar) -> list[Line]:
    values, bad = history.values, np.isnan(history.values)
    lines = []
    if not np.all(bad):
        for name, place in (("min", int(np.nanargmin(values))), ("max", int(np.nanargmax(values)))):
            where = _where(int(history.steps[place]), calendar)
            lines.append(_fact(name, f"{number(values[place], DIGITS)} at {where}"))
    if np.any(bad):
        first = int(history.steps[int(np.argmax(bad))])
        lines.append(_fact("NaN", f"{int(np.sum(bad))} times, first at {_where(first, calendar)}"))
    return lines


def _where(step: int, calendar: Calendar) -> str:
    position = calendar.position(step)
    return f"step {step}, epoch {position.epoch} batch {position.batch}"


def _fact(name: str, text: str) -> Line:
    return line(Span(f"{name:<7}", "dim"), Span(text, "number"))
