"""Stops: breakpoints, watchpoints and catchpoints, and how each looks at a running iteration.

A stop matches steps. What it matches depends on the run alone, so a stop is found going back exactly where it is found
going forward.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from nnstep.engine.compiler import Probe
from nnstep.engine.machine import Scope
from nnstep.engine.tape import Tape
from nnstep.errors import CommandError, NnstepError
from nnstep.session.confinement import Confinement
from nnstep.session.expression import Expression
from nnstep.session.operations import Matrix, Value
from nnstep.timeline import Calendar, Timeline
from nnstep.values import dataclass

Bound = tuple[Sequence[int], Probe]
"""The instructions after which to look (0: before the first), and what is to be called there."""


@dataclass(frozen=True)
class Context:
    """What matchers must know of the run: how its steps divide, and the losses of so many finished iterations."""

    calendar: Calendar
    losses: Callable[[int], Matrix]


class Matcher(ABC):
    """The steps that a stop matches.

    memory  how many earlier iterations it must have seen
    late    whether a match is known only later in its iteration, so that a condition has to be looked at afterwards
    watches whether it looks at values, so that an edit is to be shown to it as well
    """

    memory = 0
    late = False
    watches = False

    @abstractmethod
    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any], *, exact: bool) -> Bound:
        """Look at the matrices of one batch size; `known` is what it remembers over batch sizes.

        exact: the probe is called where the match is, not later in the iteration.
        """

    def ahead(self, step: int, calendar: Calendar) -> int | None:
        """The next step it matches, where that needs no running; None else."""
        return None

    def behind(self, step: int, calendar: Calendar) -> int | None:
        """The previous step it matches, where that needs no running; None else."""
        return None

    def found(self, timeline: Timeline, step: int) -> str:
        """What is to be said on reaching a step it matches."""
        return ""

    @property
    def arithmetic(self) -> bool:
        """Whether `ahead` and `behind` tell all."""
        return False


@dataclass
class Stop:
    """A place at which `continue` stops.

    number     by which commands name it
    kind       break, watch or catch; text, the whole of what the user asked for
    condition  what must hold there besides
    ignore     how many more matches to pass over; hits, how many there were
    once       it goes with its first hit (tbreak)
    commands   lines to run when it is reached, and what they may reach: as much as whoever has given them
    note       what a watch or catch found when it was last reached
    reached    the steps of its last hits, the latest last
    """

    number: int
    kind: str
    text: str
    matcher: Matcher
    condition: Expression | None = None
    enabled: bool = True
    once: bool = False
    ignore: int = 0
    hits: int = 0
    commands: list[str] = field(default_factory=list)
    confinement: Confinement | None = None
    note: str = ""
    reached: tuple[int, ...] = ()

    @property
    def arithmetic(self) -> bool:
        """Whether the steps it matches are known without running."""
        return self.matcher.arithmetic and self.condition is None

    def __str__(self) -> str:
        return self.text + (f" if {self.condition.text}" if self.condition else "")


class ScopeAt:
    """The scope of an expression while an iteration runs: the machine's matrices, and where it is.

    Attributes: t, the iteration counted from 1; k, the instruction just run.
    """

    def __init__(self, scope: Scope, context: Context) -> None:
        self.machine = scope
        self.read = scope.read
        self.old = scope.old
        self.context = context
        self.t = 1
        self.k = 0

    def counter(self, name: str) -> Value:
        """One of COUNTERS."""
        calendar = self.context.calendar
        if name == "losses":
            return self.context.losses(self.t - (self.k < calendar.instructions))
        if name == "m":
            return self.machine.rows
        return getattr(calendar.position((self.t - 1) * calendar.instructions + self.k), name)


class StopWatcher:
    """A stop as the engine's watcher: its matcher, then its condition.

    watches: it compares values, so that an edit is to be shown to it as well.
    """

    def __init__(self, stop: Stop, context: Context) -> None:
        self.watches = stop.matcher.watches
        self._stop = stop
        self._context = context
        self._known: dict[str, Any] = {}

    def bind(self, scope: Scope, tape: Tape) -> Bound:
        """The instructions at which the stop may match, and the test."""
        condition = self._stop.condition
        at = ScopeAt(scope, self._context)
        exact = condition is not None or scope.stepwise
        indices, probe = self._stop.matcher.bind(at, tape, self._known, exact=exact)
        if condition is None or self._stop.matcher.late:
            return indices, probe
        return indices, conditional(probe, self._stop, at, {k for k in indices if readable(condition, tape, k)})


def conditional(probe: Probe, stop: Stop, scope: ScopeAt, readable_at: set[int]) -> Probe:
    """The probe, where the stop's condition can be read and holds as well."""
    condition = stop.condition
    assert condition is not None
    prepare(condition, scope)
    holds = condition.holds

    def both(t: int, k: int) -> int:
        match = probe(t, k)
        if match not in readable_at:
            return 0
        scope.t = t
        scope.k = match
        try:
            return match if holds(scope) else 0
        except NnstepError as error:
            step = (t - 1) * scope.context.calendar.instructions + match
            raise CommandError(f"the condition of stop {stop.number} fails at step {step}: {error}") from error

    return both


