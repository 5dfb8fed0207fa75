"""The shell's door: nnstep [MODEL], and the subcommands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from nnstep.cli import app, benching, checking, completing, listing, making, replaying, running, serving
from nnstep.cli.speaking import speak
from nnstep.cli.subcommand import INTERRUPTED, Subcommand
from nnstep.errors import NnstepError
from nnstep.tui import splash

__all__ = ["APP", "SUBCOMMANDS", "main"]

APP = app.SUBCOMMAND
"""What `nnstep` without a subcommand does."""
SUBCOMMANDS: dict[str, Subcommand] = {
    each.name: each
    for each in (
        running.SUBCOMMAND,
        replaying.SUBCOMMAND,
        checking.SUBCOMMAND,
        listing.SUBCOMMAND,
        listing.LESSONS,
        making.SUBCOMMAND,
        completing.subcommand(lambda: (APP, *SUBCOMMANDS.values())),
        serving.SUBCOMMAND,
        benching.SUBCOMMAND,
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; 0, 1 for a user's mistake, 2 for wrong usage, 130 after Ctrl+C."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # What the terminal's encoding lacks is escaped rather than a crash.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        # Asked for anywhere, it holds for all that is printed.
        ascii_only = "--ascii" in arguments
        subcommand = SUBCOMMANDS.get(arguments[0]) if arguments else None
        if subcommand:
            splash.clear()
            speak(ascii_only=ascii_only)
        code = subcommand(arguments[1:]) if subcommand else APP(arguments)
        sys.stdout.flush()
    except NnstepError as error:
        splash.clear()
        print(f"nnstep: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
