"""What a browser says: read with limits, as anybody could have written it."""

from __future__ import annotations

import json
from typing import Any

from nnstep.values import dataclass

LONGEST = 256 * 1024
"""Bytes of a message: a paste."""
WIDEST, TALLEST = 500, 200
"""Columns and rows of a screen; a larger one is drawn in part."""


class BadLetterError(Exception):
    """A message that no page of ours sends."""


@dataclass(frozen=True)
class Typed:
    """Keys, as a terminal sends them."""

    raw: bytes


@dataclass(frozen=True)
class Resized:
    """The size of the terminal in cells."""

    columns: int
    rows: int


@dataclass(frozen=True)
class Ping:
    """A question whether anybody is there, to be answered with its own text."""

    text: str


@dataclass(frozen=True)
class Focused:
    """Whether the page is looked at."""

    here: bool


Letter = Typed | Resized | Ping | Focused


def read(text: str) -> Letter:
    """One message; BadLetterError for any that the page does not send."""
    try:
        kind, *rest = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadLetterError from error
    match kind, rest:
        case "stdin", [str(typed)]:
            # Half a surrogate pair cannot be encoded.
            return Typed(typed.encode("utf-8", "replace"))
        case "resize", [{"width": width, "height": height}]:
            return size(width, height)
        case "ping", [str(when)] if len(when) <= 32:
            return Ping(when)
        case (("focus" | "blur"), []):
            return Focused(kind == "focus")
    raise BadLetterError


def size(width: Any, height: Any) -> Resized:  # noqa: ANN401  # anything may have been sent
    """A size within the limits, from whole numbers or their texts; BadLetterError for anything else."""
    numbers = []
    for given, most in ((width, WIDEST), (height, TALLEST)):
        if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 20:
            number = int(given)
        elif isinstance(given, int) and not isinstance(given, bool):
            number = given
        else:
            raise BadLetterError
        numbers.append(min(max(number, 1), most))
    return Resized(*numbers)
