"""A graph's parameters at step 0: values, or a shape to be drawn from the seed."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from nnstep.engine.formula import MOST_AXES
from nnstep.errors import ModelError
from nnstep.model.arrays import numbers, refuse_large
from nnstep.model.init import INITS, stream
from nnstep.model.memory import of_parameters
from nnstep.model.messages import clipped
from nnstep.model.model import Matrix
from nnstep.model.naming import check_name
from nnstep.model.schema import ParameterTable, parameter_table


def graph_parameters(
    described: Mapping[str, object], slots: int, seed: int, dtype: np.dtype[np.floating]
) -> tuple[dict[str, Matrix], frozenset[str]]:
    """The parameters' values, read-only, and the names of those that are not trained; ModelError for a wrong one.

    slots: how many the optimizer has for each; they count where all together are too large.
    """
    tables: dict[str, ParameterTable] = {}
    for name, value in described.items():
        if name == "L":
            raise ModelError("graph.parameters: L is the loss, which an equation sets; choose another name")
        try:
            check_name(name)
        except ModelError as error:
            raise ModelError(f"graph.parameters: {error}") from error
        tables[name] = parameter_table(name, value)
    sizes = [prod(table.shape) for table in tables.values() if table.shape is not None]
    refuse_large("graph.parameters: training all that are drawn", of_parameters(sum(sizes), slots), dtype.itemsize)
    values = {name: _initial(f"graph.parameters.{name}", name, table, seed, dtype) for name, table in tables.items()}
    for value in values.values():
        value.flags.writeable = False
    return values, frozenset(name for name, table in tables.items() if not table.trainable)


def _initial(key: str, name: str, table: ParameterTable, seed: int, dtype: np.dtype[np.floating]) -> Matrix:
    if table.values is None and table.shape is None:
        raise ModelError(f"{key} needs values, or a shape such as [3, 2]")
    if table.values is not None:
        return _given(key, table, dtype)
    assert table.shape is not None
    shape = tuple(table.shape)
    if len(shape) > MOST_AXES or 0 in shape:
        raise ModelError(f"{key}.shape must have at most {MOST_AXES} sizes from 1 on, got {list(shape)}")
    # A vector starts at zero as a bias does; what has more axes is drawn as its first axis by all the others.
    init = table.init or ("xavier" if len(shape) > 1 else "zeros")
    rows, columns = (shape[0], prod(shape[1:])) if len(shape) > 1 else (1, prod(shape))
    return INITS[init](stream(seed, name), (rows, columns)).reshape(shape).astype(dtype)


def _given(key: str, table: ParameterTable, dtype: np.dtype[np.floating]) -> Matrix:
    if table.init is not None:
        raise ModelError(f"{key}: init and values are both given; leave one out")
    single = isinstance(table.values, int | float) and not isinstance(table.values, bool)
    if not single and not isinstance(table.values, list | tuple | np.ndarray):
        raise ModelError(f"{key} must be a number, a list of numbers, or a table, got {clipped(table.values)}")
    array = numbers(key, [table.values] if single else table.values, dtype)
    array = array.reshape(()) if single else array
    if not array.size:
        raise ModelError(f"{key} must not be empty")
    if array.ndim > MOST_AXES:
        raise ModelError(f"{key} must have at most {MOST_AXES} axes, got {array.ndim}")
    if table.shape is not None and array.shape != tuple(table.shape):
        raise ModelError(f"{key}.values must have the shape {list(table.shape)}, got {list(array.shape)}")
    return array
