"""From the tables of a model file to a Model: checked, data read, defaults filled in, parameters drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from nnstep.engine.ops import OPTIMIZERS
from nnstep.errors import ModelError, harmless
from nnstep.model.arrays import refuse_large
from nnstep.model.data import prepare
from nnstep.model.graphs import check_shapes, described
from nnstep.model.init import default_init, initial_parameters, refuse_large_parameters
from nnstep.model.memory import refuse_large_batches
from nnstep.model.model import Data, Layer, Loss, Model, Training
from nnstep.model.schema import LayerTable, ModelTable, TrainingTable, parse

LOSS = 8
"""Bytes of an iteration's loss, as all are recorded."""
# The usual loss for an activation of the last layer.
_USUAL_LOSS = {"sigmoid": "binary_cross_entropy", "softmax": "cross_entropy"}
# Adam's is the one of its paper (Kingma & Ba 2015, algorithm 1).
_USUAL_RATE = {"sgd": 0.1, "momentum": 0.1, "adam": 0.001}


def resolve(tables: Mapping[str, object], path: Path | None, folder: Path) -> Model:
    """The model that the tables describe; its files are relative to the folder. ModelError names the key."""
    table = parse(tables)
    if table.network is None and table.graph is None:
        raise ModelError("network is missing: a model has at least one [[network.layer]], or a [graph]")
    if table.network is not None and table.graph is not None:
        raise ModelError("network and graph are both given; leave one out")
    if table.graph is not None and "loss" in tables:
        raise ModelError("loss goes with network, not with graph: there the loss is the equation L = …")
    name = harmless(path.stem) if path else table.title or "model"
    makes = _network if table.network is not None else _graph
    return replace(
        makes(table, folder),
        name=name,
        title=table.title or name,
        path=path.absolute() if path else None,
    )


def _network(table: ModelTable, folder: Path) -> Model:
    assert table.network is not None
    dtype = np.dtype(table.dtype)
    layers = table.network.layer
    loss = Loss(table.loss.name or _USUAL_LOSS.get(layers[-1].activation, "mean_squared_error"), table.loss.l2)
    data = prepare(table.data, loss.name, table.seed, dtype, folder)
    _check_outputs(layers, loss, data)
    training = _training(table.training, len(data.features))
    inputs = data.features.shape[1]
    slots = len(OPTIMIZERS[training.optimizer].slots)
    held = refuse_large_parameters(layers, inputs, slots, dtype)
    rows = training.batch_size + len(data.features) % training.batch_size
    # Z, A, dA and delta of every layer, and what working out delta needs on the way.
    computed = rows * 5 * sum(layer.units for layer in layers)
    refuse_large_batches(held, rows * (inputs + 1 + data.targets.shape[1]), computed, dtype)
    return Model(
        name="",
        title="",
        path=None,
        seed=table.seed,
        dtype=dtype,
        layers=tuple(map(_layer, layers)),
        loss=loss,
        training=training,
        data=data,
        parameters=MappingProxyType(initial_parameters(layers, inputs, table.seed, dtype)),
    )


def _graph(table: ModelTable, folder: Path) -> Model:
    assert table.graph is not None
    dtype = np.dtype(table.dtype)
    graph = described(table.graph, table.training.optimizer, table.seed, dtype)
    data = prepare(table.data, graph.targets, table.seed, dtype, folder)
    training = _training(table.training, len(data.features))
    check_shapes(graph, data, training, dtype)
    return Model(
        name="",
        title="",
        path=None,
        seed=table.seed,
        dtype=dtype,
        layers=(),
        loss=Loss("L"),
        training=training,
        data=data,
        parameters=MappingProxyType(graph.parameters),
        graph=graph.equations,
    )


def _layer(table: LayerTable) -> Layer:
    given = "given" if table.weights is not None else default_init(table.activation)
    return Layer(table.units, table.activation, table.bias is not False, table.trainable, table.init or given)


def _training(table: TrainingTable, rows: int) -> Training:
    size = rows if table.batch_size == "all" else min(table.batch_size, rows)
    refuse_large("training.epochs: the losses of all iterations", table.epochs * -(-rows // size), LOSS)
    rate = _USUAL_RATE[table.optimizer] if table.learning_rate is None else table.learning_rate
    return Training(
        optimizer=table.optimizer,
        learning_rate=rate,
        momentum=table.momentum,
        beta1=table.beta1,
        beta2=table.beta2,
        epsilon=table.epsilon,
        batch_size=size,
        epochs=table.epochs,
        shuffle=table.shuffle,
    )


def _check_outputs(tables: Sequence[LayerTable], loss: Loss, data: Data) -> None:
    """The last layer has one unit for each column of the targets."""
    units, columns = tables[-1].units, data.targets.shape[1]
    if units != columns:
        what = "class" if data.class_names and columns > 1 else "column of the targets"
        raise ModelError(
            f"network.layer[{len(tables)}].units must be {columns} under {loss.name}, one for each {what}, got {units}"
        )
