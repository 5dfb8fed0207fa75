"""What a lesson's command has said, as lines beneath the prose."""

from __future__ import annotations

from nnstep.lesson.replay import CLAIMS, Ran
from nnstep.timeline import Position
from nnstep.tui.paint import Line

MOST = 80
"""Lines of one answer; the debugger shows the rest."""


def told(ran: Ran) -> list[Line]:
    """A command and its answer; of a move only the command, as where it leads is in sight."""
    typed: Line = (("› ", "muted"), (ran.typed.text, "name"))
    if ran.error is not None:
        return [typed, (("✗ ", "error"), (str(ran.error), "error"))]
    if ran.result is None or ran.name == "pause":
        return []
    lines: list[Line] = list(ran.result.lines)
    if ran.name in CLAIMS:
        # They begin with ✓ or ?, and name what is claimed or asked.
        return [typed, *lines] if ran.name == "expect-error" else lines
    if isinstance(ran.result.value, Position):
        lines = lines[:-1] if ran.result.stop is not None else []
    if len(lines) > MOST:
        lines = [*lines[: MOST - 1], ((f"… {len(lines) - MOST + 1} more lines", "dim"),)]
    return [typed, *((("  ", "text"), *line) for line in lines)]