def prepare(expression: Expression, scope: ScopeAt) -> None:
    """Have the values at the iteration's start kept, and the data, if the expression asks for them."""
    for name in expression.old_names:
        scope.old(name)
    for name in expression.names:
        scope.machine.keep_input(name)
    if "t" in expression.names:
        # The machine counts iterations only for an optimizer that does.
        read = scope.machine.read
        scope.read = lambda name: np.array(float(scope.t)) if name == "t" else read(name)


def readable(expression: Expression, tape: Tape, k: int) -> bool:
    """Whether all that an expression reads can be read after instruction k."""
    return all(
        tape.named(name).index <= k for name in expression.names if name in tape and tape.named(name).phase != "update"
    )


def changes(expression: Expression, tape: Tape) -> list[int]:
    """The instructions after which an expression's value may be another one than before."""
    written = {tape.named(name).index for name in expression.names if name in tape}
    if "step" in expression.counters:
        written |= set(range(1, len(tape) + 1))
    if expression.old_names or {"t", "epoch", "batch", "iteration", "m"} & {*expression.names, *expression.counters}:
        written.add(1)
    if "losses" in expression.counters:
        written.add(len(tape))
    first = max(
        (tape.named(name).index for name in expression.names if name in tape and tape.named(name).phase != "update"),
        default=0,
    )
    return sorted({max(k, first) for k in written})


class Watch(Matcher):
    """The steps at which a value differs, byte for byte, from the last earlier one that could be read."""

    memory = 1
    watches = True

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any], *, exact: bool) -> Bound:
        """Look after every instruction that may change the value, and once before all."""
        prepare(self.expression, scope)
        indices = changes(self.expression, tape)
        evaluate = self.expression.evaluate
        # One parameter alone stays as it is from its update to the iteration's end, where looking costs least.
        alone = len(indices) == 1 and not self.expression.counters and not exact
        late = indices[0] if alone and tape[indices[0]].phase == "update" else 0

        def differs(t: int, k: int) -> int:
            scope.t, scope.k = t, k
            value = np.asarray(evaluate(scope)).tobytes()
            before = known.get("value", value)
            known["value"] = value
            return (late or k) if value != before else 0

        def begin(t: int, k: int) -> int:
            if "value" not in known:
                differs(t, k)
            return 0

        def probe(t: int, k: int) -> int:
            return differs(t, k) if k else begin(t, k)

        def stepwise(t: int, k: int) -> int:
            return probe(t, k) if readable(self.expression, tape, k) else 0

        places = [len(tape)] if late else indices
        places = [0, *places] if readable(self.expression, tape, 0) else places
        # An edit is shown to a watch wherever it is made, so also where the value cannot be read yet.
        return places, stepwise if scope.machine.stepwise else probe


@dataclass(frozen=True)
class Place(Matcher):
    """The steps of a breakpoint: fixed instructions of the iterations `first`, `first` + `every`, … (`count` of them).

    indices  the instructions, for any batch size
    """

    indices: tuple[int, ...]
    first: int = 0
    every: int = 1
    only: bool = False

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any], *, exact: bool) -> Bound:
        """Every visit of one of its instructions, in the iterations that count."""
        first, every, only = self.first, self.every, self.only

        def here(t: int, k: int) -> int:
            passed = t - 1 - first
            return k if passed == 0 or (passed > 0 and not only and passed % every == 0) else 0

        return self.indices, here if (first, every) != (0, 1) else lambda _t, k: k

    @property
    def arithmetic(self) -> bool:
        return True

    def ahead(self, step: int, calendar: Calendar) -> int | None:
        """The next matching step."""
        iteration, index = calendar.split(step)
        later = [k for k in self.indices if k > index]
        if later and self._counts(iteration):
            return iteration * calendar.instructions + later[0]
        following = self.first if iteration < self.first else self._following(iteration)
        if following is None or following >= calendar.iterations:
            return None
        return following * calendar.instructions + self.indices[0]

    def behind(self, step: int, calendar: Calendar) -> int | None:
        """The previous matching step."""
        iteration, index = calendar.split(step)
        earlier = [k for k in self.indices if k < index]
        if earlier and self._counts(iteration):
            return iteration * calendar.instructions + earlier[-1]
        if iteration <= self.first:
            return None
        passed = 0 if self.only else (iteration - self.first - 1) // self.every
        return (self.first + passed * self.every) * calendar.instructions + self.indices[-1]

    def _counts(self, iteration: int) -> bool:
        passed = iteration - self.first
        return passed == 0 or (passed > 0 and not self.only and passed % self.every == 0)

    def _following(self, iteration: int) -> int | None:
        if self.only:
            return None
        return self.first + ((iteration - self.first) // self.every + 1) * self.every
