"""The first sign of life: one line, written before anything slow is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

OTHERS = ("bench", "check", "completion", "lessons", "models", "new", "replay", "run", "serve")
"""What does not open the app: the first words that the shell's door knows."""
_shown: list[str] = []


def show(arguments: Sequence[str]) -> bool:
    """Say that nnstep is coming, if these arguments open the app in a terminal; whether they do."""
    first = arguments[0] if arguments else ""
    asks = any(each in ("-h", "--help", "--version") for each in arguments)
    if os.environ.get("TERM") == "dumb" or first in OTHERS or asks or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    model = "" if first.startswith("-") else f"  {''.join(each if ' ' <= each <= '~' else '?' for each in first)}"
    # Straight to the terminal: a text stream's encoding is not worth waiting for.
    os.write(sys.stderr.fileno(), f"\r nnstep{model} ...".encode())
    _shown.append(model)
    return True


def clear() -> None:
    """Take it away, where it is."""
    if _shown:
        _shown.clear()
        os.write(sys.stderr.fileno(), b"\r\x1b[K")
