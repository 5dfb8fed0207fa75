"""Snapshots: all that makes a session what it is at a moment, to be brought back exactly.

A timeline is a pure function of the model and the edits, so a snapshot holds it by reference; what commands change in
place (stops, marks, displays, the list of branches) is copied, when it is taken and when it is brought back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnstep.model import Model
from nnstep.session.expression import Expression
from nnstep.session.stopbook import Kept
from nnstep.session.whatif import Branches, Travels
from nnstep.timeline import Timeline
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session


@dataclass(frozen=True)
class Snapshot:
    """A session at a moment.

    displays, next_display  what is shown after every move, and the number that the next one was to get
    collecting              the number of the stop whose `commands` were being said
    """

    model: Model
    source: Any
    overrides: dict[str, object]
    timeline: Timeline
    step: int
    branches: Branches
    travels: Travels
    stops: Kept
    displays: dict[int, Expression]
    next_display: int
    collecting: int | None


def take(session: Session) -> Snapshot:
    """The session as it is now."""
    return Snapshot(
        session.model,
        session.source,
        session.overrides,
        session.timeline,
        session.step,
        session.branches.copy(),
        session.travels.copy(),
        session.stops.kept,
        dict(session.displays),
        session.next_display,
        session.collecting.number if session.collecting else None,
    )


def bring_back(session: Session, snapshot: Snapshot) -> None:
    """Make a session what it was; the same snapshot can be brought back again and again."""
    snapshot.timeline.enter(snapshot.timeline.calendar.split(snapshot.step)[0])
    session.model = snapshot.model
    session.source = snapshot.source
    session.overrides = snapshot.overrides
    session.timeline = snapshot.timeline
    session.step = snapshot.step
    session.branches = snapshot.branches.copy()
    session.travels = snapshot.travels.copy()
    session.stops.restore(snapshot.stops)
    session.displays = dict(snapshot.displays)
    session.next_display = snapshot.next_display
    session.collecting = None if snapshot.collecting is None else session.stops[snapshot.collecting]
    session.changed += 1
