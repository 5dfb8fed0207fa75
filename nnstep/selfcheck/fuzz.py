"""Fuzzing: cases from a seed, for so many cases or seconds, and what came of them."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from nnstep.selfcheck.targets import Target, attempt

HANGS = 60
"""Seconds after which a case is a hang: the process says where it is, and ends."""


@dataclass
class Outcome:
    """What a door made of its cases.

    refused   cases with an error that names what is wrong
    failures  cases that broke a promise, each with what it raised
    slowest   seconds, of the slowest case
    """

    target: Target
    cases: int = 0
    refused: int = 0
    failures: list[tuple[bytes, Exception]] = field(default_factory=list)
    slowest: float = 0.0

    def take(self, case: bytes) -> None:
        """Try one more case."""
        began = monotonic()
        faulthandler.dump_traceback_later(HANGS, exit=True)
        try:
            self.refused += not attempt(self.target, case)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            self.failures.append((case, error))
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.cases += 1
        self.slowest = max(self.slowest, monotonic() - began)


def fuzz(targets: Iterable[Target], seed: int, go_on: Callable[[int], bool]) -> list[Outcome]:
    """Try cases of all doors in turn while `go_on`, given how many cases there were, says so."""
    outcomes = [Outcome(target) for target in targets]
    randoms = [Random(f"{seed} {outcome.target.name}") for outcome in outcomes]  # noqa: S311  # a seed, not secrecy
    count = 0
    while True:
        for outcome, random in zip(outcomes, randoms, strict=True):
            if not go_on(count):
                return outcomes
            outcome.take(outcome.target.make(random))
            count += 1
