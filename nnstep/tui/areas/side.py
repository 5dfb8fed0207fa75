"""The side panel: enter goes to where a line is about, delete takes it away."""

from __future__ import annotations

from nnstep.tui.areas.area import Area, cursor_line, moved
from nnstep.tui.keys import KeyHelp
from nnstep.tui.side import Side


class SideArea(Area):
    """The lines that keys and clicks in the side panel type."""

    hint = "↵ go there · delete takes it away · ← → section · esc back"
    keys = KeyHelp(
        (
            (("up", "down"), "line"),
            (("left", "right"), "section"),
            (("enter",), "go there"),
            (("delete",), "take away"),
            (("escape",), "back"),
        )
    )

    def __init__(self, panel: Side) -> None:
        self._panel = panel

    def attend(self, *, here: bool) -> None:
        """Show the cursor, or hide it."""
        self._panel.attend(here=here)

    def key(self, key: str) -> str:
        """Move the cursor, or do what its line offers."""
        entry = self._panel.chosen
        if key == "enter":
            return entry.enter if entry else ""
        if key == "delete":
            return entry.delete if entry else ""
        return cursor_line(key, max(self._panel.size.height - 2, 1))

    def move(self, way: str) -> None:
        """Put the cursor on another line or section."""
        panel = self._panel
        if way in ("left", "right"):
            panel.go(panel.section + (1 if way == "right" else -1), 0)
        else:
            count = len(panel.sections[panel.section].entries) if panel.sections else 1
            panel.go(panel.section, moved(way, panel.entry, count))
