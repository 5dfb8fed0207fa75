"""Those whose speed is compared: each trains the same network on the same batches, and can be asked for more."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nnstep.model import Model, load
from nnstep.model.batches import Batches
from nnstep.model.plan import plan
from nnstep.timeline import Timeline
from nnstep.values import dataclass

Matrix = npt.NDArray[Any]
Runner = Callable[[int], None]
"""Trains so many epochs more."""

EPOCHS = 10**6


@cache
def peers() -> ModuleType:
    """The hand-written peers: beside the package once installed, in tests/ in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for path in (package / "benchmarks" / "peers.py", package.parent / "tests" / "benchmarks" / "peers.py"):
        if path.is_file():
            spec = importlib.util.spec_from_file_location("nnstep_peers", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
            return module
    raise FileNotFoundError("tests/benchmarks/peers.py")


class Shape(Protocol):
    """A network to measure, as the peers' file describes it."""

    name: str
    sizes: tuple[int, ...]
    batch: int
    rows: int
    hidden: str
    loss: str


@dataclass(frozen=True)
class Task:
    """One network to train: its shape, data and initial parameters, and the order of the rows."""

    shape: Shape
    features: Matrix
    targets: Matrix
    model: Model
    batches: Batches

    @property
    def parameters(self) -> list[Matrix]:
        """W[1], b[1], W[2], … as they are initially."""
        layers = range(1, len(self.shape.sizes))
        return [self.model.parameters[f"{letter}[{layer}]"] for layer in layers for letter in "Wb"]

    def orders(self, first: int, epochs: int) -> Iterator[Matrix]:
        """The order of the rows in blocks of epochs, (epochs, rows), of a few MiB of data each."""
        at_once = max(1, min(64, (8 << 20) // self.features.nbytes))
        for start in range(first, first + epochs, at_once):
            stop = min(start + at_once, first + epochs)
            yield np.array([self.batches.order(epoch) for epoch in range(start, stop)])


def task(shape: Shape, dtype: str) -> Task:
    """The task that a shape and a dtype say."""
    features, targets = peers().data_of(shape, dtype)
    hidden = [{"units": units, "activation": shape.hidden} for units in shape.sizes[1:-1]]
    model = load(
        {
            "dtype": dtype,
            "data": {"features": features.tolist(), "targets": targets.tolist()},
            "network": {"layer": [*hidden, {"units": shape.sizes[-1], "activation": "identity"}]},
            "loss": {"name": shape.loss},
            "training": {"learning_rate": peers().RATE, "batch_size": shape.batch, "epochs": EPOCHS},
        }
    )
    return Task(shape, features, targets, model, Batches(shape.rows, shape.batch, 0, shuffle=True))


class _NoCheckpoints:
    """Stands where checkpoints would be and keeps none."""

    def __init__(self, state: Matrix) -> None:
        self._state = state

    def nearest(self, _iteration: int) -> int:
        return 0

    def state(self, _iteration: int) -> Matrix:
        return self._state

    def next_grid(self, iteration: int) -> int:
        return iteration + EPOCHS

    def near(self, _start: int, _target: int) -> tuple[int, ...]:
        return ()

    def meet(self, _iteration: int, _state: Matrix, *, near: bool) -> None:
        """Nothing is kept, so nothing is met."""


def timeline(task: Task) -> Timeline:
    """nnstep's own timeline of a task."""
    return Timeline(plan(task.model), task.batches, EPOCHS)


def nnstep_runner(task: Task, *, checkpoints: bool = True) -> Runner:
    """nnstep's free running, with the loss of every iteration recorded."""
    run = timeline(task)
    if not checkpoints:
        run.checkpoints = _NoCheckpoints(run.state_before(0).copy())  # type: ignore[assignment]  # the same verbs
    reached = 0

    def train(epochs: int) -> None:
        nonlocal reached
        reached += epochs
        run.run_to(reached * task.batches.epoch)

    return train


def peer_runner(task: Task) -> Runner:
    """The NumPy written by hand."""
    peer = peers().Peer(task.shape, task.features, task.targets, task.parameters)
    reached = 0

    def train(epochs: int) -> None:
        nonlocal reached
        peer.run(task.orders(reached, epochs), [])
        reached += epochs

    return train


def torch_runner(task: Task) -> Runner | None:
    """PyTorch, eager, with autograd and its SGD, on one thread; None where it is not installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    torch.set_num_threads(1)
    sizes = task.shape.sizes
    hidden = torch.nn.Sigmoid if task.shape.hidden == "sigmoid" else torch.nn.ReLU
    layers: list[Any] = []
    for place, (inputs, units) in enumerate(pairwise(sizes)):
        linear = torch.nn.Linear(inputs, units, dtype=torch.from_numpy(task.features).dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(task.parameters[2 * place].copy()))
            linear.bias.copy_(torch.from_numpy(task.parameters[2 * place + 1].copy()))
        layers += [linear, hidden()]
    network = torch.nn.Sequential(*layers[:-1])
    binary = sizes[-1] == 1
    loss_of = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=peers().RATE)
    x = torch.from_numpy(task.features)
    y = torch.from_numpy(task.targets if binary else task.targets.argmax(axis=1))
    losses: list[float] = []
    reached = 0

    def train(epochs: int) -> None:
        nonlocal reached
        for epoch in range(reached, reached + epochs):
            for rows in torch.from_numpy(task.batches.order(epoch).copy()).split(task.shape.batch):
                optimizer.zero_grad()
                loss = loss_of(network(x[rows]), y[rows])
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
        reached += epochs

    return train


def jax_runner(task: Task) -> Runner | None:
    """jax.jit of one whole iteration; None where it is not installed."""
    if importlib.util.find_spec("jax") is None:
        return None
    import jax
    from jax import nn
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    hidden = nn.sigmoid if task.shape.hidden == "sigmoid" else nn.relu
    binary = task.shape.sizes[-1] == 1

    def loss_of(parameters: list[Any], x: object, y: object) -> object:
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            x = hidden(x @ w.T + b)
        logits = x @ parameters[-2].T + parameters[-1]
        if binary:
            return jnp.mean(jnp.logaddexp(logits, 0) - logits * y)
        return -jnp.mean(jnp.sum(y * nn.log_softmax(logits), axis=1))

    @jax.jit  # type: ignore[untyped-decorator]  # jax is not there to be looked at
    def iteration(parameters: list[Any], x: object, y: object) -> tuple[Any, list[Any]]:
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
        moved = [p - peers().RATE * g for p, g in zip(parameters, gradients, strict=True)]
        return loss, moved

    parameters = [jnp.asarray(parameter) for parameter in task.parameters]
    losses: list[float] = []
    reached = 0

    def train(epochs: int) -> None:
        nonlocal reached, parameters
        for epoch in range(reached, reached + epochs):
            for rows in task.batches.order(epoch).reshape(-1, task.shape.batch):
                loss, parameters = iteration(parameters, task.features[rows], task.targets[rows])
                losses.append(float(loss))
        reached += epochs

    return train
