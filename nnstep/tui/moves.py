"""Runs lines off the screen's thread: a short one is waited for, a long one is watched."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
PATIENCE = 0.012
"""Seconds that a line may take before the screen stops waiting for it."""
SHORT = 0.25
"""Seconds after which a line is a long move: what is typed until then is carried out after it, the rest refused."""


class Mover(Generic[T]):
    """One thread for all lines, so that they never overlap.

    Not Textual's worker: a step is run by it as well, and must be painted in the same frame as its key.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nnstep")
        self._running: Future[T] | None = None
        self._began = 0.0
        self.line = ""

    @property
    def busy(self) -> bool:
        """Whether a line is running."""
        return self._running is not None and not self._running.done()

    @property
    def lasts(self) -> bool:
        """Whether the line that runs is a long move, rather than a step on a busy machine."""
        return self.busy and monotonic() - self._began > SHORT

    def run(self, line: str, work: Callable[[], T]) -> Future[T]:
        """Start a line and wait for it a little; its future may or may not be done then."""
        assert not self.busy
        self.line = line
        self._began = monotonic()
        self._running = self._pool.submit(work)
        with suppress(NotYet):
            self._running.exception(timeout=PATIENCE)
        return self._running

    def close(self) -> None:
        """Let the thread end; what runs must have been interrupted."""
        self._pool.shutdown(wait=False, cancel_futures=True)
