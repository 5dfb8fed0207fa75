"""From [data] to training rows: read or generate, encode the targets, then limit, hold out and scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstep.errors import ModelError
from nnstep.model.arrays import CHARACTER, matrix, numbers, refuse_large
from nnstep.model.files import Rows, read
from nnstep.model.generate import GENERATORS
from nnstep.model.init import stream
from nnstep.model.messages import clipped, refuse_control
from nnstep.model.model import Data, Matrix
from nnstep.model.schema import DataTable

Targets = NDArray[Any]

# Which keys belong to which source of rows.
_SOURCES = {"features": ("targets",), "file": ("target", "columns"), "generate": ("samples", "noise")}


def prepare(table: DataTable, loss: str, seed: int, dtype: np.dtype[np.floating], folder: Path) -> Data:
    """The rows of a model. Classes are those of all rows, so `limit` leaves the width of the targets."""
    rows = _rows(table, seed, dtype, folder)
    features = rows.features
    if not features.size:
        raise ModelError("data.features must not be empty")
    targets, classes = encode(rows.targets, loss, dtype)
    if len(targets) != len(features):
        raise ModelError(f"data.targets must have one row per row of features: {len(features)}, got {len(targets)}")
    if table.limit is not None and table.limit < len(features):
        features, targets = features[: table.limit].copy(), targets[: table.limit].copy()
    held = _held_out(table.holdout, len(features), seed)
    data = Data(
        features=features[~held] if held.any() else features,
        targets=targets[~held] if held.any() else targets,
        feature_names=rows.feature_names,
        class_names=classes,
        holdout_features=features[held],
        holdout_targets=targets[held],
    )
    scale(table.scale, data.features, data.holdout_features)
    for array in (data.features, data.targets, data.holdout_features, data.holdout_targets):
        array.flags.writeable = False
    return data


def encode(targets: Targets, loss: str, dtype: np.dtype[np.floating]) -> tuple[Matrix, tuple[str, ...] | None]:
    """Targets as a matrix, and the names of the classes where they are classes.

    Texts are classes, and so is one column of anything under a cross-entropy loss; numbers from 0 to 1 under
    binary cross-entropy are taken as they are.
    """
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    texts = targets.dtype.kind in "US"
    binary = loss.startswith("binary")
    if targets.ndim == 2:
        if texts:
            raise ModelError("data.targets of several columns must be numbers, got texts")
        return targets.astype(dtype), None
    if not texts and binary and bool(((targets >= 0) & (targets <= 1)).all()):
        whole = bool(np.isin(targets, (0, 1)).all())
        return targets[:, None].astype(dtype), ("0", "1") if whole else None
    if not texts and "cross_entropy" not in loss:
        return targets[:, None].astype(dtype), None
    if not texts and not np.isfinite(targets.astype(float)).all():
        raise ModelError(f"data.targets are classes under {loss}, so they must be finite numbers")
    classes, index = np.unique(targets, return_inverse=True)
    names = tuple(str(name) if texts else f"{float(name):.15g}" for name in classes)
    for name in names:
        refuse_control("data.targets", name)
    if binary and len(classes) == 2:
        return index[:, None].astype(dtype), names
    refuse_large("data.targets", len(targets) * len(classes), dtype.itemsize)
    return (index[:, None] == np.arange(len(classes))).astype(dtype), names


def scale(how: str, features: Matrix, holdout: Matrix) -> None:
    """Scale both in place, fitted on the finite numbers of the first; a constant column becomes 0.

    standard: mean 0 and standard deviation 1 (of the population); minmax: from 0 to 1.
    """
    if how == "none":
        return
    # Column by column, so that memory for one column is all it takes.
    for column in range(features.shape[1]):
        numbers = features[:, column].astype(float)
        numbers = numbers[np.isfinite(numbers)]
        if not len(numbers):
            continue
        low, high = numbers.min(), numbers.max()
        # In units of the power of two below the largest number: no square or difference overflows, no bit is lost.
        unit = float(np.ldexp(1.0, int(np.frexp(max(-low, high))[1]) - 1))
        numbers /= unit
        if low == high:
            unit, centre, spread = 1.0, low, 1.0
        elif how == "minmax":
            centre, spread = low / unit, high / unit - low / unit
        else:
            centre, spread = numbers.mean(), numbers.std()
        for rows in (features, holdout):
            rows[:, column] = (rows[:, column] / unit - centre) / spread


def _rows(table: DataTable, seed: int, dtype: np.dtype[np.floating], folder: Path) -> Rows:
    sources = [name for name in _SOURCES if getattr(table, name) is not None]
    if not sources:
        raise ModelError("data.features is missing: give features and targets, a file, or generate")
    if len(sources) > 1:
        raise ModelError(f"data has both {sources[0]} and {sources[1]}; leave one out")
    for source, keys in _SOURCES.items():
        for key in keys:
            if source != sources[0] and getattr(table, key) is not None:
                raise ModelError(f"data.{key} goes with {source}, not with {sources[0]}; leave one out")
    if table.file is not None:
        return read(table, folder, dtype)
    if table.generate is not None:
        return _generated(table, seed, dtype)
    features = matrix("data.features", table.features, dtype)
    if table.targets is None:
        raise ModelError("data.targets is missing: one row for each row of features")
    return Rows(features, _inline_targets(table.targets))


def _generated(table: DataTable, seed: int, dtype: np.dtype[np.floating]) -> Rows:
    assert table.generate is not None
    samples = 200 if table.samples is None else table.samples
    noise = 0.1 if table.noise is None else table.noise
    # What the generators work out on the way is kept beside the rows.
    refuse_large("data.samples", samples * 12, 8)
    random = stream(seed, f"data.{table.generate}")
    features, targets = GENERATORS[table.generate](random, samples, noise)
    return Rows(features.astype(dtype), targets)


def _inline_targets(value: object) -> Targets:
    """A column of texts, a column of numbers or a matrix of numbers."""
    cells = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(cells, (list, tuple)):
        column = [cell[0] if isinstance(cell, (list, tuple)) and len(cell) == 1 else cell for cell in cells]
        if column and all(isinstance(cell, str) for cell in column):
            refuse_large("data.targets", len(column) * max(map(len, column)), CHARACTER)
            return np.array(column)
        if any(isinstance(cell, str) for cell in column):
            odd = next(cell for cell in column if not isinstance(cell, str))
            raise ModelError(f"data.targets must be all texts or all numbers, got {clipped(odd)} among texts")
    targets = numbers("data.targets", value, np.dtype(np.float64))
    if not targets.size or targets.ndim > 2:
        raise ModelError("data.targets must be a list of rows such as [[0], [1]]")
    return targets


def _held_out(fraction: float, rows: int, seed: int) -> NDArray[np.bool_]:
    """Which rows are kept from training: the first of a permutation that the seed alone decides."""
    count = int(rows * fraction + 0.5)
    if count == rows:
        raise ModelError(f"data.holdout must leave a row for training, {fraction:g} of {rows} leaves none")
    held = np.zeros(rows, bool)
    if count:
        held[stream(seed, "data.holdout").permutation(rows)[:count]] = True
    return held
