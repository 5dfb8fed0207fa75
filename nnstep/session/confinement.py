"""What a session may reach whose lines may come from someone else than the owner of this machine's files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nnstep.errors import CommandError, harmless
from nnstep.model import bundled
from nnstep.model.messages import clipped
from nnstep.model.shelf import Listed, listed, shelf

AGAIN = "give the stop its `commands` anew to let it"
REMEDY = "those of `nnstep serve --allow-paths` do"


class Confinement:
    """Every model can be opened and every file read, but none is written."""

    def allowed(self, source: Any) -> Any:  # noqa: ANN401  # whatever a model is opened from
        """What to open for a source; CommandError for what may not be opened, whether it is there or not."""
        return source

    def refusal(self, command: str, *, reads: bool, writes: bool) -> CommandError | None:  # as below
        """What to say of a command that reads a file other than a model, or writes one; None where it may."""
        return CommandError(f"{command} writes a file, which may not be done here") if writes else None

    def shelf(self) -> list[Listed]:
        """The models to choose from."""
        return shelf(Path.cwd())


class JournalConfinement(Confinement):
    """No file and no other model, for what a journal brings back: whoever wrote it."""

    def allowed(self, source: Any) -> Any:  # noqa: ANN401  # whatever a model is opened from
        """Nothing: the session has its model."""
        raise CommandError(f"{clipped(str(source))}: a journal opens no other model; {AGAIN}")

    def refusal(self, command: str, *, reads: bool, writes: bool) -> CommandError | None:
        """Neither is part of a state, nor may the commands of a stop that is part of it do what it may not."""
        if reads or writes:
            return CommandError(f"{command} reaches for a file, which what a journal brings back may not do; {AGAIN}")
        return None


class LessonConfinement(Confinement):
    """Bundled models and files of the lesson's folder; other files are not read, and written only where allowed.

    A lesson may come from a stranger, and what a message quotes of a file may be nobody else's to read.
    """

    def __init__(self, folder: Path, *, writing: bool) -> None:
        self._folder = folder.resolve()
        self._writing = writing

    def allowed(self, source: Any) -> Any:  # noqa: ANN401  # whatever a model is opened from
        """A file beside the lesson or below, else a bundled model by its own file."""
        text, models = str(source), bundled()
        beside = self._folder / text
        inside = "\0" not in text and beside.resolve().is_relative_to(self._folder)
        if text in models and not (inside and beside.is_file()):
            return models[text]
        if inside or Path(text) in models.values():
            return str(beside)
        raise CommandError(f"{clipped(text)}: a lesson opens bundled models and files of its own folder, no others")

    def refusal(self, command: str, *, reads: bool, writes: bool) -> CommandError | None:
        """A lesson reads no other file, and writes only where the user says so."""
        if reads:
            return CommandError(f"{command} reads a file, which a lesson may not do; write its lines into a block")
        if writes and not self._writing:
            return CommandError(f"{command} writes a file, which a lesson may do only with --allow-write")
        return None


class BrowserConfinement(Confinement):
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

    def refusal(self, command: str, *, reads: bool, writes: bool) -> CommandError | None:
        """No file but a model is touched."""
        if reads or writes:
            return CommandError(f"{command}: sessions in a browser read and write no files; {REMEDY}")
        return None

    def shelf(self) -> list[Listed]:
        """The models that can be opened."""
        own = None if self._named in bundled() else listed(Path(self._named), self._named)
        return [*shelf(None), *([own] if own else [])]
