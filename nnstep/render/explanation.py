"""An explained cell as lines."""

from __future__ import annotations

from nnstep.render.catalogue import said
from nnstep.render.numbers import number
from nnstep.render.ops import library_text
from nnstep.render.text import Line, Span, line
from nnstep.session import Explanation

DIGITS = 4


def show(x: float) -> str:
    """A number inside an explanation."""
    return number(x, DIGITS)


def explanation_lines(explanation: Explanation) -> list[Line]:
    """The equation with symbols, then with numbers, evaluated to the result; last, what PyTorch calls it.

    The signs of equality stand in one column.
    """
    left, sign, right = explanation.symbols.partition(" = ")
    if not sign:
        left, sign, right = explanation.symbols.partition(" ← ")
    if not sign:
        cell, _, what = explanation.symbols.partition(": ")
        value = line("= ", Span(explanation.steps[-1], "number"))
        return [line(f"{cell}: {said(what)}"), value, *_library(explanation)]
    indent = " " * len(left)
    first = line(Span(left, "current"), sign, right)
    steps = (line(indent, " = ", Span(step, "number")) for step in explanation.steps)
    return [first, *steps, *_library(explanation)]


def _library(explanation: Explanation) -> list[Line]:
    return [line(Span(library_text(explanation.library), "dim"))] if explanation.library else []
