"""update-ratio and unchanged-parameter: how far an update moves what it moves."""

from __future__ import annotations

import math
from typing import Any

from nnstep.engine.tape import Tape
from nnstep.session.health.measures import Updates
from nnstep.session.health.rule import Check, Limit, Rule, Status
from nnstep.session.stops import ScopeAt


class UpdateRatio(Rule):
    """Weights that an update moves too much or too little."""

    name = "update-ratio"
    meaning = "an update is too large or too small for the weights it changes; about 1e-3 is usual"
    formula = "norm(W - old(W)) / norm(old(W)) > above or < below, for W[l] of each layer (in a graph: every parameter)"
    source = "Karpathy, CS231n; Amazon SageMaker Debugger"
    limits = (Limit("above", 1e-1, "the ratio"), Limit("below", 1e-8, "the ratio"))

    def absent(self, tape: Tape) -> str:
        return _nothing_moves(tape)

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _RatioCheck(self, Updates.of(scope.machine))


class UnchangedParameter(Rule):
    """A parameter that its update leaves as it was."""

    name = "unchanged-parameter"
    meaning = "a trainable parameter is bit for bit the same after its update"
    formula = "all(W == old(W)), bit for bit"
    source = "Amazon SageMaker Debugger (UnchangedTensor)"

    def absent(self, tape: Tape) -> str:
        return _nothing_moves(tape)

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _UnchangedCheck(self, Updates.of(scope.machine))


def _nothing_moves(tape: Tape) -> str:
    return "" if tape.phase_span("update")[1] else "the model has no trainable parameter"


class _RatioCheck(Check):
    def __init__(self, rule: Rule, updates: Updates) -> None:
        self._rule = rule
        self._updates = updates
        self._above, self._below = rule.limit("above"), rule.limit("below")
        self._high = math.inf if self._above is None else self._above
        self._low = -1.0 if self._below is None else self._below
        self._at = 0
        self._sizes: list[float] = []
        self._drift: list[float] = []

    def holds(self, t: int) -> bool:
        changes = self._updates.at(t)
        if self._surely_within(t, changes):
            return False
        self._sizes, self._drift = self._updates.sizes(t), changes.copy()
        for place in self._updates.weights:
            size = self._sizes[place]
            if size and (changes[place] > self._high * size or changes[place] < self._low * size):
                return True
        return False

    def _surely_within(self, t: int, changes: list[float]) -> bool:
        """Whether the sizes measured last, which have changed by no more than the updates since, settle it."""
        if self._at != t - 1 or not self._sizes:
            self._at = t
            return False
        self._at = t
        drift, sizes = self._drift, self._sizes
        for place in self._updates.weights:
            change, size, by = changes[place], sizes[place], drift[place]
            # A thousandth more than that covers what rounding adds.
            if not (self._low * (size + by) * 1.001 <= change <= self._high * (size - by) * 0.999):
                return False
            drift[place] = by + change
        return True

    def status(self, t: int) -> Status:
        updates, sizes = self._updates, self._updates.sizes(t)
        ratios = {place: updates.at(t)[place] / sizes[place] for place in updates.weights if sizes[place]}
        if not ratios:
            return self._rule.idle("all weights are 0, so there is no ratio")
        low, high = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
        if self._above is None or (self._below is not None and ratios[low] < self._below):
            fires = self._below is not None and ratios[low] < self._below
            return self._told(low, ratios[low], "below", self._below, fires=fires)
        return self._told(high, ratios[high], "above", self._above, fires=ratios[high] > self._above)

    def _told(self, place: int, ratio: float, word: str, limit: float | None, *, fires: bool) -> Status:
        name = self._updates.names[place]
        return self._rule.found(f"‖Δ{name}‖ / ‖{name}‖ = {{}}", ratio, word, limit, fires=fires)


class _UnchangedCheck(Check):
    def __init__(self, rule: Rule, updates: Updates) -> None:
        self._rule = rule
        self._updates = updates

    def holds(self, t: int) -> bool:
        return any(self._unchanged(place, change) for place, change in enumerate(self._updates.at(t)))

    def status(self, t: int) -> Status:
        names, changes = self._updates.names, self._updates.at(t)
        same = [name for place, name in enumerate(names) if self._unchanged(place, changes[place])]
        listed = ", ".join(same[:4]) + (" …" if len(same) > 4 else "")
        text = f"{listed} unchanged" if same else f"{len(names)} of {len(names)} parameters moved"
        return self._rule.found(text, len(same), fires=bool(same))

    def _unchanged(self, place: int, change: float) -> bool:
        # NaN less NaN is NaN, so what is no positive number is compared byte for byte.
        return not change > 0 and self._updates.same(place)
