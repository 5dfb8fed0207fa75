"""Lines that lie over the whole width, drawn in one piece."""

from __future__ import annotations

from textual._compositor import Compositor

OVER = "top"
"""The layer of what lies over the screen."""


class WholeLines(Compositor):
    """Textual's compositor cuts every line where any part of the screen begins, even one that is covered.

    A wide character that stands on such a cut is lost. What covers a whole line is therefore not cut.
    """

    @property
    def cuts(self) -> list[list[int]]:
        """The columns at which each line is cut."""
        if self._cuts is not None:
            return self._cuts
        cuts = super().cuts
        width = self.size.width
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if widget.layer == OVER and (seen.x, seen.width) == (0, width):
                for y in range(seen.y, seen.bottom):
                    cuts[y] = [0, width]
        return cuts
