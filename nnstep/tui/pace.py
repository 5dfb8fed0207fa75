"""How fast a lesson plays by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.timer import Timer

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

BASE_SECONDS, CELLS_A_SECOND = 2.0, 18
"""How long a beat stays: a while, and the time to read its prose."""
FASTEST, SLOWEST = 8.0, 0.25


class Pace:
    """Plays a lesson, or does not. Attributes: playing; speed, a factor."""

    def __init__(self, app: NnstepApp, tick: Callable[[], object]) -> None:
        self.playing = False
        self.speed = 1.0
        self._app = app
        self._tick = tick
        self._timer: Timer | None = None

    def faster(self, factor: float) -> None:
        """Play so much faster, or slower, within limits."""
        self.speed = max(SLOWEST, min(self.speed * factor, FASTEST))

    def stop(self) -> None:
        """Play no longer."""
        self.playing = False
        self.rest()

    def rest(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.stop()

    def wait(self, seconds: float) -> None:
        """Go on in so many seconds."""
        self.rest()
        self._timer = self._app.set_timer(seconds, self._tick)

    def seconds(self, prose: Sequence[str]) -> float:
        """How long a beat with such prose stays, at this speed."""
        cells = sum(cell_len(text) for text in prose)
        return (BASE_SECONDS + cells / CELLS_A_SECOND) / self.speed
