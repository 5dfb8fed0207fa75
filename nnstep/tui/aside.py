"""What the side panel shows, read from the session: stops, displays, health, branches and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnstep.engine.names import shown
from nnstep.errors import CommandError, NotComputedError
from nnstep.render.branches import branch_line, mark_line
from nnstep.render.catalogue import word
from nnstep.render.health import MARKS
from nnstep.render.numbers import number
from nnstep.render.position import size_of
from nnstep.render.stops import stop_line
from nnstep.session import Session
from nnstep.session.expression import Expression
from nnstep.session.health import Status
from nnstep.tui.paint import Line


@dataclass(frozen=True)
class Entry:
    """A line of a section, what enter types on it, and what delete does."""

    line: Line
    enter: str = ""
    delete: str = ""


@dataclass(frozen=True)
class Section:
    """A column of the panel."""

    title: str
    entries: tuple[Entry, ...]


def sections(session: Session) -> list[Section]:
    """All of them; branches and marks only where there are some."""
    found = [
        Section("stops", _stops(session)),
        Section("watching", _displays(session)),
        Section("health", _health(session.known_health)),
    ]
    if len(session.branches) > 1:
        found.append(Section("branches", _branches(session)))
    if session.travels.marks:
        found.append(Section("marks", _marks(session)))
    return found


def _stops(session: Session) -> tuple[Entry, ...]:
    entries = []
    for stop in session.stops:
        (number_, role), *rest = stop_line(stop)
        enter = f"goto {stop.reached[-1]}" if stop.reached else "info stops"
        entries.append(Entry(((number_.lstrip(), role), *rest), enter, f"delete {stop.number}"))
    return tuple(entries) or (Entry((("none: b sets one", "faint"),)),)


def _displays(session: Session) -> tuple[Entry, ...]:
    entries = tuple(
        Entry(
            ((f"{key} ", "muted"), (f"{_text(session, expression)}  ", "text"), *_value(session, expression)),
            f"print {expression.text}",
            f"undisplay {key}",
        )
        for key, expression in session.displays.items()
    )
    return entries or (Entry((("none: p shows one", "faint"),)),)


def _text(session: Session, expression: Expression) -> str:
    return shown(expression.text) if expression.text in session.names else expression.text


def _value(session: Session, expression: Expression) -> Line:
    """A display's value in a few cells: a matrix as its size and norm."""
    try:
        value = expression.value(session)
    except NotComputedError as error:
        return ((word("not_yet", step=error.step), "faint"),)
    except CommandError as error:
        return ((str(error), "bad"),)
    if isinstance(value, tuple | str | bool | np.bool_):
        return ((str(value), "current"),)
    array = np.asarray(value)
    if array.ndim == 0:
        return ((str(array[()]) if array.dtype.kind in "biu" else number(float(array)), "current"),)
    with np.errstate(all="ignore"):
        norm = float(np.sqrt(np.sum(np.square(array, dtype=np.float64))))
    return ((size_of(array.shape), "muted"), (" norm ", "muted"), (number(norm), "current"))


def _health(statuses: Sequence[Status] | None) -> tuple[Entry, ...]:
    """A badge, or the rules that fire."""
    if statuses is None:
        return (Entry(((f"{MARKS['idle'][0]} not known yet", "faint"),), "info health"),)
    fires = [status for status in statuses if status.state == "fires"]
    if not fires:
        mark, role = MARKS["fine"]
        return (Entry(((f"{mark} fine", role),), "info health"),)
    mark, role = MARKS["fires"]
    return tuple(
        Entry(((f"{mark} {status.rule}  ", role), (status.text, "text")), f"fired {status.rule}") for status in fires
    )


def _branches(session: Session) -> tuple[Entry, ...]:
    return tuple(Entry(branch_line(session, each), f"switch {each.name}") for each in session.branches)


def _marks(session: Session) -> tuple[Entry, ...]:
    marks = session.travels.marks.items()
    return tuple(Entry(mark_line(session, name, place), f"goto mark {name}") for name, place in marks)
