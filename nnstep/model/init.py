"""The parameters at step 0: given in the file, or drawn from the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from nnstep.errors import ModelError
from nnstep.model.arrays import matrix, numbers, refuse_large
from nnstep.model.memory import of_parameters
from nnstep.model.messages import clipped
from nnstep.model.model import Matrix
from nnstep.model.schema import LayerTable

if TYPE_CHECKING:  # at run time this would import numpy.random, which `import nnstep` does without
    from numpy.random import Generator as Random

Draw = Callable[["Random", tuple[int, int]], Matrix]

# What passes positive numbers only, or nearly so: He's factor of 2 makes up for the half that is lost.
RELU_FAMILY = ("relu", "leaky_relu", "softplus", "gelu")


def he(random: Random, shape: tuple[int, int]) -> Matrix:
    """Normal with variance 2/n_in (He, Zhang, Ren & Sun 2015, "Delving Deep into Rectifiers", eq. 10)."""
    return random.normal(0.0, sqrt(2 / shape[1]), shape)


def xavier(random: Random, shape: tuple[int, int]) -> Matrix:
    """Uniform within ±√(6/(n_in + n_out)).

    Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16.
    """
    bound = sqrt(6 / sum(shape))
    return random.uniform(-bound, bound, shape)


def normal(random: Random, shape: tuple[int, int]) -> Matrix:
    """Normal with standard deviation 0.01.

    Krizhevsky, Sutskever & Hinton 2012, "ImageNet Classification with Deep Convolutional Neural
    Networks", §5.
    """
    return random.normal(0.0, 0.01, shape)


def zeros(_: Random, shape: tuple[int, int]) -> Matrix:
    """Zeros: the units of a layer stay equal to one another for ever."""
    return np.zeros(shape)


INITS: Mapping[str, Draw] = MappingProxyType({draw.__name__: draw for draw in (he, xavier, normal, zeros)})


def stream(seed: int, name: str) -> Random:
    """The random numbers of one name: they stay the same when anything else in the model changes."""
    return np.random.default_rng([seed, crc32(name.encode())])


def default_init(activation: str) -> str:
    """He's for the relu family, Xavier's otherwise."""
    return "he" if activation in RELU_FAMILY else "xavier"


def initial_parameters(
    tables: Sequence[LayerTable], inputs: int, seed: int, dtype: np.dtype[np.floating]
) -> dict[str, Matrix]:
    """W[l] (n_out, n_in) and b[l] (n_out,) of every layer, for a network with so many inputs."""
    parameters: dict[str, Matrix] = {}
    for number, table in enumerate(tables, 1):
        key = f"network.layer[{number}]"
        shape = (table.units, inputs)
        parameters[f"W[{number}]"] = _weights(key, table, shape, stream(seed, f"W[{number}]")).astype(dtype, copy=False)
        if table.bias is not False:
            parameters[f"b[{number}]"] = _bias(key, table, dtype)
        inputs = table.units
    for parameter in parameters.values():
        parameter.flags.writeable = False
    return parameters


def refuse_large_parameters(tables: Sequence[LayerTable], inputs: int, slots: int, dtype: np.dtype[np.floating]) -> int:
    """Raise ModelError before anything is drawn when training them all takes more than the limit.

    The numbers that a run holds of them.
    """
    total = held = 0
    for number, table in enumerate(tables, 1):
        total += table.units * (inputs + 1)
        inputs = table.units
        held = of_parameters(total, slots)
        key = f"network.layer[{number}].units: training all up to W[{number}]"
        refuse_large(key, held, dtype.itemsize)
    return held


def _weights(key: str, table: LayerTable, shape: tuple[int, int], random: Random) -> Matrix:
    if table.weights is None:
        return INITS[table.init or default_init(table.activation)](random, shape)
    if table.init is not None:
        raise ModelError(f"{key}: init and weights are both given; leave one out")
    weights = matrix(f"{key}.weights", table.weights, np.dtype(np.float64))
    if weights.shape != shape:
        raise ModelError(
            f"{key}.weights must be {shape[0]}×{shape[1]} (units × inputs), got {weights.shape[0]}×{weights.shape[1]}"
        )
    return weights


def _bias(key: str, table: LayerTable, dtype: np.dtype[np.floating]) -> Matrix:
    if table.bias is True:
        return np.zeros(table.units, dtype)
    if not isinstance(table.bias, (list, tuple, np.ndarray)):
        raise ModelError(f"{key}.bias must be a list of numbers, true or false, got {clipped(table.bias)}")
    bias = numbers(f"{key}.bias", table.bias, dtype)
    if bias.shape != (table.units,):
        got = f"{len(bias)} numbers" if bias.ndim == 1 else f"{bias.ndim} axes"
        raise ModelError(f"{key}.bias must be {table.units} numbers, one per unit, got {got}")
    return bias
