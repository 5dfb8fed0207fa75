"""The tape of one iteration: every instruction under its phase, ▶ on the one just run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len

from nnstep.engine.tape import Instruction, Tape
from nnstep.render.text import show_name
from nnstep.tui.formula import coloured, parts
from nnstep.tui.outline import Group, Outline, Row, named, places
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.text import cut, fill

HEADINGS_FROM = 12
"""The height from which phases have headings: below, instructions alone are worth the lines."""
WHEEL = 3
GUTTER = 2
"""Columns at the left in which a click sets a stop, or takes it away."""


def brief(instruction: Instruction) -> str:
    """What an instruction works out, in fewer words than its formula; nothing if there are none."""
    name = instruction.name.partition(":")[0]
    if instruction.phase == "backward":
        return f"∂L/∂{show_name(name.replace('delta', 'Z') if name.startswith('delta') else name[1:])}"
    return f"loss({', '.join(map(show_name, instruction.operands))})" if name == "E" else ""


class RowClicked(NamedTuple):
    """A line was clicked: in the gutter, or behind it."""

    row: Row
    gutter: bool


class TapePanel(Panel):
    """Draws the lines in sight only, and its own cursor while it has the keyboard.

    Attributes: framed, whether a rule parts it from what is at its right; rows, its lines; cursor, the place among
    them of its own cursor; focused_here, whether it has the keyboard; wanted, the text that is looked for.
    """

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.framed = True
        self.focused_here = False
        self.cursor = 0
        self.wanted = ""
        self.rows: list[Row] = []
        self.outline: Outline | None = None
        self._current = 0
        self._step = 0
        self._top = 0
        self._stem = 0
        self._widest = 0
        self._stops: Mapping[int, str] = {}
        self._folded: frozenset[tuple[str, int | None]] = frozenset()
        self._headings = True

    # What is shown

    def show(self, tape: Tape, current: int, stops: Mapping[int, str], step: int) -> None:
        """Show the tape of a step: it stands on the result of instruction `current` (0: before the first)."""
        moved = step != self._step
        self._stops, self._current, self._step = stops, current, step
        if self.outline is None or tape is not self.outline.tape:
            self._load(tape)
        self._fit()
        if moved:
            self.cursor = self._place(current)
            self._keep_in_sight(self.cursor, 3)
        here = (self.cursor, self._top, self.focused_here, self.framed, self._folded, self.wanted)
        self.changed(id(self.outline), current, dict(stops), step, here)

    def attend(self, *, here: bool) -> None:
        """Have the keyboard, with the cursor where the tape stands; or have it no more."""
        self.focused_here = here
        self.cursor = self._place(self._current)
        self._keep_in_sight(self.cursor, 3)
        self.changed()

    @property
    def natural(self) -> int:
        """The width that cuts no formula."""
        return self._widest + 4

    @property
    def row(self) -> Row:
        """The line under the cursor."""
        return self.rows[self.cursor]

    def forget(self) -> None:
        """Unfold everything, for another model."""
        self._folded, self.wanted, self.outline = frozenset(), "", None

    def _load(self, tape: Tape) -> None:
        self.outline = Outline(tape)
        self._stem = max((cell_len(show_name(instruction.name)) for instruction in tape), default=0)
        rights = (cell_len("".join(parts(instruction.formula)[1:])) for instruction in tape)
        self._widest = 3 + self._stem + 2 + max(rights, default=0)
        self._arrange()

    def fitted(self) -> None:
        """Keep the cursor in sight, or the current instruction."""
        if self.outline is not None:
            self._fit()
            self._keep_in_sight(self.cursor if self.focused_here else self._place(self._current), 3)

    def _fit(self) -> None:
        """Have headings where there is room for them."""
        headings = self.size.height >= HEADINGS_FROM
        if headings != self._headings and self.size:
            self._headings = headings
            self._arrange()
            self._keep_in_sight(self._place(self._current), 3)

    def _arrange(self) -> None:
        """The lines anew; the cursor stays on what it was on, or on what that is folded into."""
        assert self.outline is not None
        old = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        self.rows = self.outline.rows(self._folded, headings=self._headings)
        if old is None:
            self.cursor = self._place(self._current)
            return
        group = old.group
        same = (place for place, row in enumerate(self.rows) if group and row.group and row.group.key == group.key)
        self.cursor = next(same, self._place(old.first))

    def _place(self, index: int) -> int:
        """The line of an instruction, or of what it is folded into."""
        index = max(index, 1)
        return next((place for place, row in enumerate(self.rows) if row.first <= index <= row.last), 0)

    # Commands

    def fold(self, groups: list[Group], *, shut: bool) -> None:
        """Fold groups, or unfold them with all that is in them."""
        keys = {group.key for group in groups}
        if shut:
            self._folded |= keys
        else:
            phases = {phase for phase, layer in keys if layer is None}
            around = {(phase, None) for phase, _ in keys}
            self._folded = frozenset(k for k in self._folded - keys - around if k[0] not in phases)
        self._arrange()
        self._keep_in_sight(self.cursor, 1)
        self.changed()

    def go(self, place: int) -> None:
        """Put the cursor on a line, or the nearest that there is."""
        self.cursor = max(0, min(place, len(self.rows) - 1))
        self._keep_in_sight(self.cursor, 1)
        self.changed()

    def reveal(self, index: int) -> None:
        """Put the cursor on an instruction, unfolded where it has to be."""
        assert self.outline is not None
        group = self.outline.around(index)
        if self.rows[self._place(index)].instruction is None and group is not None:
            self._folded -= {group.key, (group.phase, None)}
            self._arrange()
        self.go(self._place(index))

    def look_for(self, text: str) -> list[int]:
        """Mark a text wherever it stands; the instructions that hold it."""
        assert self.outline is not None
        self.wanted = text
        self.changed()
        every = self.outline.rows(frozenset(), headings=False)
        return [every[place].first for place in places(every, text)] if text else []

    # Drawing

    def _keep_in_sight(self, place: int, margin: int) -> None:
        """Scroll so that a line has neighbours on both sides, where the tape goes on."""
        height = self.size.height
        margin = min(margin, (height - 1) // 2)
        self._top = min(self._top, place - margin)
        self._top = max(self._top, place + margin - height + 1)
        self._clamp(height)

    def _clamp(self, height: int) -> None:
        self._top = max(0, min(self._top, len(self.rows) - height))

    def draw(self, width: int, height: int) -> list[Line]:
        """The rows in sight, each ending in the rule that parts the tape from the matrices."""
        if self.outline is None:
            return []
        self._clamp(height)
        inner = width - 1 if self.framed else width
        tape = self.outline.tape
        current = tape[self._current] if self._current else None
        edge: Line = (("│", "rule"),) if self.framed else ()
        drawn: list[Line] = []
        for place, row in enumerate(self.rows[self._top : self._top + height], start=self._top):
            line = fill(self._line(row, current, inner), inner)
            if self.focused_here and place == self.cursor:
                line = (("".join(text for text, _ in line), "current-ground"),)
            drawn.append((*line, *edge))
        return drawn + [(*fill((), inner), *edge)] * (height - len(drawn))

    def _line(self, row: Row, current: Instruction | None, width: int) -> Line:
        instruction = row.instruction
        if instruction is None:
            return cut(self._heading(row), width)
        left, sign, right = parts(instruction.formula)
        if 5 + self._stem + cell_len(right) > width:
            right = brief(instruction) or right
        stop = self._stops.get(instruction.index, " ")
        padded = left + " " * (self._stem - cell_len(left))
        if current is not None and instruction.index == current.index:
            body = coloured(right, instruction.operands, "strong")
            line: Line = (("▶ ", "current"), (padded, "current"), (f" {sign} ", "muted"), *body)
        elif instruction.index > self._current:
            line = ((f"  {padded} {sign} {right}", "faint"),)
        else:
            role = "operand" if current is not None and instruction.name in current.operands else "text"
            line = (("  ", "text"), (padded, role), (f" {sign} ", "muted"), (right, "muted"))
        return cut(((stop, "error"), *self._found(line)), width)

    def _heading(self, row: Row) -> Line:
        """A phase, or a layer; of one that is folded, what is in it, with the stops and ▶ that it hides."""
        group = row.group
        assert group is not None
        assert self.outline is not None
        if not row.folded:
            reached: Role = "muted" if group.layer is None else "text"
            role = reached if group.first <= self._current else "faint"
            return ((f"  {group.text}" if group.layer else f" {group.phase}", role),)
        inside = range(group.first, group.last + 1)
        stop = next((self._stops[index] for index in inside if index in self._stops), " ")
        here = self._current in inside
        role = "current" if here else "text" if group.first <= self._current else "faint"
        title = group.phase if group.layer is None else group.text or f"layer {group.layer}"
        sign: Line = (("▶ " if here else "  ", "current"), ("▸ ", "accent"))
        rest = "muted" if group.first <= self._current else "faint"
        if here:
            name = show_name(self.outline.tape[self._current].name)
            tail: Line = ((f"  {name}", "current"), (f"  {self._current - group.first + 1}/{len(inside)}", "muted"))
        else:
            tail = ((f"  {named(group, self.outline.tape)}", rest),)
        return ((stop, "error"), *sign, (title, role), *tail)

    def _found(self, line: Line) -> Line:
        """The line with the text that is looked for marked, where it stands in one piece."""
        if not self.wanted:
            return line
        pieces: list[tuple[str, Role]] = []
        for text, role in line:
            for place, piece in enumerate(re.split(f"({re.escape(self.wanted)})", text, flags=re.IGNORECASE)):
                if piece:
                    pieces.append((piece, "found" if place % 2 else role))
        return tuple(pieces)

    # Events

    def on_click(self, event: Mouse) -> None:
        """Tell what is under the pointer."""
        place = self._top + event.y
        if place < len(self.rows):
            event.stop()
            self.tell(RowClicked(self.rows[place], event.x < GUTTER))

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Look further along the tape."""
        event.stop()
        self._top += WHEEL * notch
        self._clamp(self.size.height)
        self.changed()
