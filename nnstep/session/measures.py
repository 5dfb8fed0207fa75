"""What the training view draws beside the losses: gradients, updates and zero activations by layer, over the run.

Nothing is measured until it is asked for; then the iterations that are not known yet are run through once. Of a long
run every second, fourth, eighth … iteration is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from nnstep.engine.compiler import Probe
from nnstep.engine.machine import Scope
from nnstep.engine.names import gradient_of
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.timeline import GoOn, Timeline

if TYPE_CHECKING:
    from nnstep.session.session import Session

MOST = 1024
"""Iterations kept of a timeline."""


@dataclass
class Record:
    """What was measured: one row of numbers for each of the steps.

    until  iterations that have been looked at; every stride-th is kept
    """

    names: tuple[str, ...] = ()
    steps: list[int] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    until: int = 0
    stride: int = 1

    def add(self, step: int, row: list[float]) -> None:
        """Keep a row; of too many, every second one goes."""
        self.steps.append(step)
        self.rows.append(row)
        if len(self.steps) > MOST:
            self.stride *= 2
            self.steps, self.rows = self.steps[1::2], self.rows[1::2]

    def curves(self, kind: str, step: int) -> tuple[Matrix, dict[str, Matrix]]:
        """The steps up to one, and for each name of a kind (`gradient`, `update`, `zeros`) its values there."""
        # Another thread may be about to add a row.
        count = min(int(np.searchsorted(self.steps, step, side="right")), len(self.rows))
        table = np.array(self.rows[:count]).reshape(count, len(self.names))
        steps = np.array(self.steps[:count], dtype=np.int64)
        chosen = {name: place for place, name in enumerate(self.names) if name.startswith(f"{kind} ")}
        return steps, {name.partition(" ")[2]: table[:, place] for name, place in chosen.items()}


class Measures:
    """The records of a session's timelines."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records: WeakKeyDictionary[Timeline, Record] = WeakKeyDictionary()

    def known(self, timeline: Timeline) -> Record:
        """What is known already."""
        return self._records.get(timeline, Record())

    def of(self, timeline: Timeline, go_on: GoOn | None = None) -> Record:
        """The record of a timeline up to this step; Interrupted where the way was, or if `go_on` says so."""
        session = self._session
        record = self._records.setdefault(timeline, Record())
        finished = session.step // timeline.calendar.instructions
        if record.until < finished:
            watcher = _Measuring(record)
            with session.searching(finished):
                timeline.search([watcher], record.until, finished, go_on=go_on or session.go_on)
        return record


class _Measuring:
    """A watcher that matches nothing and measures at iteration ends."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def bind(self, scope: Scope, tape: Tape) -> tuple[Sequence[int], Probe]:
        """Look after the last instruction."""
        record, last = self._record, len(tape)
        measures = dict(_measures(scope, tape))
        record.names = tuple(measures)
        functions = [*measures.values()]

        def look(t: int, _k: int) -> int:
            if t > record.until:
                record.until = t
                if t % record.stride == 0:
                    record.add(t * last, [function() for function in functions])
            return 0

        return (last,), look


def _measures(scope: Scope, tape: Tape) -> list[tuple[str, Callable[[], float]]]:
    """What there is to measure, by name."""
    found: list[tuple[str, Callable[[], float]]] = []
    updated = [item.name for item in tape if item.phase == "update" and gradient_of(item.name) in tape]
    for name in updated:
        gradient, now, old = scope.arrays[gradient_of(name)], scope.arrays[name], scope.old(name)
        found.append((f"gradient {gradient_of(name)}", partial(_norm, gradient)))
        found.append((f"update {name}", partial(_ratio, now, old)))
    for item in tape:
        if item.phase == "forward" and any(term.formula.text == "max(0, {x})" for term in item.terms):
            values = scope.arrays[item.name]
            found.append((f"zeros {item.name}", partial(_zeros, values)))
    return found


def _norm(matrix: Matrix) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(matrix, dtype=np.float64))))


def _zeros(matrix: Matrix) -> float:
    return float(np.mean(matrix == 0))


def _ratio(now: Matrix, old: Matrix) -> float:
    size = _norm(old)
    return _norm(now - old) / size if size else float("nan")
