"""Commands that move along the tape."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.render.position import here
from nnstep.render.stops import reached_lines
from nnstep.render.text import Line, Span, text_of
from nnstep.session import Session
from nnstep.session.location import aim, by_units
from nnstep.timeline import Unit


@command("step", alias="s", keys={"s": "step", "S": "reverse-step"}, usage="[N] [UNIT]")
def step(session: Session, n: int = 1, unit: Unit = "instruction") -> Result:
    """Run forward N units.

    UNIT is instruction (which may be left out), layer, phase, batch or epoch.
    A move goes to the N-th next step at which a unit has just been completed; with too few ahead, to the end.
    """
    return _to(session, by_units(session, n, unit))


@command("reverse-step", alias="rs", usage="[N] [UNIT]")
def reverse_step(session: Session, n: int = 1, unit: Unit = "instruction") -> Result:
    """Run backward N units.

    UNIT is instruction (which may be left out), layer, phase, batch or epoch.
    It goes to the N-th previous step at which a unit had just been completed; step 0, before anything, counts as one.
    """
    return _to(session, by_units(session, -n, unit))


@command("next", alias="n", keys={"n": "next", "N": "reverse-next"})
def next_(session: Session, n: int = 1) -> Result:
    """Run forward to the end of the next layer, or equation of a graph: `step N layer`."""
    return _to(session, by_units(session, n, "layer"))


@command("reverse-next", alias="rn")
def reverse_next(session: Session, n: int = 1) -> Result:
    """Run backward to the end of the previous layer, or equation of a graph: `reverse-step N layer`."""
    return _to(session, by_units(session, -n, "layer"))


@command("finish", alias="fin", keys={"f": "finish", "F": "reverse-finish"})
def finish(session: Session) -> Result:
    """Run to the end of this phase: `step phase`."""
    return _to(session, by_units(session, 1, "phase"))


@command("reverse-finish", alias="rfin")
def reverse_finish(session: Session) -> Result:
    """Run back to the end of the phase before: `reverse-step phase`."""
    return _to(session, by_units(session, -1, "phase"))


@command("continue", alias="c", keys={"c": "continue", "C": "reverse-continue"})
def continue_(session: Session, n: int = 1) -> Result:
    """Run forward to the next stop, the N-th, or to the end of the run."""
    return _find(session, n, forward=True)


@command("reverse-continue", alias="rc")
def reverse_continue(session: Session, n: int = 1) -> Result:
    """Run backward to the previous stop, the N-th, or to the start of the run."""
    return _find(session, n, forward=False)


@command(
    "goto",
    alias="g",
    keys={
        "right_square_bracket": "goto +1 batch",
        "left_square_bracket": "goto -1 batch",
        "right_curly_bracket": "goto +1 epoch",
        "left_curly_bracket": "goto -1 epoch",
        "g": "goto ",
        "G": "goto end",
    },
)
def goto(session: Session, location: Rest) -> Result:
    """Jump to a place; stops are ignored.

    LOCATION is a step (`1200`), `+N UNIT` or `-N UNIT` (for batch and epoch whole tapes: the same instruction there),
    `50%`, `start`, `end`, `epoch E [batch B] [NAME]`, or NAME: the step at which that matrix is written next.
    """
    return jump(session, aim(session, location))


@command("restart")
def restart(session: Session) -> Result:
    """Go to step 0, before anything; stops and branches stay."""
    return jump(session, 0)


def _find(session: Session, n: int, *, forward: bool) -> Result:
    """To the n-th step that a stop matches, or to the end (or the start), which is said."""
    edge = session.length if forward else 0
    if not any(stop.enabled for stop in session.stops) or session.step == edge:
        return jump(session, session.length + 1 if forward else -1)
    start = session.place
    found = session.find(forward=forward, skip=n - 1)
    if session.place != start:
        session.travels.jumped(start)
    if found is not None:
        lines = [*reached_lines(session, found), here(session)]
        return Result(text_of(lines), session.position, found.stops[0], tuple(lines))
    note = "interrupted" if session.interrupted else f"the {'end' if forward else 'start'} of the run"
    return result((*here(session), Span(f"  ({note})", "dim")), session.position)


def jump(session: Session, target: int) -> Result:
    """A move that `back` can undo."""
    start = session.place
    outcome = _to(session, target)
    if session.place != start:
        session.travels.jumped(start)
    return outcome


def _to(session: Session, target: int) -> Result:
    """Go to a step; to the end (or the start) for one beyond it, which is said."""
    step = min(max(target, 0), session.length)
    note = ""
    if step != target:
        edge = "start" if target < 0 else "end"
        note = f"already at the {edge} of the run" if session.step == step else f"the {edge} of the run"
    if not session.move(step):
        note = "interrupted"
    spans: Line = here(session)
    if note:
        spans = (*spans, Span(f"  ({note})", "dim"))
    return result(spans, session.position)
