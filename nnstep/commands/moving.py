"""Commands that move along the tape."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.render.position import here
from nnstep.render.text import Line, Span
from nnstep.session import Session
from nnstep.session.location import resolve
from nnstep.timeline import Unit


@command("step", alias="s", keys={"s": "step", "S": "reverse-step"})
def step(session: Session, n: int = 1, unit: Unit = "instruction") -> Result:
    """Run forward N units.

    A move goes to the N-th next step at which a unit has just been completed; with too few ahead, to the end.
    """
    return _by_units(session, n, unit)


@command("reverse-step", alias="rs")
def reverse_step(session: Session, n: int = 1, unit: Unit = "instruction") -> Result:
    """Run backward N units.

    The N-th previous step at which a unit had just been completed; step 0, before anything, counts as one.
    """
    return _by_units(session, -n, unit)


@command("next", alias="n", keys={"n": "next", "N": "reverse-next"})
def next_(session: Session, n: int = 1) -> Result:
    """Run forward to the end of the next layer: `step N layer`."""
    return _by_units(session, n, "layer")


@command("reverse-next", alias="rn")
def reverse_next(session: Session, n: int = 1) -> Result:
    """Run backward to the end of the previous layer: `reverse-step N layer`."""
    return _by_units(session, -n, "layer")


@command("finish", alias="fin", keys={"f": "finish", "F": "reverse-finish"})
def finish(session: Session) -> Result:
    """Run to the end of this phase: `step phase`."""
    return _by_units(session, 1, "phase")


@command("reverse-finish", alias="rfin")
def reverse_finish(session: Session) -> Result:
    """Run back to the end of the phase before: `reverse-step phase`."""
    return _by_units(session, -1, "phase")


@command("continue", alias="c", keys={"c": "continue", "C": "reverse-continue"})
def continue_(session: Session, n: int = 1) -> Result:
    """Run forward to the next stop, the N-th, or to the end of the run."""
    del n
    return _to(session, session.length)


@command("reverse-continue", alias="rc")
def reverse_continue(session: Session, n: int = 1) -> Result:
    """Run backward to the previous stop, the N-th, or to the start of the run."""
    del n
    return _to(session, 0)


@command(
    "goto",
    alias="g",
    keys={
        "right_square_bracket": "goto +1 batch",
        "left_square_bracket": "goto -1 batch",
        "right_curly_bracket": "goto +1 epoch",
        "left_curly_bracket": "goto -1 epoch",
        "G": "goto end",
    },
)
def goto(session: Session, location: Rest) -> Result:
    """Jump to a place; stops are ignored.

    LOCATION is a step (`1200`), `+N UNIT` or `-N UNIT` (for batch and epoch whole tapes: the same instruction there),
    `50%`, `start`, `end`, `epoch E [batch B] [NAME]`, or NAME: the step at which that matrix is written next.
    """
    return _to(session, resolve(session, location))


@command("restart")
def restart(session: Session) -> Result:
    """Go to step 0, before anything."""
    return _to(session, 0)


def _by_units(session: Session, count: int, unit: Unit) -> Result:
    """`count` units on; with too few ahead, to the end (or the start), which is said."""
    calendar = session.calendar
    ahead = calendar.after(session.step, count, unit) if count > 0 else calendar.before(session.step, -count, unit)
    if ahead is not None:
        return _to(session, ahead)
    edge, word = (session.length, "end") if count > 0 else (0, "start")
    note = f"already at the {word} of the run" if session.step == edge else f"the {word} of the run"
    return _to(session, edge, note)


def _to(session: Session, target: int, note: str = "") -> Result:
    if not session.move(target):
        note = "interrupted"
    spans: Line = here(session)
    if note:
        spans = (*spans, Span(f"  ({note})", "dim"))
    return result(spans, session.position)
