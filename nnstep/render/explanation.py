"""An explained cell as lines."""

from __future__ import annotations

from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session import Explanation

DIGITS = 4


def show(x: float) -> str:
    """A number inside an explanation."""
    return number(x, DIGITS)


def explanation_lines(explanation: Explanation) -> list[Line]:
    """The equation with symbols, then with numbers, evaluated to the result; the signs of equality in one column."""
    left, sign, right = explanation.symbols.partition(" = ")
    if not sign:
        left, sign, right = explanation.symbols.partition(" ← ")
    if not sign:
        return [line(explanation.symbols), line("= ", Span(explanation.steps[-1], "number"))]
    indent = " " * len(left)
    first = line(Span(left, "current"), sign, right)
    return [first, *(line(indent, " = ", Span(step, "number")) for step in explanation.steps)]
