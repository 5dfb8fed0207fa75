"""exploding-gradient and vanishing-gradient: gradients that grow or shrink on their way back."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any, ClassVar

from nnstep.engine.tape import Tape
from nnstep.session.health.measures import Gradients
from nnstep.session.health.rule import Check, Limit, Rule, Status
from nnstep.session.stops import ScopeAt

SMALL_FIRST = 1e-4
"""The first layer's gradient has to be below this for a small ratio to mean anything (AutoTrainer)."""


class ExplodingGradient(Rule):
    """A gradient too large, or growing too much towards the first layer."""

    name = "exploding-gradient"
    meaning = "a parameter's gradient is huge, or the first layer's is far larger than the last one's"
    formula = "norm(dW) > above, or norm(dW[1]) / norm(dW[last]) > ratio"
    source = "Pascanu et al. 2013; ratio: AutoTrainer (Zhang et al. 2021)"
    limits = (Limit("above", 1e4, "the norm"), Limit("ratio", 70.0, "first / last"))

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Exploding(self, Gradients.of(scope.machine))


class VanishingGradient(Rule):
    """A gradient too small, or shrinking too much towards the first layer."""

    name = "vanishing-gradient"
    meaning = "a parameter's gradient is tiny but not 0, or the first layer's is far smaller than the last one's"
    formula = f"0 < norm(dW) < below, or norm(dW[1]) / norm(dW[last]) < ratio with norm(dW[1]) < {SMALL_FIRST:g}"
    source = "norm: Amazon SageMaker Debugger; ratio: AutoTrainer (Zhang et al. 2021)"
    limits = (Limit("below", 1e-7, "the norm"), Limit("ratio", 1e-3, "first / last"))

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Vanishing(self, Gradients.of(scope.machine))


class _GradientCheck(Check):
    """Both rules: a test of every gradient's norm, and one of the first layer's against the last one's."""

    word: ClassVar[str]

    def __init__(self, rule: Rule, gradients: Gradients) -> None:
        self._rule = rule
        self._gradients = gradients
        self._ends = (gradients.layers[0], gradients.layers[-1]) if len(gradients.layers) > 1 else None
        self._limit = rule.limit(self.word)
        self._ratio = rule.limit("ratio")

    def holds(self, t: int) -> bool:
        norms = self._gradients.at(t)
        if self._limit is not None and norms and not self._all_within(norms, self._limit):
            for norm in norms:
                if self._beyond(norm, self._limit):
                    return True
        return self._apart(norms)

    def status(self, t: int) -> Status:
        norms, names = self._gradients.at(t), self._gradients.names
        if self._ends is not None and (self._apart(norms) or self._limit is None):
            first, last = self._ends
            value = norms[first] / norms[last] if norms[last] else float("nan")
            text = f"‖{names[first]}‖ / ‖{names[last]}‖ = {{}}"
            return self._rule.found(text, value, "ratio", self._ratio, fires=self._apart(norms))
        if self._limit is None or not norms:
            return self._rule.idle("fewer than two layers are trained")
        beyond = [place for place, norm in enumerate(norms) if self._beyond(norm, self._limit)]
        place = self._worst(beyond or list(range(len(norms))), norms)
        return self._rule.found(f"‖{names[place]}‖ = {{}}", norms[place], self.word, self._limit, fires=bool(beyond))

    def _apart(self, norms: list[float]) -> bool:
        if self._ratio is None or self._ends is None:
            return False
        first, last = self._ends
        return self._too_far(norms[first], norms[last], self._ratio)

    @abstractmethod
    def _all_within(self, norms: list[float], limit: float) -> bool:
        """A quick way to see that no norm is beyond; False, with a NaN among them, tells nothing."""

    @abstractmethod
    def _beyond(self, norm: float, limit: float) -> bool:
        """Whether a gradient's norm is too large or too small."""

    @abstractmethod
    def _too_far(self, first: float, last: float, ratio: float) -> bool:
        """Whether the first layer's gradient is too far from the last one's."""

    @abstractmethod
    def _worst(self, places: list[int], norms: list[float]) -> int:
        """The gradient to be named."""


class _Exploding(_GradientCheck):
    word = "above"

    def _all_within(self, norms: list[float], limit: float) -> bool:
        return max(norms) <= limit

    def _beyond(self, norm: float, limit: float) -> bool:
        return norm > limit

    def _too_far(self, first: float, last: float, ratio: float) -> bool:
        return last != 0 and first > ratio * last

    def _worst(self, places: list[int], norms: list[float]) -> int:
        return max(places, key=norms.__getitem__)


class _Vanishing(_GradientCheck):
    word = "below"

    def _all_within(self, norms: list[float], limit: float) -> bool:
        return min(norms) >= limit

    def _beyond(self, norm: float, limit: float) -> bool:
        return 0 < norm < limit

    def _too_far(self, first: float, last: float, ratio: float) -> bool:
        return first < SMALL_FIRST and first < ratio * last

    def _worst(self, places: list[int], norms: list[float]) -> int:
        return min(places, key=lambda place: norms[place] or math.inf)
