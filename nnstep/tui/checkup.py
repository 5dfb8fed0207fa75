"""What takes longer than a step, while the screen rests: on the thread of all lines, and given up when a line comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from nnstep.session import Session
from nnstep.timeline import GoOn, Interrupted
from nnstep.tui.moves import Mover
from nnstep.values import dataclass

REST = 0.2
"""Seconds without a line after which it is asked for."""


@dataclass(frozen=True)
class Errand:
    """Something to be worked out once for where the session stands.

    known  whether it is, or cannot be
    work   does it, as long as it may go on
    """

    known: Callable[[], bool]
    work: Callable[[GoOn], object]


def health(session: Session) -> Errand:
    """The health at this iteration's end."""
    return Errand(lambda: session.known_health is not None, session.health)


class Checkup:
    """Has errands done one after another, and tells when one is done.

    A key that comes meanwhile waits for the iteration that runs, no longer.
    """

    def __init__(self, mover: Mover[Any], known: Callable[[], None]) -> None:
        self._mover = mover
        self._known = known
        self._timer: asyncio.TimerHandle | None = None
        self._working = False
        self._closed = False

    @property
    def resting(self) -> bool:
        """Whether nothing is being worked out, nor to be told."""
        return self._timer is None and not self._working

    def ask(self, errands: Sequence[Errand]) -> None:
        """Have them done after a while, but for what is known, unless something is asked for again before."""
        self.stop()
        left = [errand for errand in errands if not errand.known()]
        if left:
            self._timer = asyncio.get_running_loop().call_later(REST, self._begin, left)

    def stop(self) -> None:
        """Ask for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Have nothing more worked out or told: the app ends."""
        self.stop()
        self._closed = True

    def _begin(self, errands: Sequence[Errand]) -> None:
        self._timer = None
        if self._mover.busy or not errands:
            return
        loop = asyncio.get_running_loop()

        def work(go_on: GoOn) -> None:
            errands[0].work(go_on)

        def done(future: Future[None]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._end, errands, future)

        self._working = True
        self._mover.run_quietly(work).add_done_callback(done)

    def _end(self, errands: Sequence[Errand], future: Future[None]) -> None:
        self._working = False
        if self._closed or future.cancelled():
            return
        error = future.exception()
        if isinstance(error, Interrupted):
            # Whoever interrupted it asks again.
            return
        if error is not None:
            raise error
        if errands[0].known() and not self._mover.busy:
            self._known()
            self._begin(errands[1:])
