"""A model → what the machine needs to run it."""

from __future__ import annotations

from functools import cache, partial

from nnstep.engine.graph import Graph, Input
from nnstep.engine.machine import Plan, with_ones
from nnstep.engine.ops import OPTIMIZERS
from nnstep.model.model import Data, Model
from nnstep.model.network import network_graph


def plan(model: Model) -> Plan:
    """All that running the model needs."""
    training = model.training
    settings = {
        "lr": training.learning_rate,
        "momentum": training.momentum,
        "beta1": training.beta1,
        "beta2": training.beta2,
        "epsilon": training.epsilon,
        "l2": model.loss.l2,
    }
    return Plan(
        graph=cache(partial(graph, model)),
        optimizer=OPTIMIZERS[training.optimizer],
        dtype=model.dtype,
        sources={"X": with_ones(model.data.features), "Y": model.data.targets},
        settings=settings,
        initial=model.parameters,
        rows=training.batch_size,
    )


def graph(model: Model, rows: int) -> Graph:
    """The forward graph for batches of `rows` rows."""
    if model.graph is None:
        return network_graph(model, inputs(model.data, rows), rows)
    from nnstep.model.forward import forward_graph  # a network does without equations

    shapes = {name: matrix.shape for name, matrix in model.parameters.items()}
    return forward_graph(model.graph, inputs(model.data, rows), shapes)


def inputs(data: Data, rows: int) -> tuple[Input, Input]:
    """The batch: X and Y."""
    return (
        Input("X", (rows, data.features.shape[1]), "rows of the features", ones=True),
        Input("Y", (rows, data.targets.shape[1]), "rows of the targets"),
    )
