"""The forward graph: inputs, parameters, and nodes that each compute one matrix from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from nnstep.engine.formula import Attributes, Op, Shape
from nnstep.values import dataclass


@dataclass(frozen=True)
class Constant:
    """An operand that is the same number in every cell, and the text it is written as."""

    text: str
    value: float


@dataclass(frozen=True)
class Input:
    """A matrix that the data gives anew for every batch.

    ones: it is kept as rows with a 1 behind each, ready for an affine map; else as columns, as layers' outputs are.
    """

    name: str
    shape: Shape
    source: str
    ones: bool = False

    @property
    def storage(self) -> Shape:
        """The shape of its buffer."""
        rows, columns = self.shape
        return (rows, columns + 1) if self.ones else (columns, rows)


@dataclass(frozen=True)
class Parameter:
    """A matrix that training moves, unless it is frozen.

    layer  the layer, or the equation, that uses it first; None where none does
    """

    name: str
    shape: Shape
    layer: int | None
    trainable: bool = True


@dataclass(frozen=True)
class Term:
    """One op applied to named operands and constants."""

    op: Op
    operands: Mapping[str, str | Constant]
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A matrix of the forward phase: the sum of its terms, nearly always one.

    layer   the layer it belongs to, or its equation; both counted from 1
    folded: its gradient, where it is a constant, is written into the formulas that use it and is no instruction
    of its own (E's 1/m in a network's loss).
    """

    name: str
    terms: tuple[Term, ...]
    shape: Shape
    layer: int | None
    folded: bool = False

    @property
    def operands(self) -> tuple[str, ...]:
        """All names it reads, in order; a name read twice stands there twice."""
        operands = (operand for term in self.terms for operand in term.operands.values())
        return tuple(operand for operand in operands if isinstance(operand, str))


@dataclass(frozen=True)
class Graph:
    """What is computed forward, in order, down to the loss.

    equations  their texts, where the graph is made from equations; a node's layer is then its equation's number
    """

    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    nodes: tuple[Node, ...]
    loss: str = "L"
    equations: tuple[str, ...] = ()

    def shapes(self) -> dict[str, Shape]:
        """The shape of every input, parameter and node."""
        matrices: tuple[Input | Parameter | Node, ...] = (*self.inputs, *self.parameters, *self.nodes)
        return {matrix.name: matrix.shape for matrix in matrices}
