"""What `nnstep check --self` does: the promises tried on this machine, for about two minutes, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import nnstep
from nnstep import lesson
from nnstep.lesson.transcript import transcribe
from nnstep.model import bundled
from nnstep.render.language import LANGUAGES
from nnstep.selfcheck.fuzz import Outcome, fuzz
from nnstep.selfcheck.seeks import seek
from nnstep.selfcheck.targets import TARGETS
from nnstep.session.fingerprint import fingerprint
from nnstep.values import dataclass

SECONDS = 100.0
"""Of bad input and random seeks together; the rest takes what it takes."""
SEEKS = 10_000


@dataclass(frozen=True)
class Fact:
    """One promise: its name, what was found, and whether it held."""

    name: str
    text: str
    good: bool = True


def check(seconds: float = SECONDS, seed: int = 0) -> Iterator[Fact]:
    """Try everything, each as it is done."""
    yield from (Fact(name, value) for name, value in fingerprint().items())
    yield _gradients()
    yield from _lessons()
    models = bundled()
    for model in models:
        yield _seeks(model, seed, _until(seconds / 2 / len(models)))
    go_on = _until(seconds / 2)
    yield from fuzz_facts(fuzz(TARGETS.values(), seed, lambda _: go_on()))


def _until(seconds: float) -> Callable[[], bool]:
    end = monotonic() + seconds
    return lambda: monotonic() < end


def _gradients() -> Fact:
    """Every gradient of every bundled model, against central differences."""
    count, bad = 0, list[str]()
    for model in bundled():
        debugger = nnstep.open(model)
        checker = debugger.session.gradient_checker()
        checks = [checker.check(name) for name in checker.names]
        count += len(checks)
        bad += [f"{model} {each.name} is {each.verdict}" for each in checks if each.verdict in ("suspect", "wrong")]
    return Fact("gradients", f"{count} matrices against central differences{_list(bad)}", not bad)


def _lessons() -> Iterator[Fact]:
    for language in LANGUAGES:
        complaints: list[str] = []
        found = lesson.bundled(language)
        for path in found.values():
            transcribe(lesson.read(path), lambda _line: None, complaints.append)
        yield Fact(f"lessons {language}", f"{len(found)} replayed{_list(complaints)}", not complaints)


def _seeks(model: str, seed: int, go_on: Callable[[], bool]) -> Fact:
    found = seek(model, SEEKS, seed, go_on)
    bad = [f"step {step}" for step in found.different]
    return Fact(f"seeks {model}", f"{found.count:,} equal to a straight run{_list(bad)}", not bad)


def fuzz_facts(outcomes: Iterable[Outcome]) -> Iterator[Fact]:
    """What each door made of bad input."""
    for each in outcomes:
        bad = [f"{case[:60]!r} raised {error!r}" for case, error in each.failures]
        text = f"{each.cases:,} cases, {each.refused:,} refused in one line, slowest {each.slowest:.2f} s{_list(bad)}"
        yield Fact(f"bad input: {each.target.name}", text, not bad)


def _list(bad: list[str]) -> str:
    return f"; but {', '.join(bad[:5])}{' …' if len(bad) > 5 else ''}" if bad else ""
