"""The app. Importing this costs nothing: Textual is imported when the app is run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstep.settings import Settings

from nnstep.tui import splash

INTERRUPTED = 130


def run(  # noqa: PLR0913  # each is an option of the command line
    source: str | None,
    overrides: Mapping[str, object] | None = None,
    *,
    resumed: bool = False,
    force: bool = False,
    allow_paths: bool = False,
    ascii_only: bool = False,
) -> int:
    """Open a model in the app, or resume its latest session; the process's exit code.

    ascii_only: draw with ASCII characters alone, whatever the settings say.
    ModelError if the model cannot be opened; for the rest see `nnstep.api.resume`.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # The screen is drawn on stderr and read from stdin; at its end, Textual would spin.
        print("nnstep: the app needs a terminal; `nnstep run MODEL LINE…` works without one", file=sys.stderr)  # noqa: T201
        return 2
    # The imports make many objects and no garbage.
    gc.disable()
    from nnstep import api

    settings, problem = preferred(ascii_only=ascii_only)
    said: list[str] = []
    # A model that cannot be opened is said before the app's libraries are loaded.
    if resumed or source is None:
        debugger, said = api.resume(source, force=force, allow_paths=allow_paths)
    else:
        debugger = api.open(source, overrides, allow_paths=allow_paths)
        debugger.keep_journal()
    from nnstep.tui.app import NnstepApp

    splash.clear()
    app = NnstepApp(debugger, [*said, *([problem] if problem else [])], settings)
    app.run()
    return INTERRUPTED if app.return_code is None else app.return_code


def preferred(*, ascii_only: bool) -> tuple[Settings, str]:
    """The user's settings in force, and what is wrong with their file; a bad one stops nothing."""
    from msgspec.structs import replace

    from nnstep.commands.rekeying import rekey
    from nnstep.engine.names import spell_out
    from nnstep.errors import SettingsError
    from nnstep.render.ascii import lacks
    from nnstep.settings import load

    loaded = load()
    settings, problem = loaded.settings, loaded.problem
    try:
        rekey(settings.keys)
    except SettingsError as error:
        settings, problem = replace(settings, keys={}), f"{loaded.path}: {error}"
    if ascii_only or settings.ascii or lacks(sys.stderr.encoding):
        settings = replace(settings, ascii=True)
        spell_out()
    return settings, problem
