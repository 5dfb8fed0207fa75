"""A number over the iterations: its value at each iteration's end, and the first end at which a condition holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.compiler import Probe
from nnstep.engine.machine import Scope
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.errors import CommandError, NotComputedError
from nnstep.session.expression import Expression, clipped
from nnstep.session.operations import Value, truth
from nnstep.session.stopbook import StepScope
from nnstep.session.stops import Context, ScopeAt, prepare
from nnstep.timeline import Interrupted
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session


@dataclass(frozen=True, eq=False)
class History:
    """An expression over the iterations finished at a step.

    steps    the ends of the iterations at which it could be worked out; values, what it was there
    present  what it is now, inside an iteration; None at an iteration's end, or where it cannot be read yet
    """

    text: str
    steps: Matrix
    values: Matrix
    present: float | None
    interrupted: bool = False


class _Recorder:
    """A watcher that matches nothing and writes down a value at every iteration's end.

    Attributes: steps, values.
    """

    def __init__(self, expression: Expression, context: Context, batch: int) -> None:
        self.steps: list[int] = []
        self.values: list[float] = []
        self._expression = expression
        self._context = context
        self._batch = batch

    def bind(self, scope: Scope, tape: Tape) -> tuple[Sequence[int], Probe]:
        """Look after the last instruction."""
        at = ScopeAt(scope, self._context)
        prepare(self._expression, at)
        last = len(tape)
        smaller = scope.rows < self._batch

        def record(t: int, k: int) -> int:
            at.t = t
            at.k = k
            try:
                value = self._expression.value(at)
            except CommandError:
                # A row that the epoch's last, smaller batch does not have is a gap.
                if smaller:
                    return 0
                raise
            self.values.append(_one_number(self._expression, value))
            self.steps.append(t * last)
            return 0

        return (last,), record


def history(session: Session, expression: Expression) -> History:
    """The values at the ends of the iterations finished at the session's step, and the one here.

    CommandError unless the expression is one number.
    """
    timeline, calendar = session.timeline, session.calendar
    finished, within = divmod(session.step, calendar.instructions)
    context = Context(calendar, timeline.losses_of)
    recorder = _Recorder(expression, context, timeline.batches.size)
    present = _present(session, expression) if within or not finished else None
    if not finished and present is None:
        raise CommandError(f"{clipped(expression.text)}: no iteration is finished yet; `step batch` runs one")
    interrupted = False
    try:
        with session.searching(finished):
            timeline.search([recorder], 0, finished, go_on=session.go_on)
    except Interrupted:
        interrupted = True
    return History(
        expression.text,
        np.array(recorder.steps, dtype=np.int64),
        np.array(recorder.values, dtype=np.float64),
        present,
        interrupted,
    )


def _present(session: Session, expression: Expression) -> float | None:
    try:
        return _one_number(expression, expression.value(session))
    except NotComputedError:
        return None


def _one_number(expression: Expression, value: Value) -> float:
    if np.size(value) != 1:
        size = "×".join(str(n) for n in np.shape(value))
        text = clipped(expression.text)
        raise CommandError(f"history takes one number, and {text} is {size}: try a cell of it, or norm({text})")
    return float(np.asarray(value).reshape(()))


@dataclass(frozen=True)
class Turn:
    """The end of the first iteration from which a condition holds for good, and how many ends were looked at."""

    step: int
    looked: int


def turn(session: Session, expression: Expression) -> Turn:
    """Bisect the run for a condition that stays true once it is; CommandError where its ends do not differ."""
    calendar = session.calendar
    looked = 0

    def holds(iterations: int) -> bool:
        nonlocal looked
        looked += 1
        step = iterations * calendar.instructions
        session.timeline.enter(calendar.split(step)[0], session.go_on)
        try:
            return truth(expression.value(StepScope(session, step)))
        except NotComputedError:
            return False

    text = clipped(expression.text)
    low, high = 0, calendar.iterations
    with session.searching(high):
        if not holds(high):
            raise CommandError(f"{text} does not hold at the end of the run: bisect finds where it begins to for good")
        if holds(low):
            raise CommandError(f"{text} holds at the start already: bisect finds where it begins to")
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(middle) else (middle, high)
    return Turn(high * calendar.instructions, looked)
