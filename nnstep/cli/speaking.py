"""How what is printed is spelled."""

from __future__ import annotations

import sys

from nnstep.engine.names import spell_out
from nnstep.render.ascii import lacks
from nnstep.render.stream import ascii_streams
from nnstep.settings import load


def speak(*, ascii_only: bool) -> None:
    """Print in ASCII, if that is asked for, preferred, or all that standard output can take."""
    if not (ascii_only or lacks(sys.stdout.encoding)):
        loaded = load()
        if loaded.problem:
            print(f"nnstep: {loaded.problem}; the defaults hold", file=sys.stderr)
        ascii_only = loaded.settings.ascii
    if ascii_only or lacks(sys.stdout.encoding):
        spell_out()
        ascii_streams()
