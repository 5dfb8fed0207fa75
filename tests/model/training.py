"""Gradient descent as a textbook has it, a few lines apart from the engine, to see what a model does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstep.model import Model
from nnstep.model.batches import Batches

Numbers = NDArray[np.floating]


@dataclass(frozen=True)
class Iteration:
    """Z, A and dW of the layers; the loss; the parameters after the update."""

    sums: list[Numbers]
    outputs: list[Numbers]
    gradients: list[Numbers]
    loss: float
    parameters: dict[str, Numbers]


def train(model: Model) -> Iterator[Iteration]:
    """Every iteration of a model that is trained by plain gradient descent, without l2."""
    assert model.training.optimizer == "sgd"
    assert model.loss.l2 == 0
    parameters = dict(model.parameters)
    batches = Batches(model.rows, model.training.batch_size, model.seed, shuffle=model.training.shuffle)
    for number in range(model.iterations):
        rows = batches.indices(number)
        sums, outputs = forward(model, parameters, model.data.features[rows])
        loss, delta = judge(model, outputs[-1], model.data.targets[rows])
        gradients: list[Numbers] = []
        after = dict(parameters)
        for place in range(len(sums), 0, -1):
            below = outputs[place - 2] if place > 1 else model.data.features[rows]
            gradients.insert(0, delta.T @ below)
            after[f"W[{place}]"] = parameters[f"W[{place}]"] - model.training.learning_rate * gradients[0]
            after[f"b[{place}]"] = parameters[f"b[{place}]"] - model.training.learning_rate * delta.sum(0)
            if place > 1:
                slope = SLOPES[model.layers[place - 2].activation](below)
                delta = delta @ parameters[f"W[{place}]"] * slope
        parameters = after
        yield Iteration(sums, outputs, gradients, loss, parameters)


def end(model: Model) -> Iteration:
    """The last iteration."""
    return deque(train(model), maxlen=1)[0]


def predict(model: Model, parameters: Mapping[str, Numbers]) -> Numbers:
    """What the network answers to the training rows."""
    return forward(model, parameters, model.data.features)[1][-1]


def forward(model: Model, parameters: Mapping[str, Numbers], x: Numbers) -> tuple[list[Numbers], list[Numbers]]:
    """Z and A of each layer."""
    sums: list[Numbers] = []
    outputs = [x]
    for place, layer in enumerate(model.layers, 1):
        sums.append(outputs[-1] @ parameters[f"W[{place}]"].T + parameters[f"b[{place}]"])
        outputs.append(ACTIVATIONS[layer.activation](sums[-1]))
    return sums, outputs[1:]


def judge(model: Model, a: Numbers, y: Numbers) -> tuple[float, Numbers]:
    """The loss, and δ of the last layer; under a cross-entropy that is (A − Y) / m."""
    if model.loss.name == "mean_squared_error":
        return float(((a - y) ** 2).mean()), 2 * (a - y) / y.size
    right = np.where(y == 1, a, 1 - a) if model.loss.name == "binary_cross_entropy" else a[y == 1]
    return float(-np.log(right).mean()), (a - y) / len(y)


def softmax(z: Numbers) -> Numbers:
    """Shifted by the largest of each row, so that no power overflows."""
    powers = np.exp(z - z.max(1, keepdims=True))
    shares: Numbers = powers / powers.sum(1, keepdims=True)
    return shares


ACTIVATIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": softmax,
    "tanh": np.tanh,
}
# σ′(z) by σ(z).
SLOPES: dict[str, Callable[[Numbers], Numbers]] = {
    "identity": np.ones_like,
    "relu": lambda a: (a > 0) * 1.0,
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
}
