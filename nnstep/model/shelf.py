"""Which models there are to open: the bundled ones, and those in a folder. A title is read without the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nnstep.errors import harmless
from nnstep.model.loader import bundled
from nnstep.values import dataclass

LARGEST = 1 << 18
"""Bytes of a file that is looked at for a title; a model with all its data inside may be larger, and is still one."""
MOST = 200
"""Files of a folder that are looked at."""


@dataclass(frozen=True)
class Listed:
    """A model that can be opened.

    source   what `open` takes: a bundled name, or a path
    bundled  whether it travels with nnstep
    """

    source: str
    path: Path
    title: str
    bundled: bool


def shelf(folder: Path | None) -> list[Listed]:
    """The bundled models by name, then those of a folder, if one is given."""
    own = [Listed(name, path, _title(path) or "", bundled=True) for name, path in bundled().items()]
    return [*own, *(_models_of(folder) if folder else ())]


def listed(path: Path, source: str) -> Listed | None:
    """A file as lists show it; None for what is no model."""
    title = _title(path)
    return None if title is None else Listed(source, path, title, bundled=False)


def _models_of(folder: Path) -> Iterator[Listed]:
    try:
        files = sorted(folder.glob("*.toml"))[:MOST]
    except OSError:
        return
    for path in files:
        if (found := listed(path, path.name)) is not None:
            yield found


def _title(path: Path) -> str | None:
    """A model's title; None for what is no model, such as another program's settings."""
    import tomllib  # only who lists models needs it

    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            return ""
        tables = tomllib.loads(raw.decode())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(tables.get("data"), dict) or not {"network", "graph"} & set(tables):
        return None
    return harmless(str(tables.get("title", "")))


def comment(path: Path) -> list[str]:
    """The comment that a model file begins with, a paragraph a text; nothing where there is none."""
    paragraphs: list[str] = []
    open_ = False
    try:
        lines = path.read_text(encoding="utf-8", errors="replace")[:LARGEST].splitlines()
    except OSError:
        return []
    for line in lines:
        if not line.startswith("#"):
            break
        text = harmless(line.lstrip("#").strip())
        # A line that ends in a full stop well before the margin ends its paragraph.
        if open_ and text:
            paragraphs[-1] += f" {text}"
        elif text:
            paragraphs.append(text)
        open_ = bool(text) and not (text.endswith(".") and len(line) < 90)
    return paragraphs
