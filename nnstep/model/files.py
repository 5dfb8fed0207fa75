"""Reading a data file: .csv with a header row, or .npz with `features` and `targets`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain, islice
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray

from nnstep.errors import ModelError, has_control
from nnstep.model.arrays import CHARACTER, limit, refuse_large
from nnstep.model.messages import clipped, nearest, refuse_control
from nnstep.model.model import Matrix
from nnstep.model.schema import DataTable
from nnstep.values import dataclass

if TYPE_CHECKING:
    from zipfile import ZipFile

# What zipfile and NumPy raise over a damaged archive, besides zipfile's and zlib's own errors.
_BROKEN = (ValueError, TypeError, EOFError, NotImplementedError, RuntimeError, SyntaxError)


@dataclass(frozen=True, eq=False)
class Rows:
    """Features (rows, nf), and targets as given: numbers (rows,) or (rows, k), or texts (rows,)."""

    features: Matrix
    targets: NDArray[np.generic]
    feature_names: tuple[str, ...] | None = None


def read(table: DataTable, folder: Path, dtype: np.dtype[np.floating]) -> Rows:
    """The rows of `data.file`, relative to a folder; messages name the file, the line and the column."""
    name = table.file or ""
    path = folder / name
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".npz"):
        raise ModelError(f"data.file must end in .csv or .npz, got {clipped(name)}")
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise ModelError(f"data.file: {name} {what}; paths are relative to {folder}")
    try:
        return _read_csv(path, table, dtype) if suffix == ".csv" else _read_npz(path, table, dtype)
    except ModelError as error:
        raise ModelError(f"data.file: {name}: {error}") from error
    except OSError as error:
        raise ModelError(f"data.file: {name} cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True)
class _Layout:
    """The columns of a CSV file, and which of them are features and which is the target."""

    header: list[str]
    features: list[int]
    target: int

    def misfit(self, cells: list[str], texts: bool) -> str:  # noqa: FBT001 - what the target is
        """The first cell that is not what its column holds."""
        for column in sorted([*self.features, self.target]):
            place, cell = f"column {column + 1} ({self.header[column]})", cells[column].strip()
            if not cell:
                return f"{place} is empty; write nan for a number that is missing"
            if column == self.target and texts:
                if has_control(cell):
                    return f"{place} must be without control characters, got {clipped(cell)}"
            elif not _is_number(cell):
                why = " as in the first row" if column == self.target else ""
                return f"{place} must be a number{why}, got {clipped(cell)}"
        return "cannot be read as numbers"


class _Lines:
    """The lines of a CSV file after its header, each as wide as the header; blank lines are skipped.

    number and text are those of the line given last, which is the one that a parser fails on.
    """

    def __init__(self, file: TextIO, width: int) -> None:
        self.file = file
        self.width = width
        self.number = 1
        self.text = ""

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.number += 1
            # Counting commas is what keeps this loop cheap; only a quoted cell may hold one.
            if (line.count(",") != self.width - 1 or '"' in line) and not self._fits(line):
                continue
            self.text = line
            yield line

    def _fits(self, line: str) -> bool:
        if not line.strip():
            return False
        if line.count('"') % 2:
            raise ModelError(f"line {self.number} has a quote that is not closed")
        if len(cells := _cells(line)) != self.width:
            raise ModelError(f"line {self.number} has {len(cells)} cells, the header has {self.width}")
        return True


def _read_csv(path: Path, table: DataTable, dtype: np.dtype[np.floating]) -> Rows:
    try:
        with path.open(encoding="utf-8-sig") as file:
            layout = _layout(_header(file.readline()), table)
            return _parse(_Lines(file, len(layout.header)), layout, dtype)
    except UnicodeDecodeError as error:
        raise ModelError(f"is not UTF-8 text: {error.reason} at byte {error.start}") from error


def _parse(lines: _Lines, layout: _Layout, dtype: np.dtype[np.floating]) -> Rows:
    """One pass over the lines: text targets become numbers on the way, in the order of their first row."""
    given = iter(lines)
    first = next(given, None)
    if first is None:
        raise ModelError("has no rows under its header")
    codes: dict[str, int] = {}

    def code(text: str) -> int:
        if not (text := text.strip()) or has_control(text):
            raise ValueError
        return codes.setdefault(text, len(codes))

    # The first row says whether targets are numbers or texts.
    texts = not _is_number(_cells(first)[layout.target])
    # What a file declares nothing of is refused as soon as it is too much.
    most = limit() // ((len(layout.features) + 1) * dtype.itemsize)
    try:
        cells = np.loadtxt(
            chain([first], islice(given, most - 1)),
            dtype=dtype,
            comments=None,
            delimiter=",",
            quotechar='"',
            usecols=[*layout.features, layout.target],
            converters={layout.target: code} if texts else None,
            encoding="utf-8",
            ndmin=2,
        )
    except ValueError as error:
        raise ModelError(f"line {lines.number}, {layout.misfit(_cells(lines.text), texts)}") from error
    if len(cells) == most and next(given, None) is not None:
        refuse_large(f"its rows (line {lines.number} is one too many)", limit() + 1, 1)
    targets: NDArray[np.generic] = cells[:, -1].copy()
    if texts:
        refuse_large("its targets", len(targets) * max(map(len, codes)), CHARACTER)
        targets = np.array(list(codes))[targets.astype(np.intp)]
    names = tuple(layout.header[column] for column in layout.features)
    return Rows(np.ascontiguousarray(cells[:, :-1]), targets, names)


def _cells(line: str) -> list[str]:
    import csv  # only for such files

    try:
        return next(csv.reader([line.rstrip("\r\n")]), [])
    except csv.Error as error:
        raise ModelError(f"has a cell of more than {csv.field_size_limit():,} characters") from error


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # Python reads 1_000 as a number, a data file does not


def _header(line: str) -> list[str]:
    names = [name.strip() for name in _cells(line)]
    seen: set[str] = set()
    if not any(names):
        raise ModelError("line 1 must name the columns, it is empty")
    for number, name in enumerate(names, 1):
        refuse_control(f"line 1, column {number}", name)
        if not name:
            raise ModelError(f"line 1, column {number} must name a column, it is empty")
        if name in seen:
            raise ModelError(f"line 1, column {number}: there are two columns {clipped(name)}")
        seen.add(name)
    if all(map(_is_number, names)):
        raise ModelError("line 1 must name the columns, got numbers; write a header row above them")
    return names


def _layout(header: list[str], table: DataTable) -> _Layout:
    """Where the features and the target are in a row."""
    places = {name: place for place, name in enumerate(header)}

    def index(key: str, name: str) -> int:
        if name not in places:
            raise ModelError(f"has no column {clipped(name)} for {key}; {nearest(name, header, 'there are')}")
        return places[name]

    if table.target is None:
        raise ModelError(f"which column is data.target? {nearest('', header, 'there are')}")
    target = index("data.target", table.target)
    if table.columns is None:
        features = [column for column in range(len(header)) if column != target]
    else:
        features = [index(f"data.columns[{number}]", name) for number, name in enumerate(table.columns, 1)]
    if not features:
        raise ModelError("has no column besides the target; features need at least one")
    if target in features:
        raise ModelError(f"data.columns must not hold the target {clipped(table.target)}")
    if len(set(features)) < len(features):
        raise ModelError("data.columns names a column twice")
    return _Layout(header, features, target)


def _read_npz(path: Path, table: DataTable, dtype: np.dtype[np.floating]) -> Rows:
    if table.target is not None or table.columns is not None:
        key = "target" if table.target is not None else "columns"
        raise ModelError(f"data.{key} is for .csv files; an .npz has arrays called features and targets")
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            features = _array(archive, "features", dtype.itemsize)
            targets = _array(archive, "targets", dtype.itemsize)
        targets = targets.astype(str) if targets.dtype.kind == "S" else targets
    except (BadZipFile, zlib.error, *_BROKEN) as error:
        # zipfile quotes what it finds, however long.
        text = str(error)
        text = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
        raise ModelError(f"is not a readable .npz archive: {text}") from error
    if features.dtype.kind not in "biuf" or features.ndim != 2:
        raise ModelError(f"features must be numbers with 2 axes (rows, columns), got {_described(features)}")
    if targets.dtype.kind not in "biufU" or targets.ndim not in (1, 2):
        raise ModelError(f"targets must be numbers or texts with 1 or 2 axes, got {_described(targets)}")
    with np.errstate(over="ignore"):
        return Rows(features.astype(dtype), targets)


def _described(array: NDArray[np.generic]) -> str:
    return f"{array.dtype} of shape {array.shape}"


LONGEST_QUOTE = 200
"""Characters of another library's message that are quoted."""
LONGEST_HEADER = 1 << 14
"""Bytes of an .npy header: NumPy itself trusts none above 10,000 characters, but reads it whole before it says so."""


