"""Writing matrices and figures to files that other programs read."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnstep.commands.picturing import BOARDS, NAMES, pictured
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.formats import FORMATS
from nnstep.session import Session
from nnstep.session.session import as_array

if TYPE_CHECKING:
    from nnstep.render.figure import Figure
    from nnstep.render.palette import Palette

NOTHING = Rest("")
Array = npt.NDArray[Any]


def as_table(array: Array, separator: str) -> str:
    """Rows of numbers as they are read back to the same bits; a vector is one row, a number one cell."""
    rows = np.atleast_2d(array)
    if rows.ndim > 2:
        size = "×".join(map(str, array.shape))
        raise CommandError(f"a table has two axes, this has {size}: take a part such as NAME[0], or write a .npy")
    # Python's shortest text for a float64 is not that of a float32.
    texts = (separator.join(str(x) for x in (row if rows.dtype.itemsize < 8 else row.tolist())) for row in rows)
    return "".join(f"{text}\n" for text in texts)


def _csv(array: Array) -> bytes:
    return as_table(array, ",").encode()


def _npy(array: Array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


MATRICES: dict[str, Callable[[Array], bytes]] = {".csv": _csv, ".npy": _npy}
"""How a matrix is written, by the file's ending."""
ALL = ".npz"
"""The ending of a file that holds every matrix."""
SIZE = (100, 30)
"""Cells of a figure that says no size, whatever the terminal's is."""
ENDINGS = (*MATRICES, ALL, *FORMATS)
USAGE = f"FILE{'|'.join(ENDINGS).replace('|.', '|')} [EXPR|view [NAME ...]]"


@command("export", usage=USAGE, words=(*(f"file{ending}" for ending in ENDINGS), "view", *NAMES), writes=True)
def export(session: Session, file: str, expr: Rest = NOTHING) -> Result:
    """Write a matrix, all of them, or a figure to a new file, in the form that its ending says.

    .csv and .npy: the matrix EXPR, which is what `print` takes; in the app, without EXPR it is the focused one. A .csv
    has no header and reads back to the same numbers. .npz: all matrices that can be read at this step, by their names,
    for `numpy.load`. .svg, .html and .png: in the app the whole screen, with `view` the view that is on show; with
    `view NAME [WIDTHxHEIGHT]` that picture, in the app or without it, in the theme's colours. They need no font or
    script from elsewhere; a .png needs `pip install 'nnstep[png]'`.
    """
    suffix = ending(file)
    if suffix in FORMATS:
        from nnstep.render.palette import PALETTES
        from nnstep.settings import load

        return export_picture(session, file, expr, PALETTES[load().settings.theme])
    if suffix == ALL:
        return _export_all(session, file, expr)
    if not expr:
        raise CommandError(f"export: which matrix? `export {file} Z[1]`")
    value = session.evaluate(expr)
    array = as_array(value) if isinstance(value, np.ndarray) else np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise CommandError(f"export: {expr} is no matrix of numbers")
    write_new(file, MATRICES[suffix](array))
    size = "×".join(map(str, array.shape)) or "one number"
    return result(f"{file}: {expr}, {size}", file)


def export_picture(session: Session, file: str, what: str, palette: Palette) -> Result:
    """Write what `view NAME [WIDTHxHEIGHT]` prints, in the colours of a theme."""
    verb, _, name = what.strip().partition(" ")
    name = name.strip()
    such = f"`export {file} view network`"
    if verb != "view":
        got = f", got {what.strip()!r}" if verb else ", as without the app there is no screen"
        raise CommandError(f"export: {ending(file)} takes `view NAME`{got}: {such}")
    if name in BOARDS:
        raise CommandError(f"export: the app alone has that view: show it there, then `export {file} view`")
    if not name:
        raise CommandError(f"export: which view? {such}")
    from nnstep.render.figure import figure

    picture = pictured(session, name, *SIZE)
    return write_figure(file, figure(picture.lines, palette, f"{session.model.name} · {name}"), name)


def write_figure(file: str, drawn: Figure, what: str) -> Result:
    """Write a figure in the form that the file's ending says."""
    write_new(file, FORMATS[ending(file)](drawn))
    return result(f"{file}: {what}, {drawn.width}×{len(drawn.rows)}", file)


def _export_all(session: Session, file: str, expr: str) -> Result:
    if expr:
        raise CommandError(f"export: a {ALL} holds all matrices of this step; {expr!r} is too much")
    import zipfile  # with its compressors; only this needs it

    matrices = {name: np.asarray(session.read(name)) for name in session.names if session.readable(name)}
    stream = io.BytesIO()
    # One of the names may be that of an argument of savez.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, matrix in matrices.items():
            archive.writestr(f"{name}.npy", _npy(matrix))
    write_new(file, stream.getvalue())
    return result(f"{file}: {len(matrices)} matrices", file)


def ending(file: str) -> str:
    """The ending of a file's name, if something can be written in that form."""
    suffix = Path(file).suffix.lower()
    if suffix not in ENDINGS:
        raise CommandError(f"export: the file must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, got {file!r}")
    return suffix


def write_new(file: str, raw: bytes) -> None:
    """Write a file that is not there yet, whole or not at all."""
    path = Path(file).expanduser()
    try:
        with path.open("xb") as stream:
            try:
                stream.write(raw)
                stream.flush()
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError as error:
        raise CommandError(f"{file}: is there already; choose another name, or remove it") from error
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise CommandError(f"{file}: cannot be written: {reason}") from error
