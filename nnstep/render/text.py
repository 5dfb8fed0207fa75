"""Lines of spans: what is said, and the role each part plays. Colours belong to whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from nnstep.engine.names import shown as show_name

__all__ = ["Colour", "Line", "Role", "Span", "line", "plain", "show_name", "text_of"]

Role = Literal["text", "dim", "heading", "current", "operand", "number", "name", "error", "good"]
"""text; dim (not computed yet, or beside the point); heading; current (the instruction just run and its result);
operand (what it read); number; name; error; good."""

Colour = int | tuple[int, int]
"""A value's place on the diverging scale (see scale.py), or those of two values one above the other in one cell."""


class Span(NamedTuple):
    """A stretch of text in one role, or in the colour of a value."""

    text: str
    role: Role | Colour = "text"


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line of spans; plain strings are text."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def plain(spans: Line) -> str:
    """The line without its roles."""
    return "".join(span.text for span in spans).rstrip()


def text_of(lines: Iterable[Line]) -> str:
    """Lines as plain text."""
    return "\n".join(plain(spans) for spans in lines)
