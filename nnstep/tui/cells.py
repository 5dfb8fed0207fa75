"""The cells of a matrix in sight: their texts, each as wide, and their places on the colour scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstep.render.scale import INFINITE, NAN, SCALE, ZERO
from nnstep.tui.format import Format

_SPECIAL = {ZERO: "0", NAN: "NaN"}


def colour_numbers(block: NDArray[np.floating], largest: float) -> list[list[int]]:
    """Each cell's place on the diverging scale, by the root of its size so that small values differ too."""
    half = SCALE // 2
    with np.errstate(all="ignore"):
        size = np.sqrt(np.abs(block) * (1 / largest if largest and 1 / largest < np.inf else 1.0))
        places = np.copysign(size, block) * half + (half + 0.5)
        numbers = np.clip(np.nan_to_num(places), 0.5, SCALE - 0.5).astype(np.intp)
    numbers[block == 0] = ZERO
    if not np.isfinite(block).all():
        numbers[np.isinf(block)] = INFINITE
        numbers[np.isnan(block)] = NAN
    listed: list[list[int]] = numbers.tolist()
    return listed


def cell_texts(row: list[float], colours: list[int], form: Format, cell: int) -> list[str]:
    """The row's numbers, each exactly `cell` wide."""
    width = form.width
    joined = (form.pattern * len(row)) % tuple(row)
    if len(joined) == width * len(row):
        texts = [joined[start : start + width] for start in range(0, len(joined), width)]
    else:
        alone = (form.pattern % value for value in row)
        texts = [text if len(text) == width else form.alone(value) for text, value in zip(alone, row, strict=True)]
    if max(colours, default=0) >= SCALE:
        for place, number in enumerate(colours):
            if number >= SCALE:
                texts[place] = _SPECIAL.get(number) or ("∞" if row[place] > 0 else "-∞")
    return [text.rjust(cell) for text in texts]
