"""From [graph] to what a Model holds of it: equations, parameters, data; shapes checked for every batch size."""

from __future__ import annotations

from math import prod

import numpy as np

from nnstep.engine.ops import OPTIMIZERS
from nnstep.errors import ModelError
from nnstep.model.equations import Equations, read, targets_of
from nnstep.model.forward import forward_graph
from nnstep.model.memory import of_parameters, refuse_large_batches
from nnstep.model.model import Data, Matrix, Training
from nnstep.model.naming import check_derived
from nnstep.model.parameters import graph_parameters
from nnstep.model.plan import inputs
from nnstep.model.schema import GraphTable
from nnstep.values import dataclass


@dataclass(frozen=True, eq=False)
class Described:
    """A graph whose equations and parameters are read.

    targets  the loss that its targets are encoded for
    """

    equations: Equations
    parameters: dict[str, Matrix]
    targets: str


def described(table: GraphTable, optimizer: str, seed: int, dtype: np.dtype[np.floating]) -> Described:
    """The graph of a model; ModelError names the equation or the parameter that is wrong."""
    slots = OPTIMIZERS[optimizer].slots
    parameters, frozen = graph_parameters(table.parameters, len(slots), seed, dtype)
    lines = read(table.equations, parameters)
    names = [*parameters, *(line.name for line in lines)]
    try:
        check_derived(names, (name for name in parameters if name not in frozen), slots)
    except ModelError as error:
        raise ModelError(f"graph: {error}") from error
    return Described(Equations(lines, frozen), parameters, targets_of(lines))


def check_shapes(graph: Described, data: Data, training: Training, dtype: np.dtype[np.floating]) -> None:
    """Raise ModelError when shapes do not fit for a full batch, or for the smaller last one of an epoch."""
    size, slots = training.batch_size, len(OPTIMIZERS[training.optimizer].slots)
    held = of_parameters(sum(matrix.size for matrix in graph.parameters.values()), slots)
    given = computed = 0
    shapes = {name: matrix.shape for name, matrix in graph.parameters.items()}
    for rows in dict.fromkeys((size, len(data.features) % size or size)):
        try:
            forward = forward_graph(graph.equations, inputs(data, rows), shapes)
        except ModelError as error:
            last = f" (in the last batch of an epoch, which has {rows} rows)" if rows != size else ""
            raise ModelError(f"{error}{last}") from error
        given += sum(prod(matrix.shape) for matrix in forward.inputs)
        # Each matrix and its gradient are kept at the same time.
        computed += 2 * sum(prod(node.shape) for node in forward.nodes)
        refuse_large_batches(held, given, computed, dtype)
