"""Where everything lies in memory: parameters, gradients and slots in flat vectors, the other matrices in buffers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from nnstep.engine.formula import Shape
from nnstep.engine.graph import Graph, Parameter
from nnstep.engine.recorder import Joints, Matrix, address
from nnstep.engine.tape import Instruction, Tape
from nnstep.values import dataclass

ALIGNMENT = 64
"""Bytes at whose multiples a buffer starts: a line of the cache, and the widest vector registers."""


@dataclass(frozen=True)
class _Place:
    """A stretch of the flat vector: one parameter, or a weight matrix with its bias as last column."""

    start: int
    names: tuple[str, ...]
    shape: Shape

    @property
    def stop(self) -> int:
        return self.start + prod(self.shape)


class Layout:
    """The flat vector of the parameters, the trainable ones in front; gradients and slots lie in the same order.

    size       numbers in the vector
    trainable  how many of them training moves
    """

    def __init__(self, graph: Graph) -> None:
        self.places = tuple(_places(graph))
        self.size = self.places[-1].stop if self.places else 0
        frozen = {parameter.name for parameter in graph.parameters if not parameter.trainable}
        self.trainable = max((place.stop for place in self.places if not frozen.intersection(place.names)), default=0)
        self.names = tuple(parameter.name for parameter in graph.parameters)

    def views(self, vector: Matrix, joints: Joints | None = None) -> dict[str, Matrix]:
        """The parameters' matrices as views of a vector of `size` numbers."""
        views: dict[str, Matrix] = {}
        for place in self.places:
            matrix = vector[place.start : place.stop].reshape(place.shape)
            if len(place.names) == 1:
                views[place.names[0]] = matrix
            else:
                weights, bias = place.names
                views[weights] = joints.join(matrix) if joints else matrix[:, :-1]
                views[bias] = matrix[:, -1]
        return views


def _places(graph: Graph) -> Iterator[_Place]:
    """One place per parameter, or per weight matrix and bias of an affine map."""
    partners = _partners(graph)
    start = 0
    for parameter in sorted(graph.parameters, key=lambda parameter: not parameter.trainable):
        if parameter.name in partners.values():
            continue
        partner = partners.get(parameter.name)
        rows, *columns = parameter.shape or (1,)
        shape = (rows, columns[0] + 1) if partner else parameter.shape
        place = _Place(start, (parameter.name, partner) if partner else (parameter.name,), shape)
        start = place.stop
        yield place


def _partners(graph: Graph) -> dict[str, str]:
    """From each weight matrix to its bias, where both serve one affine map and are frozen or not together."""
    parameters: Mapping[str, Parameter] = {parameter.name: parameter for parameter in graph.parameters}
    partners = {}
    for node in graph.nodes:
        for term in node.terms:
            names = {key: operand for key, operand in term.operands.items() if isinstance(operand, str)}
            weights, bias = (parameters.get(names.get(key, "")) for key in ("w", "b"))
            if term.op.name == "affine" and weights and bias and weights.trainable == bias.trainable:
                partners[weights.name] = bias.name
    return partners


def buffers(
    tape: Tape, dtype: np.dtype[Any], joints: Joints, *, separate: bool, without: Collection[str] = ()
) -> tuple[Matrix, dict[str, Matrix]]:
    """A buffer for every forward and backward matrix but those named in `without`, and the slab that all lie in.

    Matrices of rows are kept as features × rows with a row of ones last, so that a product with [W | b] reads and
    writes memory in order; the views returned have the documented shapes. A matrix that is equal to another one by
    its formula (the output of an identity layer) is that other one, unless all are to be separate. One slab for all
    lets a NaN anywhere be found by a single call.
    """
    computed = {item.name: item for item in tape if item.phase in ("forward", "backward") and item.name not in without}
    same = {name: "" if separate else _same_as(item) for name, item in computed.items()}
    own = [item for name, item in computed.items() if same[name] not in computed]
    slab = np.zeros(sum(_cells(item.shape, dtype) for item in own) + ALIGNMENT // dtype.itemsize, dtype)
    start = -address(slab) % ALIGNMENT // dtype.itemsize
    arrays: dict[str, Matrix] = {}
    for item in own:
        arrays[item.name] = _buffer(slab[start:], item.shape, joints)
        start += _cells(item.shape, dtype)
    for name in computed:
        if name not in arrays:
            arrays[name] = arrays[same[name]]
    return slab, arrays


def _same_as(instruction: Instruction) -> str:
    """The matrix that an instruction's result is equal to by its formula, or nothing."""
    if len(instruction.terms) != 1:
        return ""
    [term] = instruction.terms
    operand = term.operands.get(term.formula.same_as, "")
    return operand if isinstance(operand, str) else ""


def _cells(shape: Shape, dtype: np.dtype[Any]) -> int:
    """The numbers that a buffer takes up, filled up so that the next one is aligned."""
    rows, columns = shape if len(shape) == 2 else (prod(shape), 0)
    unit = ALIGNMENT // dtype.itemsize
    return -(-rows * (columns + 1) // unit) * unit


def _buffer(space: Matrix, shape: Shape, joints: Joints) -> Matrix:
    if len(shape) != 2:
        return space[: prod(shape)].reshape(shape)
    rows, columns = shape
    storage = space[: rows * (columns + 1)].reshape(columns + 1, rows)
    storage[-1] = 1
    return joints.extend(storage.T)
