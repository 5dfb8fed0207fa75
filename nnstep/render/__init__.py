"""Data → lines of (text, role): no terminal, no colour."""

from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line, plain, show_name

__all__ = ["Line", "Span", "line", "number", "plain", "show_name"]
