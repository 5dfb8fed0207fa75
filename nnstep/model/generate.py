"""Small data sets made from the seed: two features (one for "line"), rows of the classes in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # at run time this would import numpy.random, which `import nnstep` does without
    from numpy.random import Generator as Random

Numbers = NDArray[np.float64]


def moons(random: Random, samples: int, noise: float) -> tuple[Numbers, Numbers]:
    """Two half circles of radius 1 that reach into each other."""
    kind, along = _turns(samples, 2)
    angle = pi * along
    outer, inner = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
    points = np.where(kind == 0, outer, inner).T
    return points + random.normal(0, noise, points.shape), kind


def spiral(random: Random, samples: int, noise: float) -> tuple[Numbers, Numbers]:
    """Two arms that wind once around the origin, out to radius 1."""
    kind, along = _turns(samples, 2)
    angle = pi * (2 * along + kind)
    points = (along * np.stack([np.cos(angle), np.sin(angle)])).T
    return points + random.normal(0, noise, points.shape), kind


def blobs(random: Random, samples: int, noise: float) -> tuple[Numbers, Numbers]:
    """Three round clouds, their centres on the unit circle."""
    kind, _ = _turns(samples, 3)
    angle = 2 * pi * kind / 3
    points = np.stack([np.cos(angle), np.sin(angle)]).T
    return points + random.normal(0, noise, points.shape), kind


def line(random: Random, samples: int, noise: float) -> tuple[Numbers, Numbers]:
    """The line y = 2x + 1 with noise on y, x from −1 to 1."""
    x = np.linspace(-1, 1, samples)
    return x[:, None], 2 * x + 1 + random.normal(0, noise, samples)


GENERATORS: Mapping[str, Callable[[Random, int, float], tuple[Numbers, Numbers]]] = MappingProxyType(
    {make.__name__: make for make in (moons, spiral, blobs, line)}
)


def _turns(samples: int, classes: int) -> tuple[Numbers, Numbers]:
    """The class of each row, in turn, and how far along its class the row is, from 0 to 1."""
    rows = np.arange(samples)
    turn = rows // classes
    return (rows % classes).astype(float), turn / max(1, turn[-1])
