"""loss-increase, loss-plateau and initial-loss: what the loss alone tells."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import deque
from typing import Any, ClassVar

from nnstep.engine.ops import OPS
from nnstep.engine.tape import Tape
from nnstep.session.health.rule import Check, Limit, Rule, Status
from nnstep.session.stops import ScopeAt

BEFORE = 10
"""How many earlier losses are looked at."""


class LossIncrease(Rule):
    """A loss above those before it."""

    name = "loss-increase"
    meaning = f"the loss is above the mean of the {BEFORE} before it"
    formula = f"L / mean(the {BEFORE} losses before) - 1 > above"
    source = "Amazon SageMaker Debugger (LossNotDecreasing)"
    limits = (Limit("above", 0.05, "the increase, as a part of the mean"),)

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Increase(self, scope, tape, known)


class LossPlateau(Rule):
    """A loss that does not fall any more."""

    name = "loss-plateau"
    meaning = f"the loss has hardly fallen in {BEFORE} iterations"
    formula = f"1 - L / (the loss {BEFORE} iterations before) < below"
    source = "Amazon SageMaker Debugger (LossNotDecreasing)"
    limits = (Limit("below", 0.001, "the drop, as a part of the earlier loss"),)

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Plateau(self, scope, tape, known)


class InitialLoss(Rule):
    """A first loss far from that of guessing."""

    name = "initial-loss"
    meaning = "the first loss is far from ln C, that of guessing among C classes"
    formula = "|L₀ - ln C| / ln C >= above"
    source = "Karpathy, CS231n; Ben Braiek & Khomh 2023"
    limits = (Limit("above", 1.0, "the distance, in ln C"),)

    def absent(self, tape: Tape) -> str:
        return "" if _classes(tape) > 1 else "the loss is not one of classes"

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Initial(self, scope, tape, known)


def _classes(tape: Tape) -> int:
    """How many classes the loss tells apart; 0 where it is no cross-entropy."""
    for item in tape:
        for term in item.terms:
            for name in ("binary_cross_entropy", "binary_cross_entropy_with_logits"):
                if term.formula is OPS[name].forward:
                    return 2
            for name in ("cross_entropy", "cross_entropy_with_logits"):
                output = term.operands.get("a")
                if term.formula is OPS[name].forward and isinstance(output, str) and output in tape:
                    return tape.named(output).shape[-1]
    return 0


class _LossCheck(Check):
    """A rule about the loss and those before it."""

    def __init__(self, rule: Rule, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> None:
        self._rule = rule
        self._losses = scope.context.losses
        self._now = scope.machine.arrays[tape.loss].item
        self._known = known

    def _before(self, t: int) -> deque[float]:
        """The losses before iteration t; those that no earlier call was there for are looked up."""
        before: deque[float] | None = self._known.get("losses")
        if before is None:
            earlier = self._losses(t - 1)[-BEFORE:].tolist()
            before = self._known["losses"] = deque(earlier, maxlen=BEFORE)
        else:
            before.append(self._known["loss"])
        self._known["loss"] = self._now()
        return before


class _Trend(_LossCheck):
    """A rule about how the loss differs from what it was."""

    word: ClassVar[str]
    text: ClassVar[str]

    def __init__(self, rule: Rule, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> None:
        super().__init__(rule, scope, tape, known)
        self._limit = rule.limit(self.word) or 0.0
        self._value: float | None = None

    def holds(self, t: int) -> bool:
        before = self._before(t)
        self._value = self._measure(before, self._known["loss"]) if len(before) == BEFORE else None
        return self._value is not None and self._beyond(self._value)

    def status(self, t: int) -> Status:
        if self._value is None:
            return self._rule.idle(f"{BEFORE} losses before this one are needed; there are {t - 1}")
        fires = self._beyond(self._value)
        return self._rule.found(self.text, self._value, self.word, self._limit, fires=fires)

    @abstractmethod
    def _measure(self, before: deque[float], loss: float) -> float:
        """How far the loss is from those before."""

    @abstractmethod
    def _beyond(self, value: float) -> bool:
        """Whether that is too much or too little."""


class _Increase(_Trend):
    word = "above"
    text = f"L over the mean of the last {BEFORE}: {{}}"

    def _measure(self, before: deque[float], loss: float) -> float:
        mean = sum(before) / BEFORE
        return _part(loss - mean, mean)

    def _beyond(self, value: float) -> bool:
        return value > self._limit


class _Plateau(_Trend):
    word = "below"
    text = f"L fell by {{}} of itself in {BEFORE} iterations"

    def _measure(self, before: deque[float], loss: float) -> float:
        return _part(before[0] - loss, before[0])

    def _beyond(self, value: float) -> bool:
        return value < self._limit


def _part(difference: float, whole: float) -> float:
    """A difference as a part of what it is a difference from."""
    if whole == 0:
        return math.copysign(math.inf, difference) if difference else 0.0
    return difference / abs(whole)


class _Initial(_LossCheck):
    def __init__(self, rule: Rule, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> None:
        super().__init__(rule, scope, tape, known)
        self._limit = rule.limit("above") or 0.0
        self._classes = _classes(tape)
        self._guess = math.log(self._classes)

    def holds(self, t: int) -> bool:
        far: bool | None = self._known.get("far")
        if far is None:
            first = self._now() if t == 1 else float(self._losses(1)[0])
            self._known["first"] = first
            far = self._known["far"] = self._distance(first) >= self._limit
        return far

    def status(self, t: int) -> Status:
        fires = self.holds(t)
        text = f"|L₀ − ln {self._classes}| / ln {self._classes} = {{}}"
        return self._rule.found(text, self._distance(self._known["first"]), "above", self._limit, fires=fires)

    def _distance(self, loss: float) -> float:
        return abs(loss - self._guess) / self._guess
