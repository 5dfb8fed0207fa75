"""A figure as an SVG: every character in its own cell, whatever font there is."""

from __future__ import annotations

import re
from collections import defaultdict

from nnstep.render.figure import FONTS, Figure, Run, cells, escaped
from nnstep.render.looks import blend
from nnstep.render.shapes import BLOCKS, BRAILLES, CORNERS, DRAWN, HEAVY, LINES, SHADES, dots

CELL_WIDTH, CELL_HEIGHT = 9, 18
"""Pixels of a cell: two squares, so that the pixels of images are square."""
SIZE, BASELINE = 15, 14
"""Of the letters, whose usual width is three fifths of that; the baseline from the top of a cell."""
MARGIN = 12
# A blank between words is written with them; SVG drops a second one.
_WRITTEN = re.compile(f"[^ {DRAWN}]+(?: [^ {DRAWN}]+)*")
_SHAPES = re.compile(f"[{DRAWN}]")


class _Sheet:
    """Paths by their colour, from the lowest layer to the topmost, and the texts over them."""

    def __init__(self) -> None:
        self.grounds: defaultdict[str, list[str]] = defaultdict(list)
        self.blocks: defaultdict[str, list[str]] = defaultdict(list)
        self.lines: defaultdict[str, list[str]] = defaultdict(list)
        self.heavy: defaultdict[str, list[str]] = defaultdict(list)
        self.dots: defaultdict[str, list[str]] = defaultdict(list)
        self.texts: list[str] = []

    def run(self, run: Run, x: int, y: int, width: int, paper: str) -> None:
        """A run whose upper left corner is there, on a ground if that is not the paper's."""
        if run.ground != paper:
            self.grounds[run.ground].append(_box(x, y, width * CELL_WIDTH, CELL_HEIGHT))
        if run.underline:
            self.blocks[run.colour].append(_box(x, y + BASELINE + 2, width * CELL_WIDTH, 1))
        for found in _SHAPES.finditer(run.text):
            self._shape(found.group(), run, x + CELL_WIDTH * cells(run.text[: found.start()]), y)
        for found in _WRITTEN.finditer(run.text):
            self._text(found.group(), run, x + CELL_WIDTH * cells(run.text[: found.start()]), y)

    def _shape(self, character: str, run: Run, x: int, y: int) -> None:
        if character in BLOCKS:
            left, top, right, bottom = BLOCKS[character]
            width, height = (right - left) * CELL_WIDTH / 8, (bottom - top) * CELL_HEIGHT / 8
            box = _box(x + left * CELL_WIDTH / 8, y + top * CELL_HEIGHT / 8, width, height)
            self.blocks[run.colour].append(box)
        elif character in SHADES:
            colour = blend(run.ground, run.colour, SHADES[character])
            self.blocks[colour].append(_box(x, y, CELL_WIDTH, CELL_HEIGHT))
        elif ord(character) in BRAILLES:
            places = ((x + 2.25 + 4.5 * column, y + 2.25 + 4.5 * row) for column, row in dots(character))
            # A line of no length with round ends.
            self.dots[run.colour] += [f"M{left:g} {top:g}h0" for left, top in places]
        else:
            middle = x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2
            if character in CORNERS:
                start, end = (_end(way, x, y) for way in CORNERS[character])
                self.lines[run.colour].append("M{:g} {:g}Q{:g} {:g} {:g} {:g}".format(*start, *middle, *end))
                return
            heavy = character in HEAVY
            for way in HEAVY[character] if heavy else LINES[character]:
                line = "M{:g} {:g}L{:g} {:g}".format(*middle, *_end(way, x, y))
                (self.heavy if heavy else self.lines)[run.colour].append(line)

    def _text(self, text: str, run: Run, x: int, y: int) -> None:
        places, length = f"{x}", ""
        if not text.isascii():
            # Other fonts may have to help out, in which characters are of other widths.
            places = " ".join(f"{place:g}" for place in _places(text, x))
        elif len(text) > 1:
            length = f' textLength="{len(text) * CELL_WIDTH}"'
        weight = ' font-weight="bold"' if run.bold else ""
        style = ' font-style="italic"' if run.italic else ""
        self.texts.append(
            f'<text x="{places}" y="{y + BASELINE}"{length} fill="{run.colour}"{weight}{style}>{escaped(text)}</text>'
        )


def svg(figure: Figure) -> str:
    """The figure as the text of an SVG; the same figure gives the same text."""
    width = figure.width * CELL_WIDTH + 2 * MARGIN
    height = len(figure.rows) * CELL_HEIGHT + 2 * MARGIN
    sheet = _Sheet()
    for number, row in enumerate(figure.rows):
        column = 0
        for run in row:
            taken = cells(run.text)
            sheet.run(run, MARGIN + column * CELL_WIDTH, MARGIN + number * CELL_HEIGHT, taken, figure.ground)
            column += taken
    size = f'width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"',
        f'  font-family="{FONTS}" font-size="{SIZE}">',
        f"<title>{escaped(figure.title)}</title>",
        f'<rect {size} fill="{figure.ground}"/>',
        *_paths(sheet.grounds, 'shape-rendering="crispEdges"', "fill"),
        *_paths(sheet.blocks, 'shape-rendering="crispEdges"', "fill"),
        *_paths(sheet.lines, 'fill="none" stroke-width="1.2"', "stroke"),
        *_paths(sheet.heavy, 'fill="none" stroke-width="2.4"', "stroke"),
        *_paths(sheet.dots, 'fill="none" stroke-width="3.2" stroke-linecap="round"', "stroke"),
        *sheet.texts,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _paths(paths: dict[str, list[str]], attributes: str, ink: str) -> list[str]:
    if not paths:
        return []
    drawn = [f'<path {ink}="{colour}" d="{"".join(pieces)}"/>' for colour, pieces in paths.items()]
    return [f"<g {attributes}>", *drawn, "</g>"]


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"


def _end(way: str, x: int, y: int) -> tuple[float, float]:
    """Where a line leaves its cell."""
    across, down = {"l": (0.0, 0.5), "r": (1.0, 0.5), "u": (0.5, 0.0), "d": (0.5, 1.0)}[way]
    return x + across * CELL_WIDTH, y + down * CELL_HEIGHT


def _places(text: str, x: int) -> list[float]:
    """Where each character begins; a wide one stands in the middle of its two cells."""
    places: list[float] = []
    column = 0
    for character in text:
        width = cells(character)
        places.append(x + column * CELL_WIDTH + (CELL_WIDTH - SIZE / 2 if width > 1 else 0))
        column += width
    return places
