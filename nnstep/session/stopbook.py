"""The stops of a session: setting them, finding them, and what an arrival changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.names import shown
from nnstep.engine.tape import PHASES, Tape
from nnstep.errors import CommandError, NnstepError, NotComputedError
from nnstep.session.expression import Expression
from nnstep.session.operations import Value, truth
from nnstep.session.search import Found, Searcher
from nnstep.session.stops import Matcher, Place, Stop, Watch
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

PLACES = "a matrix, a phase, layer N, batch N or epoch N"

MOST_REACHED = 64
"""Hits of a stop whose steps are remembered."""

_NUMBERED = re.compile(r"(layer|batch|epoch)\s+(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """Stops as they were at some time, and the number that the next one was to get."""

    stops: tuple[Stop, ...]
    following: int


class Stopbook:
    """All stops of a session, by number."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stops: dict[int, Stop] = {}
        self._next = 1

    def __iter__(self) -> Iterator[Stop]:
        return iter(self._stops.values())

    def __len__(self) -> int:
        return len(self._stops)

    def __getitem__(self, number: int) -> Stop:
        if number not in self._stops:
            known = ", ".join(str(each) for each in self._stops) or "none"
            raise CommandError(f"no stop {number}; there are {known}")
        return self._stops[number]

    def add(self, kind: str, text: str, matcher: Matcher, condition: str | None, *, once: bool = False) -> Stop:
        """A new stop under the next number."""
        compiled = self._session.expression(condition) if condition is not None else None
        stop = Stop(self._next, kind, text, matcher, compiled, once=once)
        self._stops[stop.number] = stop
        self._next += 1
        return stop

    def delete(self, number: int) -> None:
        """Take a stop away; its number is not given again."""
        del self._stops[self[number].number]

    def clear(self) -> None:
        """Take all stops away, and count from 1 again."""
        self._stops.clear()
        self._next = 1

    @property
    def kept(self) -> Kept:
        """The stops as they are now, as copies that stay so."""
        return Kept(tuple(_copy(stop) for stop in self), self._next)

    def restore(self, kept: Kept) -> None:
        """Have the stops as they were kept."""
        self._stops = {stop.number: _copy(stop) for stop in kept.stops}
        self._next = kept.following

    def find(self, step: int, *, forward: bool) -> Found | None:
        """The next or previous step from `step` that an enabled stop matches."""
        session = self._session
        stops = [stop for stop in self if stop.enabled]
        searcher = Searcher(session.timeline, stops, self._holds, session.go_on)
        return searcher.ahead(step) if forward else searcher.behind(step)

    def arrive(self, found: Found) -> list[Stop]:
        """Count a visit to a step; the stops at which the debugger is to stand still."""
        stopping = []
        for stop in found.stops:
            stop.hits += 1
            stop.reached = (*stop.reached[1 - MOST_REACHED :], found.step)
            if stop.ignore:
                stop.ignore -= 1
                continue
            stopping.append(stop)
            if stop.once:
                self.delete(stop.number)
        return stopping

    def note(self, stops: list[Stop], step: int) -> None:
        """Have stops say what they found at a step."""
        for stop in stops:
            stop.note = stop.matcher.found(self._session.timeline, step)

    def _holds(self, stop: Stop, step: int) -> bool:
        condition = stop.condition
        assert condition is not None
        try:
            return truth(condition.value(StepScope(self._session, step)))
        except NotComputedError:
            return False
        except NnstepError as error:
            raise CommandError(f"the condition of stop {stop.number} fails at step {step}: {error}") from error


class StepScope:
    """The scope of an expression at any step."""

    def __init__(self, session: Session, step: int) -> None:
        self._session = session
        self._step = step

    def read(self, name: str) -> Value:
        """A matrix or setting."""
        return self._session.timeline.read(name, self._step)

    def old(self, name: str) -> Value:
        """A parameter's or slot's value at the iteration's start."""
        return self._session.timeline.old(name, self._step)

    def counter(self, name: str) -> Value:
        """One of COUNTERS."""
        return self._session.counter_at(name, self._step)


def place(tape: Tape, batches: int, text: str) -> Place:
    """The steps that the WHERE of a breakpoint says: PLACES, but for the matrix, which is a name already."""
    if text in PHASES:
        return Place((tape.phase_span(text)[0],))
    numbered = _NUMBERED.fullmatch(text)
    if numbered is None:
        return Place((tape.named(text).index,))
    word, number = numbered.group(1), int(numbered.group(2))
    if word == "layer":
        return Place(_layer_starts(tape, number))
    if number < 1:
        raise CommandError(f"break {word} N counts from 1, got {number}")
    if word == "epoch":
        return Place((1,), first=(number - 1) * batches, only=True)
    if number > batches:
        raise CommandError(f"no batch {number}: an epoch has batches 1 to {batches}")
    return Place((1,), first=number - 1, every=batches)


def is_numbered(text: str) -> bool:
    """Whether a WHERE is a layer, batch or epoch."""
    return _NUMBERED.fullmatch(text) is not None


def _layer_starts(tape: Tape, layer: int) -> tuple[int, ...]:
    starts = (1, *(end + 1 for end in tape.layer_ends[:-1]))
    found = tuple(start for start in starts if tape[start].layer == layer)
    if not found:
        last = max((instruction.layer or 0 for instruction in tape), default=0)
        raise CommandError(f"no layer {layer}: there are 1 to {last}")
    return found


def changed_values(session: Session, stop: Stop, step: int) -> tuple[Value, Value] | None:
    """A watch's value before and at a step it matches; None for other stops."""
    if not isinstance(stop.matcher, Watch):
        return None
    expression: Expression = stop.matcher.expression
    after = np.array(expression.value(StepScope(session, step)))
    iteration, _ = session.calendar.split(step)
    for earlier in (step - 1, iteration * session.calendar.instructions):
        try:
            before = np.array(expression.value(StepScope(session, earlier)))
        except NotComputedError:
            continue
        session.timeline.enter(iteration)
        return before, after
    return None


def _copy(stop: Stop) -> Stop:
    return replace(stop, commands=list(stop.commands))


def described(stop: Stop) -> str:
    """A stop as lists show it."""
    return f"{stop.number}  {shown(str(stop))}"
