"""The tape: enter goes to the instruction under its cursor, b sets a stop there, left and right fold and unfold."""

from __future__ import annotations

from nnstep.engine.tape import Tape
from nnstep.render.text import show_name
from nnstep.session import Session
from nnstep.session.stops import Place, Stop
from nnstep.tui.areas.area import Area, cursor_line, moved
from nnstep.tui.keys import KeyHelp
from nnstep.tui.outline import Row
from nnstep.tui.tape import TapePanel

ABOUT_A_MATRIX = ("watch", "display", "history", "why")
"""Commands whose keys take the name along that is under the cursor."""


class TapeArea(Area):
    """The lines that keys and clicks on the tape type."""

    hint = "↵ go there · b stop · ← → fold · / find · esc back"
    keys = KeyHelp(
        (
            (("up", "down"), "line"),
            (("left", "right"), "fold"),
            (("enter",), "go there"),
            (("escape",), "back"),
        ),
        ("break", "find", "match", "step"),
    )

    def __init__(self, session: Session, panel: TapePanel) -> None:
        self._session = session
        self._panel = panel

    def attend(self, *, here: bool) -> None:
        """Show the cursor, or hide it."""
        self._panel.attend(here=here)

    def key(self, key: str) -> str:
        """Move the cursor, fold, or go to its instruction."""
        row = self._panel.row
        if key == "enter":
            return self._enter(row)
        if key == "left":
            return self._shut(row)
        if key == "right":
            return f"unfold {row.group.words}" if row.group is not None and row.folded else ""
        return "" if key == "delete" else cursor_line(key, max(self._panel.size.height - 1, 1))

    def instead(self, line: str) -> str:
        """Stops belong to the cursor's line here."""
        row = self._panel.row
        if line == "break":
            return self.stop(row)
        if line.endswith(" ") and line.strip() in ABOUT_A_MATRIX and row.instruction is not None:
            return line + show_name(row.instruction.name)
        return line

    def move(self, way: str) -> None:
        """Put the cursor on another line."""
        self._panel.go(moved(way, self._panel.cursor, len(self._panel.rows)))

    def clicked(self, row: Row, *, gutter: bool) -> str:
        """The line that a click types."""
        return self.stop(row) if gutter else self._enter(row)

    def _enter(self, row: Row) -> str:
        if row.group is not None:
            return f"{'unfold' if row.folded else 'fold'} {row.group.words}"
        return f"goto {self._session.position.iteration * len(self._session.tape) + row.first}"

    def _shut(self, row: Row) -> str:
        """Fold what the line is in: the layer first, then the phase."""
        outline = self._panel.outline
        assert outline is not None
        group = row.group if row.group is not None and not row.folded else None
        if group is None and row.instruction is not None:
            group = outline.around(row.first)
        elif group is None and row.group is not None and row.group.layer is not None:
            group = outline.phase(row.group.phase)
        return f"fold {group.words}" if group is not None else ""

    def stop(self, row: Row) -> str:
        """Set a breakpoint at a line, or take away those that are there."""
        where = _where(row, self._session.tape)
        breaks = [stop for stop in self._session.stops if isinstance(stop.matcher, Place)]
        own = [stop for stop in breaks if stop.text.partition(" ")[2] == where]
        if not own and row.instruction is not None:
            own = [stop for stop in breaks if row.first in _indices(stop)]
        if own:
            return f"delete {' '.join(str(stop.number) for stop in own)}"
        return f"break {show_name(where)}"


def _indices(stop: Stop) -> tuple[int, ...]:
    return stop.matcher.indices if isinstance(stop.matcher, Place) else ()


def _where(row: Row, tape: Tape) -> str:
    """What `break` takes for a line: for a layer its first matrix in this phase, as `break layer N` is in each."""
    if row.group is not None and row.group.layer is None:
        return row.group.phase
    return tape[row.first].name
