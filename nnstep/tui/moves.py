"""Runs lines off the screen's thread: a short one is waited for, a long one is watched."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from threading import Event
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
        self._quiet: Future[None] | None = None
        self._give_up = Event()
        self.line = ""
        self.closed = False

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
        self.clear()
        self.line = line
        self._began = monotonic()
        self._running = self._pool.submit(work)
        with suppress(NotYet):
            self._running.exception(timeout=PATIENCE)
        return self._running

    def run_quietly(self, work: Callable[[Callable[[int], bool]], None]) -> Future[None]:
        """Start something that is given up for the next line, where it asks whether to go on."""
        self._give_up.clear()
        self._quiet = self._pool.submit(work, lambda _: not self._give_up.is_set())
        return self._quiet

    def clear(self) -> None:
        """Have what runs quietly given up, and wait for that: nothing is read or written by two at once."""
        quiet, self._quiet = self._quiet, None
        if quiet is not None and not quiet.done():
            self._give_up.set()
            wait([quiet])

    def close(self) -> None:
        """Let the thread end; what runs must have been interrupted."""
        self.closed = True
        self._give_up.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
