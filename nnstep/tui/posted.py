"""What comes of the messages that widgets post: nearly all of them type a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from nnstep.tui.board import Board
from nnstep.tui.easel import Easel
from nnstep.tui.keys import Keys
from nnstep.tui.scene import cell_name
from nnstep.tui.side import Side
from nnstep.tui.status import Phases
from nnstep.tui.tape import TapePanel

if TYPE_CHECKING:
    from nnstep.tui.moves import Mover
    from nnstep.tui.screen import MainScreen


class Posted:
    """The part of the app that hears of clicks; the app itself carries out the lines."""

    if TYPE_CHECKING:
        mover: Mover[Any]

        @property
        def main(self) -> MainScreen:
            """The main screen."""

        def run_line(self, line: str) -> None:
            """Carry out one line and show what comes of it."""

        def show_soon(self) -> None:
            """Draw once all keys are carried out that have come by now."""

        def action_escape(self) -> None:
            """Close what lies over the screen."""

        def post_message(self, message: Message) -> bool:
            """Textual's."""

    def on_main_screen_placed(self) -> None:
        """Have worked out what has come into sight."""
        self.show_soon()

    def on_board_selected(self, message: Board.Selected) -> None:
        """Choose the cell that was clicked."""
        content = message.content
        self.main.view.slot = content.slot
        self.run_line(f"select {cell_name(content.name, content.index(message.row, message.column))}")

    def on_easel_clicked(self, message: Easel.Clicked) -> None:
        """Do what is behind a place in a picture."""
        self.run_line(message.line)

    def on_easel_scrolled(self, message: Easel.Scrolled) -> None:
        """Scroll a picture under the wheel."""
        if message.line and not self.mover.busy:
            self.run_line(message.line)

    def on_tape_panel_clicked(self, message: TapePanel.Clicked) -> None:
        """Go to the instruction that was clicked, set a stop in its gutter, or fold what it is the heading of."""
        self.run_line(self.main.tape_area.clicked(message.row, gutter=message.gutter))

    def on_side_clicked(self, message: Side.Clicked) -> None:
        """Do what the line that was clicked offers."""
        if message.entry.enter:
            self.run_line(message.entry.enter)

    def on_keys_pressed(self, message: Keys.Pressed) -> None:
        """Press the key that was clicked."""
        self.post_message(events.Key(message.key, None))

    def on_output_closed(self) -> None:
        """Close what was clicked away."""
        self.action_escape()

    def on_phases_chosen(self, message: Phases.Chosen) -> None:
        """Go to the place in the run that was clicked."""
        self.run_line(f"goto {message.step}")
