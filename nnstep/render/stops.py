"""Stops as lines, and what is said on reaching one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nnstep.engine.names import shown
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.session.search import Found
from nnstep.session.stopbook import changed_values
from nnstep.session.stops import Stop


def stop_line(stop: Stop) -> Line:
    """`1 ● break L if L > 0.6   3 hits`; ○ for one that is disabled, ◆ for a watch, ▲ for a catch."""
    mark = {"watch": "◆", "catch": "▲"}.get(stop.kind, "●") if stop.enabled else "○"
    hits = "1 hit" if stop.hits == 1 else f"{stop.hits} hits"
    more = [hits] if stop.hits else []
    more += [f"ignores the next {stop.ignore}"] if stop.ignore else []
    more += [f"{len(stop.commands)} commands"] if stop.commands else []
    label = Span(f"{stop.number:>2} {mark} ", "current" if stop.enabled else "dim")
    return line(label, shown_stop(stop), Span("   " + ", ".join(more), "dim"))


def shown_stop(stop: Stop) -> str:
    """A stop as the user wrote it, names in Unicode where they are alone."""
    word, _, rest = str(stop).partition(" ")
    head, space, tail = rest.partition(" ")
    return f"{word} {shown(head)}{space}{tail}"


def stop_lines(stops: Iterable[Stop]) -> list[Line]:
    """A line a stop."""
    return [stop_line(stop) for stop in stops] or [line(Span("no stops", "dim"))]


def reached_lines(session: Session, found: Found) -> list[Line]:
    """What the stops at a step have to say."""
    lines: list[Line] = []
    for stop in found.stops:
        lines.append(line(Span(f"stop {stop.number}  ", "current"), shown_stop(stop)))
        values = changed_values(session, stop, found.step)
        if values is not None:
            lines.append(change_line(*values))
        if stop.note:
            lines.append(line("  ", stop.note))
    return lines


def change_line(before: np.ndarray, after: np.ndarray) -> Line:
    """What a value was, and what it became."""
    return line("  ", Span(_value(before), "number"), " → ", Span(_value(after), "number"))


def _value(value: np.ndarray) -> str:
    if value.ndim == 0:
        return number(float(value), 6)
    return f"norm {number(float(np.sqrt(np.sum(np.square(value)))), 6)}"
