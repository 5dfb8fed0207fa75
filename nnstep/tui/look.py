"""How the pictures are looked at, which commands change."""

from __future__ import annotations

from collections.abc import Hashable

from nnstep.values import dataclass


@dataclass(frozen=True)
class Look:
    """The user's choices.

    row     of the batch, which the network and the data show; None for the mean over all
    plot    of the training, which one alone; none for as many as fit
    scale   and how it is drawn
    lines
    matrix  whose heat map is drawn; none for the focused one
    scroll  of the graph, cells to the right and down, and what was shown then
    """

    row: int | None = 0
    plot: str = ""
    scale: str = ""
    lines: str = ""
    matrix: str = ""
    scroll: tuple[int, int] = (0, 0)
    scrolled_at: Hashable = None

    @property
    def words(self) -> str:
        """The choices of the training as words."""
        return " ".join(word for word in (self.plot, self.scale, self.lines) if word)
