"""Health while the screen rests: worked out on the thread of all lines, and given up as soon as a line comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from nnstep.session import Session
from nnstep.timeline import Interrupted
from nnstep.tui.moves import Mover

REST = 0.2
"""Seconds without a line after which it is asked for."""


class Checkup:
    """Asks the session for its health at this iteration's end, once, and tells when it is known.

    A key that comes meanwhile waits for the iteration that runs, no longer.
    """

    def __init__(self, mover: Mover[Any], known: Callable[[], None]) -> None:
        self._mover = mover
        self._known = known
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, session: Session) -> None:
        """Have it worked out after a while, unless it is known or something is asked for again before."""
        self.stop()
        if session.known_health is None:
            self._timer = asyncio.get_running_loop().call_later(REST, self._begin, session)

    def stop(self) -> None:
        """Ask for it no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self, session: Session) -> None:
        self._timer = None
        if self._mover.busy:
            return
        loop = asyncio.get_running_loop()

        def work(go_on: Callable[[int], bool]) -> None:
            session.health(go_on)

        def done(future: Future[None]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._end, session, future)

        self._mover.run_quietly(work).add_done_callback(done)

    def _end(self, session: Session, future: Future[None]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, Interrupted):
            # Whoever interrupted it asks again.
            return
        if error is not None:
            raise error
        if session.known_health is not None:
            self._known()
