"""Commands that run to where something holds, in both directions."""

from __future__ import annotations

from nnstep.commands.moving import jump
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.names import canonical
from nnstep.render.position import here
from nnstep.render.text import Span
from nnstep.session import Session
from nnstep.session.location import aim, is_location, written_before
from nnstep.session.until import next_holding


@command("until", alias="u", usage="LOCATION|EXPR")
def until(session: Session, where: Rest) -> Result:
    """Run forward to the first step on the way where EXPR holds, or to a LOCATION ahead; stops are ignored.

    A matrix that is not computed yet makes EXPR false. A text that can be a LOCATION is one (see `help goto`; NAME is
    the step at which that matrix is written next): put parentheses around an expression that is not meant to be. With
    no such step ahead it goes to the end of the run.
    """
    return _until(session, where, forward=True)


@command("reverse-until", usage="LOCATION|EXPR")
def reverse_until(session: Session, where: Rest) -> Result:
    """Run backward to the last step before this one where EXPR held, or to a LOCATION behind; stops are ignored.

    A matrix that is not computed yet makes EXPR false. A text that can be a LOCATION is one, NAME the step at which
    that matrix was written last: put parentheses around an expression that is not meant to be. With no such step behind
    it goes to the start of the run.
    """
    return _until(session, where, forward=False)


def _until(session: Session, where: str, *, forward: bool) -> Result:
    beyond = session.length + 1 if forward else -1
    if is_location(session, where):
        step = _place(session, where, forward=forward)
        ahead = step is not None and (step > session.step if forward else step < session.step)
        return jump(session, step if ahead and step is not None else beyond)
    expression = session.expression(where)
    if session.step == (session.length if forward else 0):
        return jump(session, beyond)
    start = session.place
    found = session.seek(lambda: next_holding(session, expression, forward=forward), forward=forward)
    if session.place != start:
        session.travels.jumped(start)
    if found:
        return result(here(session), session.position)
    note = "interrupted" if session.interrupted else f"the {'end' if forward else 'start'} of the run"
    return result((*here(session), Span(f"  ({note})", "dim")), session.position)


def _place(session: Session, text: str, *, forward: bool) -> int | None:
    """The step that a LOCATION says; None for a matrix that is not written again (or was not before)."""
    name = canonical(" ".join(text.split()))
    if name not in session.tape:
        return aim(session, text)
    return session.written_at(name) if forward else written_before(session, name)
