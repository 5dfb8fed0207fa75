"""What a message says of a user's word: harmless, short, and with the nearest known one as the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nnstep.errors import ModelError

# C0, C1 and bidirectional controls, line separators and lone surrogates: what could speak to a terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def has_control(text: str) -> bool:
    """Whether the text carries control characters."""
    return _CONTROL.search(text) is not None


def refuse_control(key: str, text: str) -> None:
    """Raise ModelError when a text that is shown to the user carries control characters."""
    if has_control(text):
        raise ModelError(f"{key} must be without control characters, got {clipped(text)}")


def harmless(text: str) -> str:
    """The text with its control characters written as escapes, for a place that cannot refuse them."""
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def clipped(value: object) -> str:
    """A value as a message shows it: escaped, in the words of TOML, never long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = harmless(repr(value))
    return text if len(text) <= 40 else f"{text[:36]} …{text[-1]}"


def nearest(word: str, known: Iterable[str], what: str) -> str:
    """The remedy for an unknown word: the one that was probably meant, else all that there are."""
    from difflib import get_close_matches

    # By lowercase spelling, since a wrong case is a common mistake.
    spelled, word = {name.lower(): name for name in known}, word.lower()
    # Names such as mean_squared_error are often written by their initials.
    meant = [name for name in spelled if "_" in name and "".join(part[0] for part in name.split("_")) == word]
    if meant := meant or get_close_matches(word, spelled, 1, 0.5):
        return f"did you mean '{spelled[meant[0]]}'?"
    return f"{what} {', '.join(spelled.values())}"
