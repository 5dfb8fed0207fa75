"""What the app is compared with: the same six matrices in Textual's DataTables, the visible window of each."""

from __future__ import annotations

import sys

import numpy as np
from textual.app import App, ComposeResult
from textual.containers import Grid
from textual.widgets import DataTable, Static

import nnstep

NAMES = ("X", "W[1]", "Z[1]", "A[1]", "delta[1]", "dW[1]")
PITCH = 10
"""Cells of a DataTable's column of seven characters, padding and all."""


class Tables(App[None]):
    """`s` steps, `S` steps back, and every table shows what there is."""

    CSS = "Grid { grid-size: 3 2; } DataTable { height: 1fr; }"
    BINDINGS = [("s", "move('step')", "Step"), ("S", "move('reverse-step')", "Back")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """A line that says where, and six tables."""
        yield Static(id="where")
        with Grid():
            for place in range(len(NAMES)):
                yield DataTable(id=f"m{place}")

    def on_mount(self) -> None:
        """Make the columns and rows that are in sight."""
        self.debugger = nnstep.open(sys.argv[1])
        self.debugger.goto("50%")
        rows, columns = (self.size.height - 1) // 2 - 1, self.size.width // 3 // PITCH
        for place in range(len(NAMES)):
            table = self.query_one(f"#m{place}", DataTable)
            table.add_columns(*map(str, range(columns)))
            for _ in range(rows):
                table.add_row(*[" " * 7] * columns)
        self.show()

    def action_move(self, line: str) -> None:
        """Run a line and show where it leads."""
        self.debugger.execute(line)
        self.show()

    def show(self) -> None:
        """Write every cell in sight anew."""
        self.query_one("#where", Static).update(f"step {self.debugger.position.step}", layout=False)
        for place, name in enumerate(NAMES):
            try:
                values = np.atleast_2d(self.debugger.value(name))
            except nnstep.NotComputedError:
                values = np.full((99, 99), np.nan)
            table = self.query_one(f"#m{place}", DataTable)
            for row in range(min(table.row_count, len(values))):
                for column in range(min(len(table.columns), values.shape[1])):
                    table.update_cell_at((row, column), f"{values[row, column]:7.4f}")  # type: ignore[arg-type]  # a Coordinate is such a pair


if __name__ == "__main__":
    Tables().run()
