"""Numbers as text. The sign of a negative number is an ASCII hyphen, so that it can be pasted back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[Any]

SMALL, LARGE = 1e-4, 1e6
"""Sizes beyond which a number is written with a power of ten."""


def number(x: float, digits: int = 4) -> str:
    """A number with so many significant digits, trailing zeros dropped."""
    x = float(x)
    if not math.isfinite(x):
        return _special(x)
    if x == 0:
        return "0"
    size = abs(x)
    if SMALL <= size < LARGE:
        decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
        text = f"{x:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def column(values: Matrix, digits: int = 6) -> list[str]:
    """Numbers that stand under one another: one count of decimals for all, or powers of ten for all."""
    flat = np.asarray(values).ravel()
    if flat.dtype.kind in "biu":
        return [str(x) for x in flat.tolist()]
    finite = np.abs(flat[np.isfinite(flat) & (flat != 0)])
    if not finite.size:
        template = "{:.0f}"
    else:
        high = float(finite.max())
        if high >= LARGE or high < SMALL:
            template = f"{{:.{digits - 1}e}}"
        else:
            decimals = max(digits - 1 - max(math.floor(math.log10(high)), 0), 0)
            exact = next((n for n in range(decimals) if np.all(np.round(finite, n) == finite)), decimals)
            template = f"{{:.{exact}f}}"
    # Adding 0 makes 0 of -0, as δ has it behind a ReLU.
    return [template.format(x + 0.0) if math.isfinite(x) else _special(x) for x in flat.tolist()]


def _special(x: float) -> str:
    if math.isnan(x):
        return "NaN"
    return "∞" if x > 0 else "-∞"
