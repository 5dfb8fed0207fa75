"""Where something happens, on the tape and along the run: stops, marks, and the forks of branches."""

from __future__ import annotations

from nnstep.session import Session
from nnstep.session.health import Catch
from nnstep.session.stops import Place, Stop, Watch, changes
from nnstep.timeline import Branch
from nnstep.tui.scrubber import Run, Sign

SIGNS = {"break": "●", "watch": "◆", "catch": "▲"}
OFF = "○"


def stop_marks(session: Session) -> dict[int, str]:
    """The instructions at which stops may match: ● breakpoint, ◆ what a watch reads, ▲ catch, ○ if disabled."""
    marks: dict[int, str] = {}
    # What is written last is seen: a breakpoint before a watch before a catch.
    for stop in sorted(session.stops, key=lambda each: (each.enabled, -[*SIGNS].index(each.kind))):
        marks |= dict.fromkeys(_places(session, stop), SIGNS[stop.kind] if stop.enabled else OFF)
    return marks


def _places(session: Session, stop: Stop) -> tuple[int, ...] | list[int]:
    """The instructions of this iteration at which a stop may match."""
    matcher = stop.matcher
    if isinstance(matcher, Watch):
        return changes(matcher.expression, session.tape)
    if isinstance(matcher, Place):
        return matcher.indices
    if isinstance(matcher, Catch) and matcher.late:
        # The first bad write may be any; it is known where it was met.
        size, iteration = session.calendar.instructions, session.position.iteration
        return [step - iteration * size for step in stop.reached if session.calendar.split(step)[0] == iteration]
    return (len(session.tape),)


def whole_run(session: Session) -> Run:
    """What the scrubber shows of the run."""
    timeline = session.timeline
    checkpoints = timeline.checkpoints
    signs: dict[int, Sign] = {}
    for branch in session.branches:
        if isinstance(branch, Branch) and branch is not timeline:
            signs[branch.step] = Sign("┴", "operand")
    if isinstance(timeline, Branch):
        signs[timeline.step] = Sign("┬", "operand")
    signs |= {p.step: Sign("▼", "strong") for p in session.travels.marks.values() if p.branch == timeline.name}
    for stop in session.stops:
        signs |= dict.fromkeys(stop.reached, Sign(SIGNS[stop.kind], "error"))
    return Run(
        session.length,
        session.calendar.instructions,
        timeline.reached,
        timeline.kept,
        (id(timeline), checkpoints.spacing, len(checkpoints)),
        signs,
    )
