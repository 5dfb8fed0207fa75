"""A user's lists and arrays as NumPy arrays; what is no matrix of numbers is named by its row."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from nnstep.errors import ModelError
from nnstep.model.messages import clipped
from nnstep.model.model import Matrix

GIB = 1024**3
LIMIT = 2 * GIB
"""No model declares an array above this, nor a run, so that none can exhaust the memory before it has run at all."""
CHARACTER = 4
"""Bytes of a character in an array of texts, where all are as long as the longest."""


def limit() -> int:
    """The bytes that anything declared may take: LIMIT, or the GiB of NNSTEP_MEMORY."""
    text = os.environ.get("NNSTEP_MEMORY", "")
    if not text:
        return LIMIT
    try:
        size = float(text) * GIB
    except ValueError:
        size = 0
    if not 1 <= size < 1 << 63:
        raise ModelError(f"NNSTEP_MEMORY must be the GiB that a model may take, such as 4; got {clipped(text)}")
    return int(size)


def refuse_large(what: str, count: int, itemsize: int) -> None:
    """Raise ModelError for so many declared numbers when they take more than the limit."""
    size, most = count * itemsize, limit()
    if size > most:
        raise ModelError(
            f"{what} would take {size / GIB:,.1f} GiB, the limit is {most / GIB:,.4g} GiB; NNSTEP_MEMORY sets another"
        )


def matrix(key: str, value: object, dtype: np.dtype[np.floating]) -> Matrix:
    """A copy of a list of rows of numbers, with two axes."""
    array = numbers(key, value, dtype)
    if array.ndim == 2 and array.size:
        return array
    if array.size == 0:
        raise ModelError(f"{key} must not be empty")
    if array.ndim == 1:
        raise ModelError(f"{key} must be a list of rows such as [[1, 2], [3, 4]], got a list of numbers")
    raise ModelError(f"{key} must be a list of rows of numbers, got {array.ndim} axes")


def numbers(key: str, value: object, dtype: np.dtype[np.floating]) -> Matrix:
    """A copy of numbers in lists of any depth; a number too large for the dtype becomes ∞."""
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise ModelError(f"{key} must be a list, got {clipped(value)}")
    try:
        array: NDArray[np.generic] = np.array(value)
        if array.dtype == object and not isinstance(value, np.ndarray):
            # Whole numbers above 64 bits; anything else in there has no float.
            array = np.array([_floats(row) for row in value])
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelError(_misfit(key, value)) from error
    if array.dtype.kind not in "biuf":
        raise ModelError(_misfit(key, value))
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, dtype=dtype)


def _floats(row: object) -> object:
    return [float(cell) for cell in row] if isinstance(row, (list, tuple)) else float(str(row))


def _misfit(key: str, value: object) -> str:
    """What is wrong with rows that make no array of numbers: the first odd cell, or the first odd length."""
    rows = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
    for place, row in enumerate(rows, 1):
        if not isinstance(row, (list, tuple, np.ndarray)):
            if not _is_number(row):
                return f"{key} must be numbers, got {clipped(row)} in row {place}"
            continue
        if odd := [cell for cell in row if not _is_number(cell)]:
            return f"{key} must be rows of numbers, got {clipped(odd[0])} in row {place}"
    lengths = [len(row) if isinstance(row, (list, tuple, np.ndarray)) else 0 for row in rows]
    for place, length in enumerate(lengths, 1):
        if length != lengths[0]:
            return f"{key} must have rows of one length: row 1 has {lengths[0]}, row {place} has {length}"
    return f"{key} must be rows of numbers within the range of a float"


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float, np.number, np.bool_))
