"""What a message says of a user's word: harmless, short, and with the nearest known one as the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnstep.errors import ModelError, harmless, has_control


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
