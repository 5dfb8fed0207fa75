"""Make mlps.npz, the numbers that nnstep's training must reproduce, with PyTorch in float64.

To make it again: `pip install numpy torch`, then `python -m tests.reference.make` (a few seconds).

For each model of cases.py the file holds the model as JSON, `CASE/model`, and one array for each matrix,
`CASE/NAME`, with its values in the first 20 iterations, one after the other. What has a row for each row of
the batch (Z, A, E, delta, dA) is joined along the rows, everything else is stacked along a new first axis.
Parameters and optimizer slots are those after the iteration's update. Nothing here uses nnstep.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tests.reference.cases import ITERATIONS, ROWS, Model, cases

SLOTS = {
    "sgd": {},
    "momentum": {"v": "momentum_buffer"},
    "adam": {"m": "exp_avg", "s": "exp_avg_sq"},
}

ACTIVATIONS = {
    "identity": torch.clone,
    "relu": functional.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda z: functional.softmax(z, dim=1),
    "softplus": functional.softplus,
    "gelu": lambda z: functional.gelu(z, approximate="tanh"),
}


def rows_of_loss(name: str, a: Tensor, y: Tensor) -> Tensor:
    """E: the loss of each row."""
    match name:
        case "mean_squared_error":
            return functional.mse_loss(a, y, reduction="none").mean(dim=1)
        case "binary_cross_entropy":
            return functional.binary_cross_entropy(a, y, reduction="none").mean(dim=1)
        case "binary_cross_entropy_with_logits":
            return functional.binary_cross_entropy_with_logits(a, y, reduction="none").mean(dim=1)
        case "cross_entropy":
            return -(y * torch.clamp(torch.log(a), min=-100)).sum(dim=1)
        case "cross_entropy_with_logits":
            return functional.cross_entropy(a, y, reduction="none")
    raise ValueError(name)


def train(model: Model, noise: float = 0.0) -> dict[str, list[Tensor]]:
    """Every matrix of the first iterations; the weights start off by a relative NOISE."""
    layers = model["network"]["layer"]
    parameters = initial(layers, noise)
    optimizer = optimizer_of(model["training"], [p for p in parameters.values() if p.requires_grad])
    features, targets = (torch.tensor(model["data"][key], dtype=torch.float64) for key in ("features", "targets"))
    history: dict[str, list[Tensor]] = defaultdict(list)
    for rows in batches(model["training"]["batch_size"]):
        optimizer.zero_grad()
        made = forward(layers, parameters, features[rows])
        error = rows_of_loss(model["loss"]["name"], made[f"A[{len(layers)}]"], targets[rows])
        penalty = sum((p**2).sum() for name, p in parameters.items() if name.startswith("W"))
        loss = error.mean() + model["loss"]["l2"] / 2 * penalty
        loss.backward()
        state = made | gradients(made, parameters) | {"E": error, "L": loss}
        for name, value in state.items():
            history[name].append(value.detach().clone())
        optimizer.step()
        for name, parameter in parameters.items():
            history[name].append(parameter.detach().clone())
            for letter, key in SLOTS[model["training"]["optimizer"]].items():
                if parameter.requires_grad:
                    history[letter + name].append(optimizer.state[parameter][key].clone())
    return history


def initial(layers: list[Model], noise: float) -> dict[str, Tensor]:
    """W[l] and b[l] at the start."""
    generator = torch.Generator().manual_seed(0)
    parameters = {}
    for number, layer in enumerate(layers, 1):
        weights = torch.tensor(layer["weights"], dtype=torch.float64)
        weights *= 1 + noise * torch.randn(weights.shape, generator=generator, dtype=torch.float64)
        parameters[f"W[{number}]"] = weights
        if layer["bias"] is not False:
            parameters[f"b[{number}]"] = torch.tensor(layer["bias"], dtype=torch.float64)
    for name, parameter in parameters.items():
        parameter.requires_grad_(layers[int(name[2]) - 1].get("trainable", True))
    return parameters


def optimizer_of(training: Model, parameters: list[Tensor]) -> torch.optim.Optimizer:
    rate = training["learning_rate"]
    match training["optimizer"]:
        case "sgd":
            return torch.optim.SGD(parameters, lr=rate)
        case "momentum":
            return torch.optim.SGD(parameters, lr=rate, momentum=training.get("momentum", 0.9))
        case "adam":
            betas = (training.get("beta1", 0.9), training.get("beta2", 0.999))
            return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=training.get("epsilon", 1e-8))
    raise ValueError(training["optimizer"])


def batches(size: int | str) -> Iterator[slice]:
    """The rows of each iteration, in order; the last batch of an epoch is as large as is left."""
    width = ROWS if size == "all" else int(size)
    starts = list(range(0, ROWS, width))
    for iteration in range(ITERATIONS):
        start = starts[iteration % len(starts)]
        yield slice(start, min(start + width, ROWS))


def forward(layers: list[Model], parameters: dict[str, Tensor], a: Tensor) -> dict[str, Tensor]:
    """Z[l] and A[l] of each layer, each keeping its gradient."""
    made: dict[str, Tensor] = {}
    for number, layer in enumerate(layers, 1):
        z = functional.linear(a, parameters[f"W[{number}]"], parameters.get(f"b[{number}]"))
        a = ACTIVATIONS[layer["activation"]](z)
        made |= {f"Z[{number}]": z, f"A[{number}]": a}
    for value in made.values():
        value.retain_grad()
    return made


def gradients(made: dict[str, Tensor], parameters: dict[str, Tensor]) -> dict[str, Tensor]:
    """delta[l] = ∂L/∂Z[l], dA[l], and dW[l] and db[l] of what is trained."""
    found = {name.replace("Z", "delta") if name[0] == "Z" else "d" + name: value.grad for name, value in made.items()}
    return found | {"d" + name: value.grad for name, value in parameters.items() if value.requires_grad}


def check(name: str, model: Model, history: dict[str, list[Tensor]]) -> None:
    """Refuse a case whose numbers two right programs could disagree on."""
    for matrix, values in train(model, noise=1e-15).items():
        for here, there in zip(history[matrix], values, strict=True):
            assert torch.isfinite(here).all(), f"{name}: {matrix} is not finite"
            change = (here - there).abs().max() / here.abs().max().clamp(min=1e-300)
            assert change < 1e-12, f"{name}: rounding changes {matrix} by {change:.0e} of its largest entry"
    for number, layer in enumerate(model["network"]["layer"], 1):
        if "relu" in layer["activation"]:
            nearest = min(z.abs().min() for z in history[f"Z[{number}]"])
            assert nearest > 1e-9, f"{name}: Z[{number}] comes within {nearest:.0e} of the kink at 0"


def packed(matrix: str, values: list[Tensor]) -> np.ndarray:
    by_row = matrix.partition("[")[0] in {"Z", "A", "E", "delta", "dA"}
    joined: np.ndarray = (torch.cat if by_row else torch.stack)(values).numpy()
    return joined


def main() -> None:
    arrays: dict[str, Any] = {}
    for name, model in cases():
        history = train(model)
        check(name, model, history)
        arrays[f"{name}/model"] = np.array(json.dumps(model))
        arrays |= {f"{name}/{matrix}": packed(matrix, values) for matrix, values in history.items()}
    # PyTorch's floor of 1e-12 under a(1 − a) is the nearest float32 even in float64: 4e-9 of it too small.
    del arrays["29-saturated/dA[1]"]
    np.savez_compressed(Path(__file__).with_name("mlps.npz"), **arrays)


if __name__ == "__main__":
    main()
