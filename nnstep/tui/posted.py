"""What comes of what the mouse does: nearly all of it types a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from nnstep.tui.board import CellClicked
from nnstep.tui.easel import Scrolled
from nnstep.tui.keys import KeyClicked
from nnstep.tui.output import CloseClicked
from nnstep.tui.pane import Pane
from nnstep.tui.scene import cell_name
from nnstep.tui.tape import RowClicked

if TYPE_CHECKING:
    from nnstep.tui.moves import Mover
    from nnstep.tui.stage import Stage


class Posted:
    """The part of the app that hears of clicks; the app itself carries out the lines."""

    if TYPE_CHECKING:
        mover: Mover[Any]
        main: Stage

        def run_line(self, line: str) -> None:
            """Carry out one line and show what comes of it."""

        def action_escape(self) -> None:
            """Close what lies over the screen."""

        def post_message(self, message: Message) -> bool:
            """Textual's."""

    def on_pane_told(self, told: Pane.Told) -> None:
        """Carry out what was clicked, or turned under the wheel."""
        match told.what:
            case str(line):
                if line:
                    self.run_line(line)
            case CellClicked(content, row, column):
                self.main.view.slot = content.slot
                self.run_line(f"select {cell_name(content.name, content.index(row, column))}")
            case RowClicked(row, gutter):
                self.run_line(self.main.tape_area.clicked(row, gutter=gutter))
            case Scrolled(line):
                if not self.mover.busy:
                    self.run_line(line)
            case KeyClicked(key):
                self.post_message(events.Key(key, None))
            case CloseClicked():
                self.action_escape()