def _array(archive: ZipFile, name: str, itemsize: int) -> NDArray[np.generic]:
    """One array of an .npz, its size checked before anything is allocated; pickles are refused."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED

    if f"{name}.npy" not in archive.namelist():
        raise ModelError(f"has no array '{name}'; an .npz needs features and targets")
    # Only these two are read in pieces of a bounded size, and np.savez writes no other.
    if archive.getinfo(f"{name}.npy").compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ModelError(f"{name} must be stored or deflated, as np.savez and np.savez_compressed write it")
    with archive.open(f"{name}.npy") as member:
        shape, kind = _declared(member)
    # Bytes of text become characters later.
    refuse_large(name, prod(shape), max(itemsize, kind.itemsize * (CHARACTER if kind.kind == "S" else 1)))
    if not kind.hasobject and archive.getinfo(f"{name}.npy").file_size < prod(shape) * kind.itemsize:
        raise ModelError(f"{name} is cut short: it declares more numbers than there are")
    with archive.open(f"{name}.npy") as member:
        array: NDArray[np.generic] = np.lib.format.read_array(member, allow_pickle=False)
    return array


def _declared(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """The shape and the kind of an element, as an .npy header declares them; one that is too long is cut short."""
    import io
    from tokenize import TokenError

    start = io.BytesIO(member.read(LONGEST_HEADER))
    version = np.lib.format.read_magic(start)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    try:
        shape, _, dtype = header(start)
    except TokenError as error:
        raise ValueError(str(error)) from error
    return shape, dtype
