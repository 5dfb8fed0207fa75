"""The app. Importing this costs nothing: Textual is imported when the app is run."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnstep.tui import splash

if TYPE_CHECKING:
    from pathlib import Path

    from nnstep.settings import Settings
    from nnstep.tui.app import NnstepApp
    from nnstep.tui.stage import Stage

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
    if not _has_terminal("`nnstep run MODEL LINE…` works without one"):
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
    from nnstep.session.past import Past, history_file
    from nnstep.tui.hint import first_time, hint
    from nnstep.tui.stage import set_stage

    if not said and not problem and first_time():
        said = [hint()]
    said = [*said, *([problem] if problem else [])]
    main = set_stage(debugger, said, settings)
    splash.clear()
    with _painted(main, settings):
        from nnstep.tui.app import NnstepApp  # Textual comes with it, and takes as long as all before

        return _run(NnstepApp(debugger, settings=settings, past=Past(history_file()), main=main))


@contextmanager
def _painted(main: Stage, settings: Settings) -> Iterator[None]:
    """Have the first screen painted before the app can; whatever becomes of that, the terminal is left as it was."""
    if os.name != "posix":
        yield
        return
    from nnstep.tui import early  # Windows has no termios

    try:
        early.show(main, settings)
        yield
    finally:
        early.leave()


def replay(path: Path, *, writing: bool = False, ascii_only: bool = False) -> int:
    """Replay a lesson in the app; the process's exit code. LessonError for what is none."""
    if not _has_terminal("`nnstep replay LESSON --headless` works without one"):
        return 2
    gc.disable()
    from nnstep.lesson import Replay, read

    settings, problem = preferred(ascii_only=ascii_only)
    lesson = Replay(read(path, writing=writing), writing=writing)
    from nnstep.session.past import Past, history_file
    from nnstep.tui.app import NnstepApp

    splash.clear()
    past = Past(history_file())
    app = NnstepApp(lesson.debugger, [problem] if problem else [], settings, lesson=lesson, past=past)
    return _run(app)


def _run(app: NnstepApp) -> int:
    import numpy as np  # loaded by now

    # What overflows is shown where it is; NumPy's warnings would be printed over it.
    np.seterr(all="ignore")
    app.run()
    return INTERRUPTED if app.return_code is None else app.return_code


def serve(
    source: str, overrides: Mapping[str, object] | None = None, *, allow_paths: bool = False, ascii_only: bool = False
) -> int:
    """Open a model in the app for a browser, with which the process at stdin and stdout speaks; the exit code.

    Unless allow_paths, whoever is at the browser opens only bundled models and this one, and reads and writes no file.
    """
    gc.disable()
    from nnstep import api

    settings, problem = preferred(ascii_only=ascii_only)
    debugger = api.open(source, overrides, allow_paths=allow_paths)
    if allow_paths:
        debugger.keep_journal()
    else:
        debugger.session.confine()
    from nnstep.session.past import Past, history_file
    from nnstep.tui.app import NnstepApp
    from nnstep.tui.hint import first_time, hint

    said = [problem] if problem else [hint()] if first_time() else []
    app = NnstepApp(debugger, said, settings, past=Past(history_file()))
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


def _has_terminal(remedy: str) -> bool:
    """Whether there is a terminal; if not, that is said."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        if os.environ.get("TERM") != "dumb":
            return True
        lacks = "a terminal that can move its cursor, and TERM is dumb"
    else:
        # The screen is drawn on stderr and read from stdin; at its end, Textual would spin.
        lacks = "a terminal"
    print(f"nnstep: the app needs {lacks}; {remedy}", file=sys.stderr)  # noqa: T201
    return False
