"""What a model file says, as values: layers, loss, training, data and the parameters at step 0."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstep.values import dataclass

if TYPE_CHECKING:  # equations need the ops; a model that is only looked at does not
    from nnstep.model.equations import Equations

Matrix = NDArray[np.floating]


@dataclass(frozen=True)
class Layer:
    """One layer; its weights and its bias are in `Model.parameters`.

    init is "given" where the file gives the weights.
    """

    units: int
    activation: str
    bias: bool
    trainable: bool
    init: str


@dataclass(frozen=True)
class Loss:
    """The loss by its name, with the factor of the L2 penalty on weights."""

    name: str
    l2: float = 0.0


@dataclass(frozen=True)
class Training:
    """The optimizer with its settings, and how the rows are cut into batches.

    batch_size is resolved: "all", and anything above the number of rows, is the number of rows.
    """

    optimizer: str
    learning_rate: float
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    batch_size: int
    epochs: int
    shuffle: bool


@dataclass(frozen=True, eq=False)
class Data:
    """Training rows and held-out rows: features (rows, nf) and targets (rows, k), read-only."""

    features: Matrix
    targets: Matrix
    feature_names: tuple[str, ...] | None
    class_names: tuple[str, ...] | None
    holdout_features: Matrix
    holdout_targets: Matrix


@dataclass(frozen=True, eq=False)
class Model:
    """A model, checked and complete: all that a run is a function of.

    parameters: the initial values, "W[1]" (n_out, n_in) and "b[1]" (n_out,), read-only, in the order of the
    layers; a layer without bias has no "b[l]". Those of a graph go by its own names, and have any number of axes.
    graph: the equations, where the model is given by these; it has no layers then, and its loss is L.
    """

    name: str
    title: str
    path: Path | None
    seed: int
    dtype: np.dtype[np.floating]
    layers: tuple[Layer, ...]
    loss: Loss
    training: Training
    data: Data
    parameters: Mapping[str, Matrix]
    graph: Equations | None = None

    @property
    def rows(self) -> int:
        """The number of training rows."""
        return len(self.data.features)

    @property
    def batches(self) -> int:
        """The number of batches in an epoch; the last one may be smaller."""
        return -(-self.rows // self.training.batch_size)

    @property
    def iterations(self) -> int:
        """The number of iterations in the whole run."""
        return self.training.epochs * self.batches

    @property
    def equations(self) -> tuple[str, ...]:
        """The texts of a graph's equations; none for a network."""
        return tuple(line.text for line in self.graph.lines) if self.graph else ()

    @property
    def summary(self) -> str:
        """The model in a few words: "2→4→1 tanh, sigmoid · sgd α 0.5", "3 equations · 2 parameters · sgd α 0.5"."""
        described = self._layers if self.graph is None else self._counts
        return f"{described} · {self.training.optimizer} α {self.training.learning_rate:g}"

    @property
    def _layers(self) -> str:
        widths = [self.data.features.shape[1], *(layer.units for layer in self.layers)]
        runs = ((name, len(list(run))) for name, run in groupby(layer.activation for layer in self.layers))
        activations = ", ".join(f"{count}×{name}" if count > 2 else ", ".join([name] * count) for name, count in runs)
        return f"{'→'.join(map(str, widths))} {activations}"

    @property
    def _counts(self) -> str:
        counts = (("equation", len(self.equations)), ("parameter", len(self.parameters)))
        return " · ".join(f"{count} {what}{'s' if count != 1 else ''}" for what, count in counts)
