"""A figure: rows of coloured runs of text, as a file that needs nothing from elsewhere, no font and no script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len

from nnstep.render.looks import Look, Looks
from nnstep.render.palette import Palette
from nnstep.render.text import Line
from nnstep.values import dataclass

FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"
"""What is there on most machines; each cell has its place whichever of them it is."""
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Controls, which XML forbids, and what turns the direction of a text around."""


class Run(NamedTuple):
    """Text of one look; colours as #rrggbb."""

    text: str
    colour: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True)
class Figure:
    """Rows of runs on a ground, so many cells wide."""

    rows: tuple[tuple[Run, ...], ...]
    width: int
    ground: str
    title: str


def figure(lines: Iterable[Line], palette: Palette, title: str) -> Figure:
    """Lines in the colours of a theme."""
    looks = Looks(palette)
    rows = tuple(tuple(_run(text, looks[role]) for text, role in spans if text) for spans in lines)
    width = max((sum(cells(run.text) for run in row) for row in rows), default=0)
    return Figure(rows, max(width, 1), palette.background, harmless(title))


def _run(text: str, look: Look) -> Run:
    return Run(harmless(text), look.colour, look.ground, look.bold, look.italic)


def harmless(text: str) -> str:
    """The text without what could be more than text."""
    return _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text)


def cells(text: str) -> int:
    """The width of a text; wide characters take two cells."""
    return len(text) if text.isascii() else cell_len(text)


def escaped(text: str) -> str:
    """The text as SVG and HTML have it, in elements and in attributes."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text
