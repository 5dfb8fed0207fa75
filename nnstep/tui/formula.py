"""A formula with its parts coloured: what it writes, and what it reads."""

from __future__ import annotations

import re
from functools import lru_cache

from nnstep.engine.tape import Instruction
from nnstep.render.text import show_name
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, ends

_SIGN = re.compile(r" (=|←) ")


@lru_cache(maxsize=4096)
def parts(formula: str) -> tuple[str, str, str]:
    """The left-hand side, the sign and the right-hand side."""
    found = _SIGN.search(formula)
    return (formula[: found.start()], found[1], formula[found.end() :]) if found else (formula, "", "")


def coloured(text: str, operands: tuple[str, ...], base: Role) -> Line:
    """The text with every operand's name in the operands' colour."""
    names = sorted((re.escape(show_name(name)) for name in operands), key=len, reverse=True)
    if not names:
        return ((text, base),)
    pieces = re.split(rf"(?<![A-Za-z0-9_δ])({'|'.join(names)})(?![A-Za-z0-9_\[])", text)
    return tuple((piece, "operand" if place % 2 else base) for place, piece in enumerate(pieces) if piece)


def formula_line(instruction: Instruction) -> Line:
    """The current instruction's equation: result in the accent, operands in theirs."""
    left, sign, right = parts(instruction.formula)
    if not sign:
        return ((left, "strong"),)
    return ((left, "current"), (f" {sign} ", "muted"), *coloured(right, instruction.operands, "strong"))


class Formula(Panel):
    """The current instruction's equation over the matrices that it joins."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._left: Line = ()
        self._right: Line = ()

    def show(self, left: Line, right: Line) -> None:
        """Show a line with two ends."""
        self._left, self._right = left, right
        self.changed(left, right)

    def draw(self, width: int, height: int) -> list[Line]:
        """The equation, and a rule under it where there is room."""
        line = ends(self._left, (*self._right, (" ", "text")), width)
        return [cut(line, width), (("─" * width, "rule"),)] if height > 1 else [line]
