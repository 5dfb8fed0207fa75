"""What a session may reach whose lines may come from someone else than the owner of this machine's files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nnstep.errors import CommandError, harmless
from nnstep.model import bundled
from nnstep.model.messages import clipped
from nnstep.model.shelf import Listed, listed, shelf

REMEDY = "those of `nnstep serve --allow-paths` do"


class Confinement:
    """The bundled models and the one that the session was opened with: no other file is read, and none is written."""

    def __init__(self, named: str | os.PathLike[str]) -> None:
        self._named = os.fspath(named)

    def allowed(self, source: Any) -> str | Path:  # noqa: ANN401  # whatever a model is opened from
        """What to open for a source; CommandError for any other file, whether it is there or not."""
        models, text = bundled(), str(source)
        if text == self._named or Path(text) in models.values():
            return text
        if text in models:
            # By its own file: one of the same name in this folder is not meant.
            return models[text]
        # Links are not followed, so that nothing is learned of other files.
        if "\0" not in text and os.path.abspath(text) == os.path.abspath(self._named):  # noqa: PTH100
            return self._named
        also = "" if self._named in models else f" and {harmless(self._named)}"
        raise CommandError(f"{clipped(text)}: sessions in a browser open only bundled models{also}; {REMEDY}")

    def refuse(self, command: str) -> CommandError:
        """What to say of a command that reads or writes a file."""
        return CommandError(f"{command}: sessions in a browser read and write no files; {REMEDY}")

    def shelf(self) -> list[Listed]:
        """The models that can be opened."""
        own = None if self._named in bundled() else listed(Path(self._named), self._named)
        return [*shelf(None), *([own] if own else [])]
