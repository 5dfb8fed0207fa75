"""The diverging scale: a value as a number that whoever shows it turns into a colour.

From 0, the most negative, over the middle, which is zero, to SCALE − 1; behind these a faint zero for text, NaN and ∞.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.text import Role

Matrix = npt.NDArray[Any]

SCALE = 65
MIDDLE = SCALE // 2
ZERO, NAN, INFINITE = SCALE, SCALE + 1, SCALE + 2
INK, LIGHT = -1, -2
"""The colours of marks on pixels: that of the screen's ground, and that of its text."""

POSITIVE, NEGATIVE = " ░▒▓█", " -=xX"
"""A value without colour, by its sign and a quarter of its size."""


def largest_of(values: Matrix) -> float:
    """The size at which the scale ends: that of the largest finite value."""
    finite = values[np.isfinite(values)]
    return float(max(finite.max(), -finite.min())) if finite.size else 0.0


def colours(values: Matrix, largest: float | None = None) -> npt.NDArray[np.intp]:
    """The places of values on the scale."""
    values = np.asarray(values, np.float64)
    largest = largest_of(values) if largest is None else largest
    with np.errstate(all="ignore"):
        shares = np.clip(np.nan_to_num(values / (largest or 1.0), posinf=1, neginf=-1), -1, 1)
    places = MIDDLE + np.round(shares * MIDDLE).astype(np.intp)
    if not np.isfinite(values).all():
        places[np.isnan(values)] = NAN
        places[np.isinf(values)] = INFINITE
    return places


BRIGHT = 15
"""Steps from the middle from which a pixel stands out from the ground."""
LEGIBLE = 12
"""Steps from the middle at which text is still read."""


def legible(place: int) -> Role | int:
    """A place for a number as text: a small one keeps its sign's colour, a zero is dim."""
    if place >= ZERO or abs(place - MIDDLE) >= LEGIBLE:
        return place
    return "dim" if place == MIDDLE else MIDDLE + (LEGIBLE if place > MIDDLE else -LEGIBLE)


def mark_on(place: int) -> int:
    """The colour of a mark that is seen on a pixel."""
    return LIGHT if place == ZERO or abs(place - MIDDLE) < BRIGHT else INK


def shade(place: int) -> str:
    """A place on the scale as a character."""
    if place >= ZERO:
        return {ZERO: " ", NAN: "?", INFINITE: "!"}[place]
    share = (place - MIDDLE) / MIDDLE
    return (POSITIVE if share > 0 else NEGATIVE)[min(int(abs(share) * 4 + 0.75), 4)]


def rgb(place: int) -> tuple[int, int, int]:
    """A colour for a place where no theme decides: red for negative, blue for positive, on a dark ground."""
    if place < 0:
        return {INK: (13, 17, 23), LIGHT: (230, 237, 243)}[place]
    if place >= ZERO:
        return {ZERO: (110, 110, 110), NAN: (255, 0, 255), INFINITE: (255, 170, 0)}[place]
    share = (place - MIDDLE) / MIDDLE
    end = (88, 166, 255) if share > 0 else (255, 123, 114)
    low = (42, 46, 54)
    red, green, blue = (round(a + (b - a) * abs(share)) for a, b in zip(low, end, strict=True))
    return red, green, blue
