"""Matrices as pictures: two values a cell, one above the other, in the colours of the diverging scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.canvas import Area, Picture, joined
from nnstep.render.fitting import cells_of, fitted
from nnstep.render.scale import MIDDLE, colours, largest_of, mark_on, shade
from nnstep.render.text import Line, Role, Span, line

Matrix = npt.NDArray[Any]
LEAST_SIDE = 4
"""Pixels of a side from which rows are taken for pictures."""


MOST_BROAD, MOST_TALL = 12, 6
"""Cells and half cells that a value takes at most, where there are few of them."""


def heat_picture(
    name: str, matrix: Matrix, width: int, height: int, *, chosen: tuple[int, int] | None = None
) -> Picture:
    """A matrix as a heat map, and what its colours mean; of a larger one each pixel is the largest of its cells.

    Of a small one each value takes several cells. chosen: a row and a column to be marked, with its value.
    """
    given = np.shape(matrix)
    matrix = np.atleast_2d(np.asarray(matrix, np.float64))
    matrix = matrix.reshape(-1, matrix.shape[-1])
    largest = largest_of(matrix)
    down, across = -(-matrix.shape[0] // max(2 * (height - 2), 1)), -(-matrix.shape[1] // width)
    size = f"{matrix.shape[0]}×{matrix.shape[1]}"
    note = "" if down == across == 1 else f", the largest of {down}×{across} cells a pixel"
    pixels = colours(extremes(matrix, down, across), largest)
    tall = min(max(2 * (height - 2) // len(pixels), 1), MOST_TALL)
    # Whole lines a row, where there is room for one.
    tall -= tall % 2 if tall > 1 else 0
    broad = min(max(width // pixels.shape[1], 1), MOST_BROAD, 2 * tall)
    pixels = np.repeat(np.repeat(pixels, tall, axis=0), broad, axis=1)
    said = ""
    if chosen is not None:
        said = f"  [{','.join(map(str, chosen[2 - len(given) :] if given else ()))}] {fitted(float(matrix[chosen]), 9)}"
    title = line(Span(name, "name"), Span(f"  {size}{note}", "dim"), Span(said, "current"))
    keys = line(Span(f"{fitted(-largest, 9)} ", "dim"), *scale_spans(), Span(f" {fitted(largest, 9)}", "dim"))
    words = line(Span(f"{fitted(-largest, 9)} Xx=-  ░▒▓█ {fitted(largest, 9)}", "dim"))
    coloured, plain = half_blocks(pixels), shades(pixels)
    if chosen is not None:
        top, left = chosen[0] // down * tall // 2, chosen[1] // across * broad
        place = (top, max(tall // 2, 1), left, broad)
        coloured, plain = _framed(coloured, place), _framed(plain, place)

    def behind(x: int, y: int) -> str:
        row, column = 2 * (y - 1) // tall * down, x // broad * across
        if y < 1 or not (0 <= row < len(matrix) and 0 <= column < matrix.shape[1]) or len(given) > 2:
            return ""
        index = (row, column)[2 - len(given) :] if given else ()
        return f"select {name}" + (f"[{','.join(map(str, index))}]" if index else "")

    return Picture((title, *coloured, keys), (), (title, *plain, words), behind)


def _framed(lines: list[Line], place: tuple[int, int, int, int]) -> list[Line]:
    """Lines with a cell of the matrix marked at its corners, or by one sign where it is that small."""
    top, tall, left, broad = place
    found = list(lines)
    for y in range(top, min(top + tall, len(lines))):
        cells = [(character, span.role) for span in lines[y] for character in span.text]
        middle = y == top + (tall - 1) // 2
        marks = {left: "◆"} if broad < 3 and middle else {left: "▐", left + broad - 1: "▌"} if broad >= 3 else {}
        for x, mark in marks.items():
            role = cells[x][1]
            ground = role[1] if isinstance(role, tuple) else None
            cells[x] = (mark, "current" if ground is None else (mark_on(ground), ground))
        found[y] = joined(cells)
    return found


def extremes(matrix: Matrix, down: int, across: int) -> Matrix:
    """Of every block of down × across cells the one of the largest size; NaN where there is one."""
    if down == across == 1:
        return matrix
    rows, columns = -(-matrix.shape[0] // down), -(-matrix.shape[1] // across)
    padded = np.zeros((rows * down, columns * across))
    padded[: matrix.shape[0], : matrix.shape[1]] = matrix
    blocks = padded.reshape(rows, down, columns, across).swapaxes(1, 2).reshape(rows, columns, -1)
    high, low = blocks.max(axis=2), blocks.min(axis=2)
    with np.errstate(all="ignore"):
        found: Matrix = np.where(high >= -low, high, np.where(np.isnan(high), np.nan, low))
    return found


def scale_spans() -> list[Span]:
    """The scale from its negative to its positive end."""
    return [Span("█", (place, place)) for place in range(0, 2 * MIDDLE + 1, 4)]


def half_blocks(places: Matrix) -> list[Line]:
    """Places on the scale, two rows in a line."""
    if len(places) % 2:
        places = np.vstack([places, np.full(places.shape[1], MIDDLE)])
    return [
        joined([("▀", pair) for pair in zip(upper, lower, strict=True)])
        for upper, lower in zip(places[::2].tolist(), places[1::2].tolist(), strict=True)
    ]


def shades(places: Matrix) -> list[Line]:
    """The same without colour: of two values in a cell, the larger one by its size."""
    if len(places) % 2:
        places = np.vstack([places, np.full(places.shape[1], MIDDLE)])
    upper, lower = places[::2], places[1::2]
    stronger = np.where(np.abs(upper - MIDDLE) >= np.abs(lower - MIDDLE), upper, lower)
    return [joined([(shade(place), "text") for place in row]) for row in stronger.tolist()]


def side_of(features: int) -> int:
    """The side of the square pictures that rows of so many features are; 0 where they are none."""
    side = round(features**0.5)
    return side if side * side == features and side >= LEAST_SIDE else 0


def image_grid(  # noqa: PLR0913  # what is shown, where, and what a click does
    images: Sequence[Matrix],
    captions: Sequence[tuple[str, Role]],
    width: int,
    height: int,
    *,
    chosen: int | None = None,
    command: str = "",
) -> Picture:
    """As many images of one size as fit, each with its caption below, and how many more there are.

    chosen: the image that is marked and in sight. command: what a click on one types, with its number for {}.
    """
    if not images:
        return Picture(())
    tall = -(-images[0].shape[0] // 2)
    broad = max(images[0].shape[1], *(cells_of(text) + 2 for text, _ in captions)) + 2
    across, down = max(width // broad, 1), max((height - 1) // (tall + 2), 1)
    fit = min(across * down, len(images))
    first = (max(0, chosen // across - down + 1) if chosen is not None else 0) * across
    last = min(first + fit, len(images))
    coloured: list[Line] = []
    words: list[Line] = []
    areas: list[Area] = []
    for start in range(first, last, across):
        some = range(start, min(start + across, last))
        places = [colours(images[i]) for i in some]
        areas += [
            Area(len(coloured), len(coloured) + tall + 1, place * broad, (place + 1) * broad, command.format(i))
            for place, i in enumerate(some)
            if command
        ]
        for lines, draw in ((coloured, half_blocks), (words, shades)):
            drawn = [draw(each) for each in places]
            for row in range(tall):
                lines.append(beside([(each[row], broad) for each in drawn]))
            lines.append(beside([(_caption(captions[i], marked=i == chosen), broad) for i in some]))
            lines.append(line(""))
    left = len(images) - (last - first)
    more = line(Span(f"… {left} more", "dim")) if left else line("")
    return Picture((*coloured[:-1], more), tuple(areas), (*words[:-1], more))


def _caption(caption: tuple[str, Role], *, marked: bool) -> Line:
    text, role = caption
    return (Span("▶ ", "current"), Span(text, "current" if role == "dim" else role)) if marked else (Span(text, role),)


def beside(parts: Sequence[tuple[Line, int]]) -> Line:
    """Lines next to one another, each filled up to its width."""
    spans: list[Span] = []
    for spans_of, width in parts:
        spans += [*spans_of, Span(" " * max(width - sum(cells_of(span.text) for span in spans_of), 0))]
    return tuple(spans)
