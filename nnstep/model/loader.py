"""From a path, a bundled name or a dict to a Model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nnstep.errors import ModelError, harmless
from nnstep.model.messages import clipped, nearest
from nnstep.model.model import Model


def load(
    source: str | os.PathLike[str] | Mapping[str, object],
    overrides: Mapping[str, object] | None = None,
    *,
    allow_paths: bool = False,
) -> Model:
    """The model of a path, a bundled name or a dict of the same keys; an existing path wins over a name.

    overrides sets single keys before anything is checked: {"network.layer[2].units": 3}. A file reads data below its
    own folder alone, unless allow_paths. Raises ModelError with the file, the key and a remedy.
    """
    # msgspec and the readers of data are a third of what `import nnstep` would cost beside NumPy.
    from nnstep.model.resolve import resolve

    if isinstance(source, Mapping):
        path, place, folder = None, "model", Path()
    else:
        path = locate(source)
        place, folder = harmless(str(path)), path.parent
    try:
        tables = _tables(source) if isinstance(source, Mapping) else _read(path or Path())
        if path is not None and not allow_paths:
            _refuse_outside(tables, folder)
        for key, value in (overrides or {}).items():
            _override(tables, key, value)
        return resolve(tables, path, folder)
    except ModelError as error:
        raise ModelError(f"{place}: {error}") from error
    except RecursionError as error:
        raise ModelError(f"{place}: is nested too deeply") from error


def locate(source: str | os.PathLike[str]) -> Path:
    """The file of a path or of a bundled name; ModelError where there is none."""
    path, name = Path(source), os.fspath(source)
    if path.is_file():
        return path
    models = bundled()
    if name in models:
        return models[name]
    if path.is_dir():
        raise ModelError(f"{harmless(name)}: is a directory, a model is a .toml file")
    remedy = nearest(path.stem, models, "the bundled models are")
    if os.sep in name or path.suffix:
        raise ModelError(f"{harmless(name)}: there is no such file; {remedy}")
    raise ModelError(f"no model {clipped(name)}; {remedy}")


def files(source: str | os.PathLike[str], overrides: Mapping[str, object] | None = None) -> tuple[Path, ...]:
    """The files that a model is read from: its own, then that of its data if it has one."""
    path = locate(source)
    tables = _read(path)
    for key, value in (overrides or {}).items():
        _override(tables, key, value)
    name = _data_file(tables)
    return (path, path.parent / name) if name is not None else (path,)


def _data_file(tables: Mapping[str, object]) -> str | None:
    data = tables.get("data")
    name = data.get("file") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def _refuse_outside(tables: Mapping[str, object], folder: Path) -> None:
    """Raise ModelError for data that a model file, which may come from a stranger, names outside its own folder."""
    name = _data_file(tables)
    if name is None or "\0" in name:
        return
    try:
        inside = (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle lead nowhere
        inside = False
    if not inside:
        raise ModelError(
            f"data.file: {clipped(name)} leads out of the model's folder; put the data beside the model, or add "
            f"--allow-paths if you trust it"
        )


def bundled() -> dict[str, Path]:
    """The models that travel with nnstep, by name."""
    package = Path(__file__).parent.parent
    # Installed, they lie inside the package; in a checkout, beside it.
    folder = next((f for f in (package / "models", package.parent / "models") if f.is_dir()), None)
    return {file.stem: file for file in sorted(folder.glob("*.toml"))} if folder else {}


def _read(path: Path) -> dict[str, object]:
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        _refuse_deep_keys(text)
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        text, _, place = str(error).rpartition(" (at ")
        raise ModelError(f"{harmless(place).rstrip(')')}: {harmless(text)}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except ValueError as error:  # what tomllib lets through of Python's own
        raise ModelError("has a number of thousands of digits; write one that a float can hold") from error
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}") from error


def _refuse_deep_keys(text: str) -> None:
    """Raise ModelError for a.a.a.…: tomllib's memory grows with the square of a key's parts."""
    pieces = re.split(r"[\n=\[\]{},#]", text)
    if any(len(re.findall(r"[\w\"'-][ \t]*\.(?=[ \t]*[\w\"'-])", piece)) > 100 for piece in pieces):
        raise ModelError("is nested too deeply")


def _tables(source: Mapping[str, object]) -> dict[str, object]:
    from nnstep.model.symbolic import Graph  # only a dict can hold one

    graph = source.get("graph")
    tables = _copy({**source, "graph": graph.tables()} if isinstance(graph, Graph) else source)
    assert isinstance(tables, dict)
    return tables


def _copy(value: object) -> object:
    """A copy of the tables, NumPy's single numbers as Python's; lists of data are left as they are."""
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], (Mapping, str)):
        return [_copy(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _override(tables: dict[str, object], key: str, value: object) -> None:
    """Set the value at a key such as "network.layer[2].activation", layers counted from 1."""
    if not re.fullmatch(r"(\w+(\[\d+\])?\.)*\w+", key, re.ASCII):
        raise ModelError(f"cannot set {clipped(key)}; a key is written as in training.epochs or network.layer[2].units")
    *way, name = key.split(".")
    here = tables
    for part in way:
        word, _, index = part.partition("[")
        inner = here.setdefault(word, {})
        if index and isinstance(inner, list):
            number = int(index[:-1])
            if not 1 <= number <= len(inner):
                raise ModelError(f"cannot set {key}: {word} goes from 1 to {len(inner)}")
            inner = inner[number - 1]
        elif index:
            raise ModelError(f"cannot set {key}: {word} is not a list of tables")
        if not isinstance(inner, dict):
            remedy = "; write its number, as in layer[2]" if isinstance(inner, list) and not index else ""
            raise ModelError(f"cannot set {key}: {word} is not a table{remedy}")
        here = inner
    here[name] = _copy(value)
