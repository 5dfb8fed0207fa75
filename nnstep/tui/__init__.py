"""The app. Importing this costs nothing: Textual is imported when the app is run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping

INTERRUPTED = 130


def run(source: str, overrides: Mapping[str, object]) -> int:
    """Open a model in the app; the process's exit code. ModelError if the model cannot be opened."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # The screen is drawn on stderr and read from stdin; at its end, Textual would spin.
        print("nnstep: the app needs a terminal; `nnstep run MODEL LINE…` works without one", file=sys.stderr)  # noqa: T201
        return 2
    # The imports make many objects and no garbage.
    gc.disable()
    from nnstep.api import open as open_model

    # A model that cannot be opened is said before the app's libraries are loaded.
    debugger = open_model(source, overrides)
    from nnstep.tui.app import NnstepApp

    app = NnstepApp(debugger)
    app.run()
    return INTERRUPTED if app.return_code is None else app.return_code
