"""Matrices as pictures: two values a cell, one above the other, in the colours of the diverging scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.canvas import Picture, joined
from nnstep.render.fitting import fitted
from nnstep.render.scale import MIDDLE, colours, largest_of, shade
from nnstep.render.text import Line, Role, Span, line

Matrix = npt.NDArray[Any]
LEAST_SIDE = 4
"""Pixels of a side from which rows are taken for pictures."""


def heat_picture(name: str, matrix: Matrix, width: int, height: int) -> Picture:
    """A matrix as a heat map, and what its colours mean; of a larger one each pixel is the largest of its cells."""
    matrix = np.atleast_2d(np.asarray(matrix, np.float64))
    matrix = matrix.reshape(-1, matrix.shape[-1])
    largest = largest_of(matrix)
    down, across = -(-matrix.shape[0] // max(2 * (height - 2), 1)), -(-matrix.shape[1] // width)
    size = f"{matrix.shape[0]}×{matrix.shape[1]}"
    note = "" if down == across == 1 else f", the largest of {down}×{across} cells a pixel"
    title = line(Span(name, "name"), Span(f"  {size}{note}", "dim"))
    pixels = colours(extremes(matrix, down, across), largest)
    keys = line(Span(f"{fitted(-largest, 9)} ", "dim"), *scale_spans(), Span(f" {fitted(largest, 9)}", "dim"))
    words = line(Span(f"{fitted(-largest, 9)} Xx=-  ░▒▓█ {fitted(largest, 9)}", "dim"))
    return Picture((title, *half_blocks(pixels), keys), (), (title, *shades(pixels), words))


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


def image_grid(images: Sequence[Matrix], captions: Sequence[tuple[str, Role]], width: int, height: int) -> Picture:
    """As many images of one size as fit, each with its caption below, and how many more there are."""
    if not images:
        return Picture(())
    tall = -(-images[0].shape[0] // 2)
    broad = max(images[0].shape[1], *(len(text) for text, _ in captions)) + 2
    across, down = max(width // broad, 1), max((height - 1) // (tall + 2), 1)
    fit = min(across * down, len(images))
    coloured: list[Line] = []
    words: list[Line] = []
    for start in range(0, fit, across):
        some = range(start, min(start + across, fit))
        places = [colours(images[i]) for i in some]
        for lines, draw in ((coloured, half_blocks), (words, shades)):
            drawn = [draw(each) for each in places]
            for row in range(tall):
                lines.append(beside([(each[row], broad) for each in drawn]))
            lines.append(beside([((Span(*captions[i]),), broad) for i in some]))
            lines.append(line(""))
    more = line(Span(f"… {len(images) - fit} more", "dim")) if fit < len(images) else line("")
    return Picture((*coloured[:-1], more), (), (*words[:-1], more))


def beside(parts: Sequence[tuple[Line, int]]) -> Line:
    """Lines next to one another, each filled up to its width."""
    spans: list[Span] = []
    for spans_of, width in parts:
        spans += [*spans_of, Span(" " * max(width - len("".join(span.text for span in spans_of)), 0))]
    return tuple(spans)
