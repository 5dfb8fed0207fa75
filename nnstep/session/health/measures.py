"""What several rules measure, worked out once an iteration: norms of gradients, of updates and of parameters.

A norm is taken from a product of a stretch of a flat vector with itself. A weight matrix shares its stretch with its
bias, whose part is taken off; where that leaves too few digits the matrix is looked at by itself.
"""

from __future__ import annotations

import math
import re

import numpy as np

from nnstep.engine.layout import Layout
from nnstep.engine.machine import Scope
from nnstep.engine.recorder import Matrix

_WEIGHTS = re.compile(r"W\[(\d+)\]")


def layer_weights(names: tuple[str, ...]) -> list[int]:
    """The places of W[1], W[2], … among names, from the first layer on."""
    found = [(int(match.group(1)), place) for place, name in enumerate(names) if (match := _WEIGHTS.fullmatch(name))]
    return [place for _, place in sorted(found)]


def norm(matrix: Matrix) -> float:
    """The norm of a matrix of any size, without overflow or underflow on the way."""
    matrix = np.asarray(matrix, np.float64)
    largest = float(np.max(np.abs(matrix), initial=0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return largest * math.sqrt(float(np.sum(np.square(matrix / largest))))


class Norms:
    """The norms of the trainable parameters' parts of a flat vector.

    names  the parameters, in the order of the norms
    """

    def __init__(self, vector: Matrix, layout: Layout) -> None:
        places = [place for place in layout.places if place.stop <= layout.trainable]
        views = layout.views(vector[: layout.size])
        self.names = tuple(name for place in places for name in place.names)
        # A stretch and its parameters; the bias, where there is one, lies behind every row of the weights.
        self._parts = [
            (
                vector[place.start : place.stop].dot,
                vector[place.start : place.stop],
                [views[name] for name in place.names],
            )
            for place in places
        ]
        # Squares outside these lose digits, or all of them.
        self._low = float(np.finfo(vector.dtype).tiny / np.finfo(vector.dtype).eps)
        self._high = float(np.finfo(vector.dtype).max)

    def measure(self) -> list[float]:
        """The norm of each parameter's part, as the vector is now."""
        norms: list[float] = []
        low, high, root = self._low, self._high, math.sqrt
        for dot, whole, parameters in self._parts:
            both = square = dot(whole).item()
            if len(parameters) == 2:
                bias = parameters[1]
                of_bias = bias.dot(bias).item()
                square = both - of_bias
            # NaN, too, fails this comparison.
            good = low < square <= high and square + square >= both
            norms.append(root(square) if good else norm(parameters[0]))
            if len(parameters) == 2:
                norms.append(root(of_bias) if low < of_bias <= high else norm(bias))
        return norms


class Gradients:
    """The norms of the parameters' gradients at an iteration's end."""

    def __init__(self, scope: Scope) -> None:
        self._norms = Norms(scope.gradient, scope.layout)
        self._at = 0
        self._measured: list[float] = []
        self.names = tuple(f"d{name}" for name in self._norms.names)
        self.layers = layer_weights(self._norms.names)

    @classmethod
    def of(cls, scope: Scope) -> Gradients:
        """The one that all rules share."""
        if cls not in scope.shared:
            scope.shared[cls] = cls(scope)
        found: Gradients = scope.shared[cls]
        return found

    def at(self, t: int) -> list[float]:
        """The norm of each gradient at the end of iteration t."""
        if self._at != t:
            self._at, self._measured = t, self._norms.measure()
        return self._measured


class Updates:
    """What an iteration's update did to the parameters.

    weights  the places of the parameters whose size says something: W[l] of each layer, else all
    """

    def __init__(self, scope: Scope) -> None:
        size = scope.layout.size
        for name in scope.layout.names:
            scope.old(name)
        self._after, self._before = scope.current[:size], scope.state[:size]
        self._change: Matrix = np.zeros_like(self._after)
        self._changes = Norms(self._change, scope.layout)
        self._sizes = Norms(self._before, scope.layout)
        self._views = (scope.layout.views(self._before), scope.layout.views(self._after))
        self._at = self._sized = 0
        self._measured: list[float] = []
        self._size: list[float] = []
        self.names = self._changes.names
        self.weights = layer_weights(self.names) or list(range(len(self.names)))

    @classmethod
    def of(cls, scope: Scope) -> Updates:
        """The one that all rules share."""
        if cls not in scope.shared:
            scope.shared[cls] = cls(scope)
        found: Updates = scope.shared[cls]
        return found

    def at(self, t: int) -> list[float]:
        """‖ΔW‖ of each parameter in iteration t."""
        if self._at != t:
            np.subtract(self._after, self._before, self._change)
            self._at, self._measured = t, self._changes.measure()
        return self._measured

    def sizes(self, t: int) -> list[float]:
        """‖W‖ of each parameter before the update of iteration t."""
        if self._sized != t:
            self._sized, self._size = t, self._sizes.measure()
        return self._size

    def same(self, place: int) -> bool:
        """Whether a parameter is byte for byte what it was before the update."""
        name = self.names[place]
        before, after = (views[name].tobytes() for views in self._views)
        return before == after
