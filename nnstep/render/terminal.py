"""Lines printed on a terminal in colour, for headless use."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from nnstep.render.ascii import ascii_pieces
from nnstep.render.scale import rgb
from nnstep.render.stream import AsciiStream
from nnstep.render.text import Colour, Line, Role

STYLES: dict[Role, str] = {
    "text": "",
    "dim": "dim",
    "heading": "bold",
    "current": "bold cyan",
    "operand": "yellow",
    "number": "",
    "name": "cyan",
    "error": "bold red",
    "good": "green",
}


def style_of(role: Role | Colour) -> str:
    """A role, or the colour of a value, as rich has it."""
    if isinstance(role, str):
        return STYLES[role]
    if isinstance(role, int):
        return "rgb({},{},{})".format(*rgb(role))
    return "rgb({},{},{}) on rgb({},{},{})".format(*rgb(role[0]), *rgb(role[1]))


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines in the terminal's colours; NO_COLOR is heeded by rich."""
    console = Console(highlight=False, soft_wrap=True)
    for spans in lines:
        pieces = ascii_pieces(spans) if isinstance(sys.stdout, AsciiStream) else spans
        console.print(Text.assemble(*((text, style_of(role)) for text, role in pieces)))
