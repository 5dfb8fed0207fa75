"""Rules at work: as what a catchpoint matches, and asked at one iteration's end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nnstep.engine.machine import Scope
from nnstep.engine.tape import Tape
from nnstep.session.health.rule import Rule, Status
from nnstep.session.stops import Bound, Context, Matcher, ScopeAt
from nnstep.timeline import GoOn, Timeline, always


class Catch(Matcher):
    """The steps that a health rule matches: the iteration's end where it becomes true, for nan the first bad write."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.late = rule.late
        # One more than it looks at: whether it held the iteration before matters as well.
        self.memory = rule.window

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any], *, exact: bool) -> Bound:
        """Look at the iteration's end."""
        del exact
        return self.rule.bind(scope, tape, known).catch(tape, known)

    def found(self, timeline: Timeline, step: int) -> str:
        """What the rule found, and where."""
        iteration, index = timeline.calendar.split(step)
        name = timeline.tape(iteration)[index].name
        status = self.rule.of_matrix(name, timeline.read(name, step))
        if status is None:
            [status] = examine(timeline, [self.rule], iteration)
        return f"{self.rule.name}: {status.text}"


def examine(timeline: Timeline, rules: Iterable[Rule], iteration: int, go_on: GoOn = always) -> list[Status]:
    """What rules say of an iteration's end; the iterations that they look at are run once more."""
    asked = [(rule, rule.absent(timeline.tape(iteration))) for rule in rules]
    examiners = [_Examiner(rule, iteration, timeline) for rule, absent in asked if not absent]
    window = max((examiner.rule.window for examiner in examiners), default=1)
    timeline.search(examiners, max(0, iteration + 1 - window), iteration + 1, go_on=go_on)
    told = {examiner.rule.name: examiner.status for examiner in examiners}
    return [told.get(rule.name) or rule.idle(absent) for rule, absent in asked]


class _Examiner:
    """A rule as the engine's watcher, which notes what it says of one iteration."""

    def __init__(self, rule: Rule, iteration: int, timeline: Timeline) -> None:
        self.rule = rule
        self.status: Status | None = None
        self._t = iteration + 1
        self._context = Context(timeline.calendar, timeline.losses_of)
        self._known: dict[str, Any] = {}

    def bind(self, scope: Scope, tape: Tape) -> Bound:
        """Ask at every iteration's end, and note the answer of the last."""
        check = self.rule.bind(ScopeAt(scope, self._context), tape, self._known)

        def ask(t: int, _k: int) -> int:
            check.holds(t)
            if t == self._t:
                self.status = check.status(t)
            return 0

        return (len(tape),), ask
