"""The models whose training PyTorch and nnstep must agree on.

They are small random MLPs that together cover every activation, loss, optimizer, depth and way of batching.
Each is a dict in the format of a model file, with all its values given and its rows in order, so that nothing
in it is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Model = dict[str, Any]

ITERATIONS = 20
ROWS = 6
BATCH_SIZES = (1, 3, 4, "all")  # one by one, in halves, with a smaller last batch, at once
LEARNING_RATES = {"sgd": 0.2, "momentum": 0.05, "adam": 0.03}
ACTIVATIONS = ("identity", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu")
# What a loss asks of the last layer; a mean squared error takes any activation.
OUTPUTS = {
    "mean_squared_error": None,
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "binary_cross_entropy_with_logits": "identity",
    "cross_entropy_with_logits": "identity",
}


def cases() -> Iterator[tuple[str, Model]]:
    """Every case's name and model."""
    for number in range(24):
        model = rotated(number)
        training = model["training"]
        loss = model["loss"]["name"]
        depth = len(model["network"]["layer"])
        yield f"{number:02}-{depth}-{loss}-{training['optimizer']}-{training['batch_size']}", model
    yield "24-one-column-of-classes", one_column_of_classes()
    yield "25-soft-targets", soft_targets()
    yield "26-a-layer-that-is-not-trained", frozen()
    yield "27-other-constants-of-adam", other_constants("adam", beta1=0.8, beta2=0.95, epsilon=1e-4)
    yield "28-other-momentum", other_constants("momentum", momentum=0.5)
    yield "29-saturated", saturated()
    yield "30-large-logits", large_logits()


def rotated(number: int) -> Model:
    """One of 24 models.

    Together they pair each optimizer with each activation, loss and way of batching, and each loss with each
    depth but one.
    """
    loss = list(OUTPUTS)[number % 5]
    depth = 1 + (number + number // 5) % 5
    turned = [ACTIVATIONS[(number + layer) % 8] for layer in range(depth)]
    return random_model(
        number,
        activations=[*turned[:-1], OUTPUTS[loss] or turned[-1]],
        loss=loss,
        l2=0.02 if number % 7 in {1, 3, 5} else 0.0,
        optimizer=list(LEARNING_RATES)[number % 3],
        batch_size=BATCH_SIZES[number // 3 % 4],
        layer_without_bias=number % 5 if number % 2 else None,
    )


def random_model(
    seed: int,
    *,
    activations: list[str],
    loss: str,
    optimizer: str = "sgd",
    batch_size: int | str = "all",
    l2: float = 0.0,
    layer_without_bias: int | None = None,
    classes: int | None = None,
) -> Model:
    """A model with random sizes, values and data, rounded so that its JSON is short."""
    generator = np.random.default_rng([2026, seed])
    columns, *units = generator.integers(2, 6, size=len(activations) + 1).tolist()
    units[-1] = classes or int(generator.integers(2, 4))
    layers: list[Model] = []
    for number, (n_in, n_out) in enumerate(zip([columns, *units], units, strict=False)):
        weights = generator.normal(0, n_in**-0.5, size=(n_out, n_in)).round(3).tolist()
        bias = generator.normal(0, 0.3, size=n_out).round(3).tolist()
        layers.append(
            {
                "units": n_out,
                "activation": activations[number],
                "weights": weights,
                "bias": False if number == layer_without_bias else bias,
            }
        )
    features = generator.normal(size=(ROWS, columns)).round(2).tolist()
    return {
        "data": {"features": features, "targets": random_targets(generator, loss, units[-1])},
        "network": {"layer": layers},
        "loss": {"name": loss, "l2": l2},
        "training": {
            "optimizer": optimizer,
            "learning_rate": LEARNING_RATES[optimizer],
            "batch_size": batch_size,
            "epochs": ITERATIONS,
            "shuffle": False,
        },
    }


def random_targets(generator: np.random.Generator, loss: str, columns: int) -> list[list[float]]:
    """Numbers for a mean squared error, any 0 and 1 for the binary losses, one 1 a row for the others."""
    if loss == "mean_squared_error":
        targets = generator.normal(size=(ROWS, columns)).round(2)
    elif loss.startswith("binary"):
        targets = generator.integers(0, 2, size=(ROWS, columns)).astype(float)
    else:
        targets = np.eye(columns)[generator.integers(0, columns, size=ROWS)]
    rows: list[list[float]] = targets.tolist()
    return rows


def one_column_of_classes() -> Model:
    """Two classes in one column, with one output, as xor has them."""
    model = random_model(24, activations=["tanh", "sigmoid"], loss="binary_cross_entropy", classes=1)
    model["data"]["targets"] = [[0], [1], [1], [0], [1], [0]]
    return model


def soft_targets() -> Model:
    """Targets between 0 and 1: the gradient is not that of one class."""
    model = random_model(
        25, activations=["gelu", "identity"], loss="cross_entropy_with_logits", batch_size=4, classes=3
    )
    model["data"]["targets"] = [[0.2, 0.5, 0.3], [0.7, 0.1, 0.2], [0, 0.4, 0.6]] * 2
    return model


def frozen() -> Model:
    """The second of three layers keeps its values; the gradient passes through it."""
    model = random_model(
        26, activations=["tanh", "relu", "softmax"], loss="cross_entropy", optimizer="momentum", batch_size=4
    )
    model["network"]["layer"][1]["trainable"] = False
    return model


def other_constants(optimizer: str, **constants: float) -> Model:
    """An optimizer with constants that are not its defaults."""
    model = random_model(
        27,
        activations=["softplus", "sigmoid"],
        loss="binary_cross_entropy",
        optimizer=optimizer,
        batch_size=4,
    )
    model["training"] |= constants
    return model


def saturated() -> Model:
    """A sigmoid far out on its wrong side: the log and the gradient's divisor are at their limits."""
    model = random_model(29, activations=["sigmoid"], loss="binary_cross_entropy", classes=1)
    model["network"]["layer"][0] |= {"weights": [[45.0]], "bias": False}
    model["data"] = {
        "features": [[1], [-1], [0.01], [-0.02], [16], [-17]],
        "targets": [[0], [1], [1], [0], [1], [1]],
    }
    return model


def large_logits() -> Model:
    """Logits in the hundreds, where exp alone would overflow or lose everything."""
    model = random_model(30, activations=["identity"], loss="cross_entropy_with_logits", batch_size=3, classes=3)
    layer = model["network"]["layer"][0]
    layer["weights"] = [[300 * w for w in row] for row in layer["weights"]]
    return model
