"""The app. Importing this costs nothing: Textual is imported when the app is run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping

INTERRUPTED = 130


def run(
    source: str | None,
    overrides: Mapping[str, object] | None = None,
    *,
    resumed: bool = False,
    force: bool = False,
    allow_paths: bool = False,
) -> int:
    """Open a model in the app, or resume its latest session; the process's exit code.

    ModelError if the model cannot be opened; for the rest see `nnstep.api.resume`.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # The screen is drawn on stderr and read from stdin; at its end, Textual would spin.
        print("nnstep: the app needs a terminal; `nnstep run MODEL LINE…` works without one", file=sys.stderr)  # noqa: T201
        return 2
    # The imports make many objects and no garbage.
    gc.disable()
    from nnstep import api

    said: list[str] = []
    # A model that cannot be opened is said before the app's libraries are loaded.
    if resumed or source is None:
        debugger, said = api.resume(source, force=force, allow_paths=allow_paths)
    else:
        debugger = api.open(source, overrides, allow_paths=allow_paths)
        debugger.keep_journal()
    from nnstep.tui.app import NnstepApp

    app = NnstepApp(debugger, said)
    app.run()
    return INTERRUPTED if app.return_code is None else app.return_code
