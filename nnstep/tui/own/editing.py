"""Changing the model's file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from nnstep.errors import CommandError
from nnstep.model import bundled
from nnstep.tui.own.registry import own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

LAST_RESORT = "vi"


@own("edit")
def edit(app: NnstepApp, _: str) -> str | None:
    """Leave the terminal to an editor, then open the model anew; a model that has become bad changes nothing."""
    import shlex  # only for an editor

    path = _own_file(app.debugger.session.model.path)
    before = path.read_bytes()
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or LAST_RESORT
    try:
        with app.suspend():
            code = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode  # noqa: S603  # the user's
    except SuspendNotSupported as error:
        raise CommandError(
            "edit: this terminal cannot be left to an editor; edit the file, then type `open`"
        ) from error
    except (OSError, ValueError) as error:
        raise CommandError(f"edit: {editor!r} cannot be started; set VISUAL or EDITOR") from error
    app.refresh(layout=True)
    if code:
        raise CommandError(f"edit: {editor} ended with {code}; nothing is opened anew")
    if path.read_bytes() == before:
        return f"{path.name} was left as it was; `open` opens it anew"
    app.run_line("open")
    return None


def _own_file(path: Path | None) -> Path:
    """A file that is the user's to change."""
    if path is None:
        raise CommandError("edit: this model was given as a dict: there is no file to edit")
    for name, each in bundled().items():
        if path.resolve() == each.resolve():
            raise CommandError(
                f"edit: {name} is bundled; `nnstep new mine.toml --from {name}` in a shell makes a copy to edit"
            )
    return path
