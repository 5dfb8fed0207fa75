"""A model's [network] → its forward graph."""

from __future__ import annotations

import numpy as np

from nnstep.engine.graph import Graph, Input, Node, Parameter, Term
from nnstep.engine.ops import OPS
from nnstep.engine.ops.loss import CERTAIN
from nnstep.model.model import Model


def network_graph(model: Model, inputs: tuple[Input, ...], rows: int) -> Graph:
    """The forward graph for batches of `rows` rows: Z[l] and A[l] of each layer, then E and L."""
    parameters: list[Parameter] = []
    nodes: list[Node] = []
    below = "X"
    for number, layer in enumerate(model.layers, start=1):
        operands = {"x": below, "w": f"W[{number}]"} | ({"b": f"b[{number}]"} if layer.bias else {})
        parameters += [
            Parameter(operands[key], model.parameters[operands[key]].shape, number, layer.trainable)
            for key in ("w", "b")
            if key in operands
        ]
        product = Term(OPS["affine" if layer.bias else "linear"], operands)
        activation = Term(OPS[layer.activation], {"x": f"Z[{number}]"})
        shape = (rows, layer.units)
        nodes.append(Node(f"Z[{number}]", (product,), shape, number))
        below = f"A[{number}]"
        nodes.append(Node(below, (activation,), shape, number))
    nodes += _loss(model, below, rows)
    return Graph(inputs, tuple(parameters), tuple(nodes))


def _loss(model: Model, output: str, rows: int) -> tuple[Node, Node]:
    """E, the loss of each row, and L, its mean with the penalties where l2 is set."""
    weights = [f"W[{number}]" for number in range(1, len(model.layers) + 1)] if model.loss.l2 else []
    penalties = (Term(OPS["penalty"], {"w": name, "l2": "l2"}) for name in weights)
    # Classes are one 1 a row; nothing need then be said, or computed, of the sum of a row's targets.
    certain = model.loss.name == "cross_entropy_with_logits" and bool(np.all(model.data.targets.sum(axis=1) == 1))
    of_each_row = Term(OPS[model.loss.name], {"a": output, "y": "Y"}, CERTAIN if certain else {})
    return (
        Node("E", (of_each_row,), (rows,), None, folded=True),
        Node("L", (Term(OPS["mean"], {"x": "E"}), *penalties), (), None),
    )
