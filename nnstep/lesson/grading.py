"""How near a learner's number is to the answer."""

from __future__ import annotations

import math
import re
from typing import Literal

Grade = Literal["right", "sign", "close", "wrong"]

WITHIN = 0.01
"""The share of the answer that one may be off, where the lesson does not say."""
CLOSE = 0.1
"""The same for what is close."""
ZERO = 1e-9
_NUMBER = re.compile(r"[-+−]?(\d+([.,]\d*)?|[.,]\d+)(e[-+−]?\d+)?|[-+−]?(inf|∞)|nan", re.IGNORECASE)


def number_of(text: str) -> float | None:
    """The number that was typed, with a point or a comma; None for what is none."""
    text = text.strip().replace(" ", "")
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        return None
    return float(text.replace("−", "-").replace(",", ".").replace("∞", "inf"))


def grade(text: str, answer: float, within: float | None = None) -> Grade:
    """How near a typed number is: right within `within`, else within 1 %, or where its two or more digits are right."""
    typed = number_of(text)
    assert typed is not None, text
    if math.isnan(answer) or math.isinf(answer):
        return "right" if typed == answer or (math.isnan(typed) and math.isnan(answer)) else "wrong"
    most = max(abs(answer) * WITHIN, ZERO) if within is None else within * (1 + 1e-9)
    off = abs(typed - answer)
    if off <= most or (within is None and _rounded(text, typed, answer)):
        return "right"
    if answer and abs(typed + answer) <= most:
        return "sign"
    return "close" if off <= max(2 * most, abs(answer) * CLOSE) else "wrong"


def _rounded(text: str, typed: float, answer: float) -> bool:
    """Whether the number is the answer rounded to the digits that were typed, two at least that count."""
    digits = re.sub(r"e.*", "", text.strip().lower()).replace(",", ".").lstrip("+-−")
    counting = digits.replace(".", "").lstrip("0")
    if len(counting) < 2 or not math.isfinite(typed) or "e" in text.lower():
        return False
    decimals = len(digits.partition(".")[2])
    return abs(typed - answer) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
