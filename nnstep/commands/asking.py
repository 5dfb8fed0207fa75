"""Commands that ask where a number came from, and how it went over the run."""

from __future__ import annotations

from nnstep.commands.looking import parse_cell
from nnstep.commands.moving import jump
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.commands.stopping import split_condition, watched
from nnstep.engine.names import canonical
from nnstep.errors import CommandError
from nnstep.render.explanation import show
from nnstep.render.position import here
from nnstep.render.stops import change_line
from nnstep.render.text import Span
from nnstep.session import Session
from nnstep.session.search import Searcher
from nnstep.session.stopbook import changed_values
from nnstep.session.stops import Stop, Watch
from nnstep.timeline import Interrupted

NOTHING = Rest("")


@command("why", keys={"y": "why "}, usage="[NAME[i,j]]")
def why(session: Session, cell: Rest = NOTHING) -> Result:
    """Walk back from a cell that is NaN, ∞, zero or large to where that began, over instructions and iterations.

    Every line is a cell: the step that wrote it (`goto` takes it), its value, its formula and the operand to blame. NaN
    and ∞ are followed to the instruction that made them, and on along the large numbers that overflowed, to the first
    value beyond 1e6 in size that came of smaller ones; a zero to the factor that is zero. Any other value is followed
    along its largest contributions to a version of a parameter, or to a row of the data. NAME alone means its first
    NaN, else its first ∞, else its largest value; nothing at all, that of the matrix just written.
    """
    # What walks back is loaded only for who asks, here and below: the app starts sooner.
    from nnstep.render.why import why_lines
    from nnstep.session.why import why as find_cause

    name, index = _cell(session, cell)
    try:
        with session.searching(session.position.iteration):
            chain = find_cause(session.timeline, (name, index), session.step, show, session.go_on)
    except Interrupted:
        return result("interrupted on the way back")
    value = [(link.name, link.index, link.step, link.value) for link in chain.links]
    return result(why_lines(chain, session.step, session.calendar), value)


@command("history", keys={"h": "history "}, usage="[EXPR]")
def history(session: Session, expr: Rest = NOTHING) -> Result:
    """Show a number at the end of every iteration so far: a small chart, the first and last values, the extremes.

    EXPR is one number, such as W[1][0,0], norm(dW[1]) or lr; without it, the loss. Inside an iteration the value at
    this step is added, if it can be read. In the chart × is NaN; numbers of very different sizes are drawn by their
    logarithms.
    """
    from nnstep.render.history import history_lines
    from nnstep.session.history import history as record

    found = record(session, session.expression(expr or session.tape.loss))
    return result(history_lines(found, session.calendar), found.values)


@command("last", usage="NAME[i,j] | EXPR [if EXPR]")
def last(session: Session, expr: Rest) -> Result:
    """Jump back to the last step before this one at which a value changed, and show old and new.

    It may be a cell, a whole matrix or any expression: what `watch` would stop at on the way back. With `if`, the last
    such step at which the condition held: `last L if L > losses[-1]`.
    """
    text, condition = split_condition(expr)
    holds = session.expression(condition) if condition is not None else None
    stop = Stop(0, "watch", f"last {text}", Watch(watched(session, text, "last")), holds)
    if session.step == 0:
        return jump(session, -1)
    start = session.place

    def look() -> int | None:
        searcher = Searcher(session.timeline, [stop], lambda _stop, _step: True, session.go_on)
        found = searcher.behind(session.step)
        return None if found is None else found.step

    found = session.seek(look, forward=False)
    if session.place != start:
        session.travels.jumped(start)
    if not found:
        note = "interrupted" if session.interrupted else "it never changed before: the start of the run"
        return result((*here(session), Span(f"  ({note})", "dim")), session.position)
    values = changed_values(session, stop, session.step)
    return result([*([change_line(*values)] if values else []), here(session)], session.position)


@command("bisect", usage="EXPR")
def bisect(session: Session, expr: Rest) -> Result:
    """Jump to the end of the first iteration from which EXPR holds for good.

    It must be false at the start of the run and true at its end, and stay true once it is, such as `isnan(L)` or
    `L < 0.1`: then a few iteration ends, each half as far from the next, tell where it turns.
    """
    try:
        from nnstep.session.history import turn

        found = turn(session, session.expression(expr))
    except Interrupted:
        return result((*here(session), Span("  (interrupted)", "dim")), session.position)
    outcome = jump(session, found.step)
    note = f"  (looked at {found.looked} of {session.calendar.iterations} iteration ends)"
    return result((*outcome.lines[0], Span(note, "dim")), session.position)


def _cell(session: Session, text: str) -> tuple[str, tuple[int, ...]]:
    if text:
        name, index = parse_cell(session, text, "why")
        if canonical(" ".join(text.split())) != name:
            return name, index
    elif session.instruction is None:
        raise CommandError("why takes a cell, such as Z[1][0,0]; nothing has been written yet")
    else:
        name = session.instruction.name
    from nnstep.session.why import worst

    return name, worst(session.read(name))
