"""Writing a matrix to a file that other programs read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.session import Session
from nnstep.session.session import as_array

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
PICTURES = {".svg": "a picture of the app's screen"}
"""What the app alone can write."""


@command(
    "export", usage="FILE.csv|npy|npz|svg [EXPR]", words=("file.csv", "file.npy", "file.npz", "file.svg"), writes=True
)
def export(session: Session, file: str, expr: Rest = NOTHING) -> Result:
    """Write a matrix to a .csv or .npy file, or the app's screen to an .svg; a file that is there is left alone.

    EXPR is what `print` takes; in the app, without EXPR it is the focused matrix. A .csv has no header and reads back
    to the same numbers. A .npz holds all matrices that can be read at this step, by their names, for `numpy.load`.
    """
    suffix = ending(file)
    if suffix in PICTURES:
        raise CommandError(f"export: {suffix} is {PICTURES[suffix]}: without the app there is none; try .csv or .npy")
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


def _export_all(session: Session, file: str, expr: str) -> Result:
    if expr:
        raise CommandError(f"export: a {ALL} holds all matrices of this step; {expr!r} is too much")
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
    known = (*MATRICES, ALL, *PICTURES)
    if suffix not in known:
        raise CommandError(f"export: the file must end in {', '.join(known[:-1])} or {known[-1]}, got {file!r}")
    return suffix


def write_new(file: str, raw: bytes) -> None:
    """Write a file that is not there yet, whole or not at all."""
    path = Path(file).expanduser()
    try:
        with path.open("xb") as stream:
            try:
                stream.write(raw)
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError as error:
        raise CommandError(f"{file}: is there already; choose another name, or remove it") from error
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise CommandError(f"{file}: cannot be written: {reason}") from error
