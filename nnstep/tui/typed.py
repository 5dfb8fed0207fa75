"""Lines that were typed while a short one ran: they wait for it, and are carried out in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from nnstep.tui.moves import Mover

MOST = 1000
"""Lines that wait for a short one; a key held down during a pause of the machine must not run on for minutes."""
Act = Callable[[], None]


class Typed:
    """What waits for the mover.

    later  has something done once what has come by now is done
    """

    def __init__(self, mover: Mover[Any], later: Callable[[Act], object]) -> None:
        self._mover = mover
        self._later = later
        self._waiting: deque[Act] = deque()
        self._catching_up = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put_off(self, act: Act) -> bool:
        """Have something wait for a short line that runs, and for what waits already; whether it is dealt with so.

        Where too much waits already it is dropped: nothing is carried out before what came first.
        """
        waits = self._mover.busy or (self._waiting and not self._catching_up)
        if not waits or self._mover.lasts:
            return False
        if len(self._waiting) < MOST:
            self._waiting.append(act)
        return True

    def go_on(self) -> None:
        """Have what waits carried out, one after the other."""
        if self._waiting:
            self._later(self._next)

    def clear(self) -> None:
        """Drop what waits."""
        self._waiting.clear()

    def _next(self) -> None:
        if self._waiting and not self._mover.busy:
            act = self._waiting.popleft()
            self._catching_up = True
            try:
                act()
            finally:
                self._catching_up = False
            self._later(self._next)
