"""The best NumPy that we could write by hand for just these networks: what nnstep's speed is measured against.

Each is a generator-free straight line of calls on fixed buffers: data and activations as features × rows with a row
of ones last, W and b in one matrix, all parameters and gradients in one vector each, 1/m folded into the targets, the
rows of one or more epochs gathered in one go. None keeps anything that the next call does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[Any]
Train = Callable[[Iterable[tuple[Matrix, Matrix, Matrix]], list[float]], None]


@dataclass(frozen=True)
class Shape:
    """A network to measure: `sizes` from the input to the output, rows a batch, rows of data."""

    name: str
    sizes: tuple[int, ...]
    batch: int
    rows: int
    hidden: str
    loss: str

    @property
    def batches(self) -> int:
        """Batches in an epoch."""
        return self.rows // self.batch


SHAPES = (
    Shape("xor", (2, 4, 1), 4, 4, "sigmoid", "binary_cross_entropy_with_logits"),
    Shape("iris", (4, 16, 3), 16, 144, "relu", "cross_entropy_with_logits"),
    Shape("digits", (64, 64, 32, 10), 32, 1792, "relu", "cross_entropy_with_logits"),
    Shape("mnist-size", (784, 256, 128, 10), 64, 6400, "relu", "cross_entropy_with_logits"),
    Shape("wide", (1024, 2048, 2048, 10), 128, 1280, "relu", "cross_entropy_with_logits"),
)

RATE = 0.1


def data_of(shape: Shape, dtype: str) -> tuple[Matrix, Matrix]:
    """Features (rows, inputs) and targets (rows, outputs): 0 or 1 for one output, else one 1 a row."""
    draw = np.random.default_rng(0)
    features = draw.normal(size=(shape.rows, shape.sizes[0])).astype(dtype)
    if shape.sizes[-1] == 1:
        return features, (features.prod(axis=1, keepdims=True) < 0).astype(dtype)
    return features, np.eye(shape.sizes[-1], dtype=dtype)[draw.integers(shape.sizes[-1], size=shape.rows)]


class Peer:
    """Trains one network by hand-written NumPy.

    parameters  the initial W[1], b[1], W[2], … in nnstep's shapes
    """

    def __init__(self, shape: Shape, features: Matrix, targets: Matrix, parameters: Sequence[Matrix]) -> None:
        self.shape = shape
        dtype = features.dtype
        self.features = np.concatenate([features, np.ones((len(features), 1), dtype)], axis=1)
        self.targets = targets / dtype.type(shape.batch)
        blocks = [np.column_stack([w, b]) for w, b in zip(parameters[::2], parameters[1::2], strict=True)]
        self.theta = np.concatenate([block.ravel() for block in blocks])
        self.gradient = np.zeros_like(self.theta)
        self._train = _TRAINERS[shape.hidden, len(shape.sizes)](self, [block.shape for block in blocks])

    def run(self, orders: Iterable[Matrix], losses: list[float]) -> None:
        """Train on the rows in the order of each (epochs, rows) block; a loss is appended for every batch."""
        for order in orders:
            x = self.features[order].reshape(-1, self.shape.batch, self.features.shape[1])
            y = self.targets[order].reshape(-1, self.shape.batch, self.targets.shape[1]).transpose(0, 2, 1).copy()
            self._train(zip(x, x.transpose(0, 2, 1), y, strict=True), losses)

    def views(self, shapes: Sequence[tuple[int, ...]], vector: Matrix) -> list[Matrix]:
        """The matrices [W | b] in the flat vector."""
        sizes = np.cumsum([0, *(rows * columns for rows, columns in shapes)])
        pieces = zip(sizes, sizes[1:], shapes, strict=False)
        return [vector[start:stop].reshape(shape) for start, stop, shape in pieces]


def _buffer(units: int, rows: int, dtype: npt.DTypeLike) -> Matrix:
    """Units × rows, with a row of ones below."""
    buffer = np.zeros((units + 1, rows), dtype)
    buffer[-1] = 1
    return buffer


def _back(w: Matrix, m: int) -> Callable[[Matrix, Matrix], object]:
    """What multiplies δ of the layer above by W out of [W | b], units × rows, as fast as the size allows."""
    weights = w[:, :-1]
    if weights.dtype != np.float64 or min(weights.shape) < 1024:
        # np.dot would copy W, as it has gaps in memory.
        return partial(np.matmul, weights.T)
    turned = np.empty((m, weights.shape[1]), weights.dtype)

    def back(delta: Matrix, out: Matrix) -> None:
        np.matmul(delta.T, weights, turned)
        np.copyto(out, turned.T)

    return back


def _xor(peer: Peer, shapes: Sequence[tuple[int, ...]]) -> Train:
    """Two inputs, sigmoid units, one logit, binary cross-entropy."""
    dtype, m = peer.theta.dtype, peer.shape.batch
    (w1, w2), (dw1, dw2) = peer.views(shapes, peer.theta), peer.views(shapes, peer.gradient)
    units = shapes[0][0]
    theta, gradient, step = peer.theta, peer.gradient, np.empty_like(peer.theta)
    a1 = _buffer(units, m, dtype)
    a, z1, slope, delta1 = a1[:-1], *(np.empty((units, m), dtype) for _ in range(3))
    z2, delta2, entropy = (np.empty((1, m), dtype) for _ in range(3))
    one, zero, rate, part = (np.array(value, dtype) for value in (1, 0, RATE, 1 / m))
    add, subtract, multiply, divide, negative, exp = np.add, np.subtract, np.multiply, np.divide, np.negative, np.exp
    logaddexp, weights = np.logaddexp, np.full(m, 1 / m, dtype)
    first, second, back, outer2 = w1.dot, w2.dot, w2[:, :-1].T.dot, delta2.dot
    outer1, a1t, flat_z2, mean = delta1.dot, a1.T, z2.ravel(), entropy.ravel().dot

    def train(batches: Iterable[tuple[Matrix, Matrix, Matrix]], losses: list[float]) -> None:
        append = losses.append
        for x, xt, y in batches:
            first(xt, z1)
            negative(z1, a)
            exp(a, a)
            add(a, one, a)
            divide(one, a, a)
            second(a1, z2)
            logaddexp(z2, zero, entropy)
            negative(z2, delta2)
            exp(delta2, delta2)
            add(delta2, one, delta2)
            divide(part, delta2, delta2)
            subtract(delta2, y, delta2)
            append(float(mean(weights)) - float(flat_z2.dot(y[0])))
            outer2(a1t, dw2)
            subtract(one, a, slope)
            multiply(slope, a, slope)
            back(delta2, delta1)
            multiply(delta1, slope, delta1)
            outer1(x, dw1)
            multiply(gradient, rate, step)
            subtract(theta, step, theta)

    return train


def _softmax_tail(m: int, classes: int, dtype: npt.DTypeLike) -> Callable[[Matrix, Matrix, Matrix], float]:
    """From the logits z (classes × m) and targets / m: ∂L/∂z into `delta`, and the loss."""
    peak, total, ones = np.empty(m, dtype), np.empty(m, dtype), np.ones(classes, dtype)
    shifted, weights = np.empty((classes, m), dtype), np.full(m, 1 / m, dtype)
    logs, scale = np.empty(m, dtype), np.array(m, dtype)
    reduce: Callable[..., object] = np.maximum.reduce
    subtract, exp, multiply, divide, log = np.subtract, np.exp, np.multiply, np.divide, np.log
    flat = shifted.ravel()

    def tail(z: Matrix, y: Matrix, delta: Matrix) -> float:
        reduce(z, 0, None, peak)
        subtract(z, peak, shifted)
        exp(shifted, delta)
        ones.dot(delta, total)
        log(total, logs)
        multiply(total, scale, total)
        divide(delta, total, delta)
        subtract(delta, y, delta)
        return float(logs.dot(weights)) - float(flat.dot(y.ravel()))

    return tail


def _one_hidden(peer: Peer, shapes: Sequence[tuple[int, ...]]) -> Train:
    """ReLU units, softmax and cross-entropy on the logits."""
    dtype, m = peer.theta.dtype, peer.shape.batch
    (w1, w2), (dw1, dw2) = peer.views(shapes, peer.theta), peer.views(shapes, peer.gradient)
    units, classes = shapes[0][0], shapes[1][0]
    theta, gradient, step = peer.theta, peer.gradient, np.empty_like(peer.theta)
    a1 = _buffer(units, m, dtype)
    a, active, delta1 = a1[:-1], np.empty((units, m), dtype), np.empty((units, m), dtype)
    z2, delta2 = np.empty((classes, m), dtype), np.empty((classes, m), dtype)
    zero, rate = np.array(0, dtype), np.array(RATE, dtype)
    maximum, sign, multiply, subtract = np.maximum, np.sign, np.multiply, np.subtract
    first, second, back, outer1, outer2, a1t = w1.dot, w2.dot, w2[:, :-1].T.dot, delta1.dot, delta2.dot, a1.T
    tail = _softmax_tail(m, classes, dtype)

    def train(batches: Iterable[tuple[Matrix, Matrix, Matrix]], losses: list[float]) -> None:
        append = losses.append
        for x, xt, y in batches:
            first(xt, active)
            maximum(active, zero, out=a)
            second(a1, z2)
            append(tail(z2, y, delta2))
            outer2(a1t, dw2)
            back(delta2, delta1)
            sign(a, active)
            multiply(delta1, active, delta1)
            outer1(x, dw1)
            multiply(gradient, rate, step)
            subtract(theta, step, theta)

    return train


def _two_hidden(peer: Peer, shapes: Sequence[tuple[int, ...]]) -> Train:
    """Two layers of ReLU units, softmax and cross-entropy on the logits."""
    dtype, m = peer.theta.dtype, peer.shape.batch
    w1, w2, w3 = peer.views(shapes, peer.theta)
    dw1, dw2, dw3 = peer.views(shapes, peer.gradient)
    n1, n2, classes = (shape[0] for shape in shapes)
    theta, gradient, step = peer.theta, peer.gradient, np.empty_like(peer.theta)
    e1, e2 = _buffer(n1, m, dtype), _buffer(n2, m, dtype)
    a1, a2, t1, t2 = e1[:-1], e2[:-1], e1.T, e2.T
    p1, p2 = np.empty((n1, m), dtype), np.empty((n2, m), dtype)
    delta1, delta2 = np.empty((n1, m), dtype), np.empty((n2, m), dtype)
    z3, delta3 = np.empty((classes, m), dtype), np.empty((classes, m), dtype)
    zero, rate = np.array(0, dtype), np.array(RATE, dtype)
    maximum, sign, multiply, subtract = np.maximum, np.sign, np.multiply, np.subtract
    first, second, third, back2, back3 = w1.dot, w2.dot, w3.dot, _back(w2, m), _back(w3, m)
    outer1, outer2, outer3 = delta1.dot, delta2.dot, delta3.dot
    tail = _softmax_tail(m, classes, dtype)

    def train(batches: Iterable[tuple[Matrix, Matrix, Matrix]], losses: list[float]) -> None:
        append = losses.append
        for x, xt, y in batches:
            first(xt, p1)
            maximum(p1, zero, out=a1)
            second(e1, p2)
            maximum(p2, zero, out=a2)
            third(e2, z3)
            append(tail(z3, y, delta3))
            outer3(t2, dw3)
            back3(delta3, delta2)
            sign(a2, p2)
            multiply(delta2, p2, delta2)
            outer2(t1, dw2)
            back2(delta2, delta1)
            sign(a1, p1)
            multiply(delta1, p1, delta1)
            outer1(x, dw1)
            multiply(gradient, rate, step)
            subtract(theta, step, theta)

    return train


_TRAINERS: dict[tuple[str, int], Callable[[Peer, Sequence[tuple[int, ...]]], Train]] = {
    ("sigmoid", 3): _xor,
    ("relu", 3): _one_hidden,
    ("relu", 4): _two_hidden,
}
