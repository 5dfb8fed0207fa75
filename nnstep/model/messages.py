"""What a message says of a user's word: harmless, short, and with the nearest known one as the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnstep.errors import ModelError, harmless, has_control

MOST_LIKE, MOST_LISTED = 1000, 40
"""Names that a word is compared with, and names that a message lists: a file of data may have any number."""


def refuse_control(key: str, text: str) -> None:
    """Raise ModelError when a text that is shown to the user carries control characters."""
    if has_control(text):
        raise ModelError(f"{key} must be without control characters, got {clipped(text)}")


def clipped(value: object) -> str:
    """A value as a message shows it: escaped, in the words of TOML, never long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    try:
        text = harmless(repr(value))
    except ValueError:  # Python writes no whole number of so many digits
        return "a number of thousands of digits"
    return text if len(text) <= 40 else f"{text[:36]} …{text[-1]}"


def nearest(word: str, known: Iterable[str], what: str) -> str:
    """The remedy for an unknown word: the one that was probably meant, else all that there are."""
    from difflib import get_close_matches

    # By lowercase spelling, since a wrong case is a common mistake.
    known = list(known)
    spelled, word = {name.lower(): name for name in known[:MOST_LIKE]}, word.lower()
    # Names such as mean_squared_error are often written by their initials.
    meant = [name for name in spelled if "_" in name and "".join(part[:1] for part in name.split("_")) == word]
    if meant := meant or get_close_matches(word, spelled, 1, 0.5):
        return f"did you mean '{spelled[meant[0]]}'?"
    names = list(spelled.values())
    more = f" and {len(known) - MOST_LISTED:,} more" if len(known) > MOST_LISTED else ""
    return f"{what} {', '.join(names[:MOST_LISTED])}{more}"
