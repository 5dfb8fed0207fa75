"""The lessons that travel with nnstep, by name and language."""

from __future__ import annotations

import os
from pathlib import Path

from nnstep.errors import LessonError, harmless
from nnstep.model.messages import clipped, nearest
from nnstep.render.language import Language, language


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


def locate(source: str) -> Path:
    """The file of a path or of a bundled name in the language in use; LessonError where there is none."""
    path = Path(source)
    if path.is_file():
        return path
    lessons = bundled(language())
    if source in lessons:
        return lessons[source]
    if path.is_dir():
        raise LessonError(f"{harmless(source)}: is a directory, a lesson is a .md file")
    remedy = nearest(path.stem, lessons, "the bundled lessons are") if lessons else "there are no bundled lessons"
    if os.sep in source or path.suffix:
        raise LessonError(f"{harmless(source)}: there is no such file; {remedy}")
    raise LessonError(f"no lesson {clipped(source)}; {remedy}")
