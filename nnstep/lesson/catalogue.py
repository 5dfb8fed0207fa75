"""The lessons that travel with nnstep, by name and language; which language the user's locale asks for."""

from __future__ import annotations

import os
from pathlib import Path

from nnstep.errors import LessonError
from nnstep.model.messages import clipped, harmless, nearest

LANGUAGES = ("en", "ja")
"""The first is what there is for every other language."""


def language(chosen: str | None = None) -> str:
    """The language chosen, else that of the locale if there are lessons in it, else English."""
    if chosen:
        if chosen not in LANGUAGES:
            raise LessonError(f"no lessons in {clipped(chosen)}; there are {', '.join(LANGUAGES)}")
        return chosen
    names = (os.environ.get(variable) for variable in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    found = locale.partition("_")[0].partition(".")[0].lower()
    return found if found in LANGUAGES else LANGUAGES[0]


def folder() -> Path | None:
    """Where the bundled lessons lie."""
    package = Path(__file__).parent.parent
    # Installed, they lie inside the package; in a checkout, beside it.
    return next((f for f in (package / "demos", package.parent / "demos") if f.is_dir()), None)


def bundled(chosen: str) -> dict[str, Path]:
    """The lessons in a language, by name, in the order in which they build on each other."""
    home = folder()
    if home is None:
        return {}
    order = home / "order.txt"
    names = order.read_text(encoding="utf-8").split() if order.is_file() else []
    files = {file.stem: file for file in sorted((home / chosen).glob("*.md"))}
    return dict(sorted(files.items(), key=lambda item: names.index(item[0]) if item[0] in names else len(names)))


def locate(source: str, chosen: str | None = None) -> Path:
    """The file of a path or of a bundled name; LessonError where there is none."""
    path = Path(source)
    if path.is_file():
        return path
    lessons = bundled(language(chosen))
    if source in lessons:
        return lessons[source]
    if path.is_dir():
        raise LessonError(f"{harmless(source)}: is a directory, a lesson is a .md file")
    remedy = nearest(path.stem, lessons, "the bundled lessons are") if lessons else "there are no bundled lessons"
    if os.sep in source or path.suffix:
        raise LessonError(f"{harmless(source)}: there is no such file; {remedy}")
    raise LessonError(f"no lesson {clipped(source)}; {remedy}")
