"""What the side panel shows, read from the session: stops, displays, health, branches and marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstep.engine.names import shown
from nnstep.errors import CommandError, NotComputedError
from nnstep.render.branches import branch_line, mark_line
from nnstep.render.catalogue import word
from nnstep.render.health import MARKS
from nnstep.render.numbers import number
from nnstep.render.position import size_of
from nnstep.render.stops import shown_stop, stop_line
from nnstep.session import Session
from nnstep.session.expression import Expression
from nnstep.session.health import Status
from nnstep.timeline import Branch, Timeline
from nnstep.tui.paint import Line
from nnstep.tui.text import cut, width_of
from nnstep.values import dataclass

BADGE, SHORT_BADGE = 15, 9
"""Columns of a badge's longest words, and of its longest short ones."""


@dataclass(frozen=True)
class Entry:
    """A line of a section, what enter types on it, and what delete does.

    short  the same in fewer words, for a narrow column; nothing where there are none
    keep   the end of the short form that is never cut: hits, a value
    """

    line: Line
    enter: str = ""
    delete: str = ""
    short: Line = ()
    keep: Line = ()

    def fitted(self, width: int) -> Line:
        """As much of it as a width has room for."""
        if width_of(self.line) <= width or not self.short:
            return cut(self.line, width)
        room = width - width_of(self.keep)
        return (*cut(self.short, room), *self.keep) if room > 0 else cut(self.keep, width)

    @property
    def least(self) -> int:
        """The width of its short form."""
        return min(width_of(self.line), width_of((*self.short, *self.keep))) if self.short else width_of(self.line)


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
        label = (number_.lstrip(), role)
        # The mark says which kind of stop it is.
        short: Line = (label, (shown_stop(stop).partition(" ")[2], "text"))
        keep: Line = ((f"  {stop.hits}×", "muted"),) if stop.hits else ()
        entries.append(Entry((label, *rest), enter, f"delete {stop.number}", short, keep))
    return tuple(entries) or (Entry((("none: b sets one", "faint"),)),)


def _displays(session: Session) -> tuple[Entry, ...]:
    entries = tuple(_display(session, key, expression) for key, expression in session.displays.items())
    return entries or (Entry((("none: p shows one", "faint"),)),)


def _display(session: Session, key: int, expression: Expression) -> Entry:
    name: Line = ((f"{key} ", "muted"), (_text(session, expression), "text"))
    value, brief = _value(session, expression)
    blank = ("  ", "text")
    return Entry((*name, blank, *value), f"print {expression.text}", f"undisplay {key}", name, (blank, *brief))


def _text(session: Session, expression: Expression) -> str:
    return shown(expression.text) if expression.text in session.names else expression.text


def _value(session: Session, expression: Expression) -> tuple[Line, Line]:
    """A display's value in a few cells, a matrix as its size and norm; and in fewer: as its norm."""
    try:
        value = expression.value(session)
    except NotComputedError as error:
        return ((word("not_yet", step=error.step), "faint"),), ((f"step {error.step}", "faint"),)
    except CommandError as error:
        return ((str(error), "bad"),), ((str(error), "bad"),)
    if isinstance(value, tuple | str | bool | np.bool_):
        return ((str(value), "current"),), ((str(value), "current"),)
    array = np.asarray(value)
    if array.ndim == 0:
        text = str(array[()]) if array.dtype.kind in "biu" else number(float(array))
        return ((text, "current"),), ((text, "current"),)
    with np.errstate(all="ignore"):
        norm = float(np.sqrt(np.sum(np.square(array, dtype=np.float64))))
    text = number(norm)
    return (
        ((size_of(array.shape), "muted"), (" norm ", "muted"), (text, "current")),
        (("norm ", "muted"), (text, "current")),
    )


def _badge(text: str, short: str, role: str) -> Entry:
    """As wide before it is known how things are as afterwards, so that what stands beside it does not move."""
    return Entry(((text.ljust(BADGE), role),), "info health", short=((short.ljust(SHORT_BADGE), role),))


def _health(statuses: Sequence[Status] | None) -> tuple[Entry, ...]:
    """A badge, or the rules that fire."""
    if statuses is None:
        mark, _ = MARKS["idle"]
        return (_badge(f"{mark} not known yet", f"{mark} unknown", "faint"),)
    fires = [status for status in statuses if status.state == "fires"]
    if not fires:
        mark, role = MARKS["fine"]
        return (_badge(f"{mark} fine", f"{mark} fine", role),)
    mark, role = MARKS["fires"]
    return tuple(
        Entry(
            ((f"{mark} {status.rule}  ", role), (status.text, "text")),
            f"fired {status.rule}",
            short=((f"{mark} {status.rule}", role),),
        )
        for status in fires
    )


def _branches(session: Session) -> tuple[Entry, ...]:
    return tuple(_branch(session, each) for each in session.branches)


def _branch(session: Session, timeline: Timeline) -> Entry:
    name, *_ = line = branch_line(session, timeline)
    rest = (
        "" if not isinstance(timeline, Branch) else f" at {timeline.step}: {', '.join(e.text for e in timeline.edits)}"
    )
    short: Line = ((name[0].strip().rjust(len(timeline.name) + 2), name[1]), (rest, "text"))
    return Entry(line, f"switch {timeline.name}", short=short)


def _marks(session: Session) -> tuple[Entry, ...]:
    marks = session.travels.marks.items()
    return tuple(Entry(mark_line(session, name, place), f"goto mark {name}") for name, place in marks)
