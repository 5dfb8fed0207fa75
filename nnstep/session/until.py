"""The steps where an expression holds, found ahead and behind without looking at every one.

Between the instructions that change it a value stays as it is. So the next step at which an expression holds is the
very next one, or one at which it changes; the previous such step is the one before this, or the last of a stretch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnstep.engine.tape import Tape
from nnstep.errors import CommandError, NnstepError, NotComputedError
from nnstep.session.expression import Expression, clipped
from nnstep.session.search import Searcher
from nnstep.session.stopbook import StepScope
from nnstep.session.stops import Bound, Matcher, ScopeAt, Stop, changes, prepare, readable

if TYPE_CHECKING:
    from nnstep.session.session import Session


class Holds(Matcher):
    """Of the steps at which an expression holds, the first (or going back, the last) of each stretch of them.

    The end of an iteration ends a stretch, too. Going forward, further steps of a stretch may match as well.
    """

    watches = True

    def __init__(self, expression: Expression, *, forward: bool) -> None:
        self.expression = expression
        self.forward = forward

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any], *, exact: bool) -> Bound:
        """Look after every instruction that may change the value, and going back, at the iteration's end."""
        prepare(self.expression, scope)
        indices = changes(self.expression, tape)
        # One parameter alone stays as it is from its update to the iteration's end, where looking costs least.
        alone = len(indices) == 1 and not self.expression.counters and not exact
        late = indices[0] if alone and tape[indices[0]].phase == "update" else 0
        if self.forward:
            return self._first(scope, tape, [len(tape)] if late else indices, late)
        return self._last(scope, tape, indices, late, known)

    def _first(self, scope: ScopeAt, tape: Tape, indices: list[int], late: int) -> Bound:
        def probe(t: int, k: int) -> int:
            return (late or k) if self._holds(scope, tape, t, late or k) else 0

        return indices, probe

    def _last(self, scope: ScopeAt, tape: Tape, indices: list[int], late: int, known: dict[str, Any]) -> Bound:
        end = len(tape)
        from_before = readable(self.expression, tape, 0)

        def probe(t: int, k: int) -> int:
            if k == 0:
                if "held" not in known:
                    known["held"] = self._holds(scope, tape, t, 0)
                return 0
            held = known.get("held", False)
            now = known["held"] = self._holds(scope, tape, t, late or k)
            if k == end and not from_before:
                # The next iteration begins with nothing to read.
                known["held"] = False
            if k == end and now:
                return end
            return (late or k) - 1 if held else 0

        places = {end} if late else {*indices, end}
        return sorted({0, *places} if from_before else places), probe

    def _holds(self, scope: ScopeAt, tape: Tape, t: int, k: int) -> bool:
        scope.t = t
        scope.k = k
        if scope.machine.stepwise and not readable(self.expression, tape, k):
            # An edit is shown wherever it is made, so also where the expression cannot be read yet.
            return False
        try:
            return self.expression.holds(scope)
        except NnstepError as error:
            step = (t - 1) * scope.context.calendar.instructions + k
            raise _failure(self.expression, step, error) from error


def next_holding(session: Session, expression: Expression, *, forward: bool) -> int | None:
    """The next (or previous) step from the session's at which an expression holds; Interrupted as searches are."""
    step = session.step
    neighbour = step + 1 if forward else step - 1
    if not 0 <= neighbour <= session.length:
        return None
    if holds_at(session, expression, neighbour):
        return neighbour
    # A long search leaves on show what was.
    session.timeline.enter(session.position.iteration)
    stop = Stop(0, "until", f"until {expression.text}", Holds(expression, forward=forward))
    searcher = Searcher(session.timeline, [stop], lambda _stop, _step: True, session.go_on)
    found = searcher.ahead(step) if forward else searcher.behind(step)
    if found is not None:
        return found.step
    return 0 if not forward and step > 0 and holds_at(session, expression, 0) else None


def holds_at(session: Session, expression: Expression, step: int) -> bool:
    """Whether an expression holds at a step; not where it reads what is not computed yet."""
    try:
        with np.errstate(all="ignore"):
            return expression.holds(StepScope(session, step))
    except NotComputedError:
        return False
    except NnstepError as error:
        raise _failure(expression, step, error) from error


def _failure(expression: Expression, step: int, error: NnstepError) -> CommandError:
    text = clipped(expression.text)
    message = str(error).removeprefix(f"{text}: ")
    return CommandError(f"{text} fails at step {step}: {message}")
