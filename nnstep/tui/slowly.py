"""Work on large matrices that a step must not wait for: done in small pieces while the app is at rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import perf_counter
from typing import TypeVar, cast

from nnstep.session.survey import Steps, finished

T = TypeVar("T")
AT_ONCE = 1 << 18
"""Cells up to which the answer is there at once."""
MOST_KEPT = 256


class Slowly:
    """Answers kept while what they are about is the same; on large matrices they come later, or never if it changes.

    What a question is about is read while the app is at rest: whoever changes it calls `forget` first.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._pending: dict[Hashable, Steps[object]] = {}

    def ask(self, key: Hashable, cells: int, steps: Callable[[], Steps[T]]) -> T | None:
        """The answer, or None while it is being worked out."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return cast("T", self._kept[key])
        if cells <= AT_ONCE:
            answer = finished(steps())
            self._keep(key, answer)
            return answer
        if key not in self._pending:
            self._pending[key] = steps()
        return None

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._pending)

    def work(self, seconds: float) -> bool:
        """Go on for so long; whether an answer has come."""
        end = perf_counter() + seconds
        while self._pending and perf_counter() < end:
            key, steps = next(iter(self._pending.items()))
            try:
                next(steps)
            except StopIteration as done:
                del self._pending[key]
                self._keep(key, done.value)
                return True
        return False

    def drop(self) -> None:
        """Give up what is not answered: the values are about to change, or another step is in sight."""
        self._pending.clear()

    def _keep(self, key: Hashable, answer: object) -> None:
        self._kept[key] = answer
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
