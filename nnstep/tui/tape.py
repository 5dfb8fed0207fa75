"""The tape of one iteration: every instruction under its phase, ▶ on the one just run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from nnstep.engine.tape import Instruction, Tape
from nnstep.render.text import show_name
from nnstep.tui.formula import coloured, parts
from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, fill

HEADINGS_FROM = 12
"""The height from which phases have headings: below, instructions alone are worth the lines."""
WHEEL = 3


def brief(instruction: Instruction) -> str:
    """What an instruction works out, in fewer words than its formula; nothing if there are none."""
    name = instruction.name.partition(":")[0]
    if instruction.phase == "backward":
        return f"∂L/∂{show_name(name.replace('delta', 'Z') if name.startswith('delta') else name[1:])}"
    return f"loss({', '.join(map(show_name, instruction.operands))})" if name == "E" else ""


@dataclass(frozen=True)
class Row:
    """One line of the tape: an instruction, or the heading of a phase or of a graph's equation."""

    phase: str
    instruction: Instruction | None = None
    equation: str = ""
    first: int = 0


class TapePanel(Panel):
    """Draws the lines in sight only; a click on one goes there."""

    class Chosen(Message):
        """An instruction was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.framed = True
        self._tape: Tape | None = None
        self._current = 0
        self._top = 0
        self._stem = 0
        self._widest = 0
        self._stops: Mapping[int, str] = {}
        self._rows: tuple[list[Row], list[Row]] = ([], [])

    def show(self, tape: Tape, current: int, stops: Mapping[int, str]) -> None:
        """Show a tape that stands on the result of instruction `current` (0: before the first), its stops marked."""
        if tape is not self._tape:
            self._load(tape)
        self._stops = stops
        self._current = current
        self._keep_in_sight()
        self.changed()

    @property
    def natural(self) -> int:
        """The width that cuts no formula."""
        return self._widest + 4

    def _load(self, tape: Tape) -> None:
        self._tape = tape
        lines: list[Row] = []
        layer: int | None = None
        for instruction in tape:
            if not lines or lines[-1].phase != instruction.phase:
                lines.append(Row(instruction.phase))
                layer = None
            if tape.equations and instruction.layer not in (layer, None):
                layer = instruction.layer
                lines.append(Row(instruction.phase, None, tape.equations[layer - 1], instruction.index))
            lines.append(Row(instruction.phase, instruction))
        self._rows = lines, [row for row in lines if row.instruction is not None]
        self._stem = max((cell_len(show_name(instruction.name)) for instruction in tape), default=0)
        rights = (cell_len("".join(parts(instruction.formula)[1:])) for instruction in tape)
        self._widest = 3 + self._stem + 2 + max(rights, default=0)

    def _shown(self, height: int) -> list[Row]:
        return self._rows[0] if height >= HEADINGS_FROM else self._rows[1]

    def _keep_in_sight(self) -> None:
        """Scroll so that the current instruction has neighbours on both sides, where the tape goes on."""
        height = self.size.height
        rows = self._shown(height)
        place = self._place(rows)
        margin = min(3, (height - 1) // 2)
        self._top = min(self._top, place - margin)
        self._top = max(self._top, place + margin - height + 1)
        self._clamp(len(rows), height)

    def _place(self, rows: list[Row]) -> int:
        for place, row in enumerate(rows):
            if row.instruction is not None and row.instruction.index == max(self._current, 1):
                return place
        return 0

    def _clamp(self, count: int, height: int) -> None:
        self._top = max(0, min(self._top, count - height))

    def draw(self, width: int, height: int) -> list[Line]:
        """The rows in sight, each ending in the rule that parts the tape from the matrices."""
        rows = self._shown(height)
        self._clamp(len(rows), height)
        inner = width - 1 if self.framed else width
        current = self._tape[self._current] if self._tape is not None and self._current else None
        edge: Line = (("│", "rule"),) if self.framed else ()
        drawn = [(*fill(self._line(row, current, inner), inner), *edge) for row in rows[self._top : self._top + height]]
        return drawn + [(*fill((), inner), *edge)] * (height - len(drawn))

    def _line(self, row: Row, current: Instruction | None, width: int) -> Line:
        instruction = row.instruction
        if instruction is None and row.equation:
            return cut(((f"  {row.equation}", "text" if row.first <= self._current else "faint"),), width)
        if instruction is None:
            reached = current is not None and (current.phase == row.phase or self._first(row.phase) <= current.index)
            return ((f" {row.phase}", "muted" if reached else "faint"),)
        left, sign, right = parts(instruction.formula)
        if 5 + self._stem + cell_len(right) > width:
            right = brief(instruction) or right
        stop = self._stops.get(instruction.index, " ")
        padded = left + " " * (self._stem - cell_len(left))
        if current is not None and instruction.index == current.index:
            body = coloured(right, instruction.operands, "strong")
            return cut(((stop, "error"), ("▶ ", "current"), (padded, "current"), (f" {sign} ", "muted"), *body), width)
        if instruction.index > self._current:
            return cut(((stop, "error"), (f"  {padded} {sign} {right}", "faint")), width)
        role = "operand" if current is not None and instruction.name in current.operands else "text"
        return cut(((stop, "error"), ("  ", "text"), (padded, role), (f" {sign} ", "muted"), (right, "muted")), width)

    def _first(self, phase: str) -> int:
        return next(row.instruction.index for row in self._rows[1] if row.instruction and row.phase == phase)

    def on_resize(self) -> None:
        """Keep the current instruction in sight."""
        self._keep_in_sight()
        self.changed()

    def on_click(self, event: events.Click) -> None:
        """Go to the instruction under the pointer."""
        rows = self._shown(self.size.height)
        place = self._top + event.y
        if place < len(rows) and (instruction := rows[place].instruction) is not None:
            event.stop()
            self.post_message(self.Chosen(instruction.index))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further down the tape."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further up the tape."""
        self._wheel(event, -WHEEL)

    def _wheel(self, event: events.MouseEvent, notch: int) -> None:
        event.stop()
        self._top += notch
        self._clamp(len(self._shown(self.size.height)), self.size.height)
        self.changed()
