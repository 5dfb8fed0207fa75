"""The main screen: Textual's, with a pane for each panel of the stage."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip

from nnstep.tui.arrange import Size
from nnstep.tui.pane import Pane
from nnstep.tui.stage import Stage
from nnstep.tui.whole import WholeLines


class MainScreen(Screen[None], inherit_bindings=False):
    """Shows the stage, which places its panels by itself.

    Textual's own bindings of a screen move its focus; here tab moves the cursor, and only the prompt takes keys.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._compositor = WholeLines()
        self._stage = stage

    def compose(self) -> ComposeResult:
        """A pane for each panel.

        They are placed and filled before they are laid out for the first time, so that the first painting is whole.
        """
        self._stage.later = self.set_timer
        self._stage.fit(Size(*self.app.size))
        yield from map(Pane, self._stage.panels.values())

    def on_resize(self) -> None:
        """Place everything anew."""
        self._stage.fit(Size(*self.size))

    def strips(self) -> list[Strip]:
        """What is on the screen, line by line."""
        return self._compositor.render_strips()
