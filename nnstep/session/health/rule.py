"""What a health rule is: declared once, bound to a run, asked at an iteration's end."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.session.stops import Bound, ScopeAt
from nnstep.values import dataclass

State = Literal["fine", "fires", "idle"]
"""idle: nothing can be said, for want of what the rule is about, of iterations, or of numbers that are numbers."""


@dataclass(frozen=True)
class Limit:
    """A threshold: the word that sets it, its default, and what is compared with it."""

    word: str
    default: float
    of: str


@dataclass(frozen=True)
class Status:
    """What a rule says of an iteration's end.

    template  what was found and where, with {} for the measured number if that is no count in it already
    value     the measured number; limit, the threshold that it is compared with: `above 0.5`
    """

    rule: str
    state: State
    template: str
    value: float | None = None
    limit: str = ""

    @property
    def text(self) -> str:
        """What was found and where."""
        return self.template.format("" if self.value is None else plain_number(self.value))


def plain_number(value: float) -> str:
    """A measured number with four digits."""
    if math.isfinite(value):
        return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"


class Check(ABC):
    """A rule bound to the matrices of one batch size."""

    @abstractmethod
    def holds(self, t: int) -> bool:
        """Whether the rule fires at the end of iteration t, counted from 1; asked at every one, in order."""

    @abstractmethod
    def status(self, t: int) -> Status:
        """The same in words and numbers, for the iteration that was asked for last."""

    def catch(self, tape: Tape, known: dict[str, Any]) -> Bound:
        """Where to look, and the probe that matches the iteration's end at which the rule becomes true."""
        holds = self.holds

        def becomes(t: int, k: int) -> int:
            before, now = known.get("fires", False), holds(t)
            known["fires"] = now
            return k if now and not before else 0

        return (len(tape),), becomes


class Rule(ABC):
    """A health rule with its thresholds; a subclass declares one and is thereby known by its name.

    name, meaning, formula, source  as `help catch` shows them
    limits                          the thresholds that can be set
    window                          how many iterations it looks at
    late                            what it catches lies before the iteration's end
    """

    name: ClassVar[str]
    meaning: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    limits: ClassVar[tuple[Limit, ...]] = ()
    window: ClassVar[int] = 1
    late: ClassVar[bool] = False

    known: ClassVar[dict[str, type[Rule]]] = {}
    """Every rule, by name, in the order of declaration."""

    def __init_subclass__(cls) -> None:
        Rule.known[cls.name] = cls

    def __init__(self, chosen: Mapping[str, float] | None = None) -> None:
        self.chosen = dict(chosen or {})

    def limit(self, word: str) -> float | None:
        """A threshold; None where another one was chosen alone, so that this test is not made."""
        if self.chosen:
            return self.chosen.get(word)
        return next(limit.default for limit in self.limits if limit.word == word)

    def absent(self, tape: Tape) -> str:
        """Why the rule can never fire on a tape; nothing where it can."""
        return ""

    @abstractmethod
    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        """The rule on the matrices of one batch size; `known` is what it remembers over batch sizes."""

    def of_matrix(self, name: str, matrix: Matrix) -> Status | None:
        """What is to be said of the one matrix at which the rule was caught; None where it is about the iteration."""
        return None

    def found(
        self, template: str, value: float | None, word: str = "", limit: float | None = None, *, fires: bool
    ) -> Status:
        """A status of this rule."""
        state: State = "fires" if fires else "idle" if value is not None and math.isnan(value) else "fine"
        return Status(self.name, state, template, value, "" if limit is None else f"{word} {plain_number(limit)}")

    def idle(self, reason: str) -> Status:
        """The status where there is nothing to be said."""
        return Status(self.name, "idle", reason)
