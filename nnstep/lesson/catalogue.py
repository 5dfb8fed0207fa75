"""The lessons that travel with nnstep, by name and language."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from nnstep.errors import LessonError, harmless
from nnstep.lesson.progress import Progress, remembered
from nnstep.lesson.reading import read
from nnstep.model.messages import clipped, nearest
from nnstep.render.language import LANGUAGES, Language, language
from nnstep.values import dataclass


def folder() -> Path | None:
    """Where the bundled lessons lie."""
    package = Path(__file__).parent.parent
    # Installed, they lie inside the package; in a checkout, beside it.
    return next((f for f in (package / "demos", package.parent / "demos") if f.is_dir()), None)


def bundled(chosen: Language) -> dict[str, Path]:
    """The lessons in a language, by name, in the order in which they build on each other."""
    home = folder()
    if home is None:
        return {}
    order = home / "order.txt"
    names = order.read_text(encoding="utf-8").split() if order.is_file() else []
    files = {file.stem: file for file in sorted((home / chosen).glob("*.md"))}
    return dict(sorted(files.items(), key=lambda item: names.index(item[0]) if item[0] in names else len(names)))


def locate(source: str, *, files: bool = True) -> Path:
    """The file of a path, if those may be read, or of a bundled name in the language in use; else LessonError."""
    path = Path(source)
    if files and path.is_file():
        return path
    known = bundled(language())
    if source in known:
        return known[source]
    if files and path.is_dir():
        raise LessonError(f"{harmless(source)}: is a directory, a lesson is a .md file")
    remedy = nearest(path.stem, known, "the bundled lessons are") if known else "there are no bundled lessons"
    if files and (os.sep in source or path.suffix):
        raise LessonError(f"{harmless(source)}: there is no such file; {remedy}")
    raise LessonError(f"no lesson {clipped(source)}; {remedy}")


@dataclass(frozen=True)
class Listed:
    """A bundled lesson as lists show it.

    beats     how many it has; sections, their headings
    progress  how far it has been read
    """

    name: str
    title: str
    beats: int
    sections: tuple[str, ...]
    progress: Progress


def lessons() -> list[Listed]:
    """The bundled lessons in the language in use, in order."""
    known = remembered()
    found = []
    for name, path in bundled(language()).items():
        lesson = read(path)
        found.append(Listed(name, lesson.title, len(lesson.beats), lesson.sections, known.get(name, Progress())))
    return found


@cache
def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return lines.readline().removeprefix("#").strip()


def titles() -> dict[str, str]:
    """The bundled lessons in the language in use, by name, with what their first lines call them."""
    return {name: _title(path) for name, path in bundled(language()).items()}


def following(path: Path) -> str | None:
    """The name of the bundled lesson after one; None after the last, and for a lesson that is not bundled."""
    if not is_bundled(path):
        return None
    order = list(bundled(language()))
    place = order.index(path.stem) + 1 if path.stem in order else len(order)
    return order[place] if place < len(order) else None


def key_of(path: Path) -> str:
    """What a lesson is remembered by: a bundled one by its name, the same in all languages; another by its path."""
    return path.stem if is_bundled(path) else str(path.absolute())


def is_bundled(path: Path) -> bool:
    """Whether a file is one of the lessons that travel with nnstep."""
    home = folder()
    return home is not None and path.absolute().parent in [(home / each).absolute() for each in LANGUAGES]
