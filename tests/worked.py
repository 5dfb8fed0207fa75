"""A small network worked by hand: every number of its first iteration, exact in binary.

X W[1]ᵀ + b[1]:  0.5·1 + 0.25·2 + 0.5 = 1.5       −1·1 + 1·2 + 0 = 1
                 0.5·2 − 0.25·1 + 0.5 = 1.25      −1·2 − 1·1 + 0 = −3
A[1] W[2]ᵀ + b[2]:  2·1.5 − 1·1 + 0.5 = 2.5       2·1.25 − 1·0 + 0.5 = 3
E = (2.5 − 1)², (3 − 0)²;  dA[2] = 2(A[2] − Y)/2;  δ[1] is dA[1] where Z[1] > 0
dW[2] = 1.5·1.5 + 3·1.25, 1.5·1 + 3·0;  dW[1] = 3·1 + 6·2, 3·2 − 6·1 and −1.5·1 + 0·2, −1.5·2 − 0·1
"""

from __future__ import annotations

from typing import Any

MODEL: dict[str, Any] = {
    "title": "two by hand",
    "data": {"features": [[1.0, 2.0], [2.0, -1.0]], "targets": [[1.0], [0.0]]},
    "network": {
        "layer": [
            {"units": 2, "activation": "relu", "weights": [[0.5, 0.25], [-1.0, 1.0]], "bias": [0.5, 0.0]},
            {"units": 1, "activation": "identity", "weights": [[2.0, -1.0]], "bias": [0.5]},
        ],
    },
    "loss": {"name": "mean_squared_error"},
    "training": {"learning_rate": 0.125, "batch_size": "all", "epochs": 3, "shuffle": False},
}

VALUES: dict[str, Any] = {
    "X": [[1.0, 2.0], [2.0, -1.0]],
    "Y": [[1.0], [0.0]],
    "Z[1]": [[1.5, 1.0], [1.25, -3.0]],
    "A[1]": [[1.5, 1.0], [1.25, 0.0]],
    "Z[2]": [[2.5], [3.0]],
    "A[2]": [[2.5], [3.0]],
    "E": [2.25, 9.0],
    "L": 5.625,
    "dA[2]": [[1.5], [3.0]],
    "delta[2]": [[1.5], [3.0]],
    "dW[2]": [[6.0, 1.5]],
    "db[2]": [4.5],
    "dA[1]": [[3.0, -1.5], [6.0, -3.0]],
    "delta[1]": [[3.0, -1.5], [6.0, 0.0]],
    "dW[1]": [[15.0, 0.0], [-1.5, -3.0]],
    "db[1]": [9.0, -1.5],
    "W[1]": [[-1.375, 0.25], [-0.8125, 1.375]],
    "b[1]": [-0.625, 0.1875],
    "W[2]": [[1.25, -1.1875]],
    "b[2]": [-0.0625],
}
"""Every matrix at the end of the first iteration, step 20, in the order of DESIGN's tape."""

TAPE = tuple(VALUES)
"""Instruction k writes TAPE[k - 1]."""

BEFORE: dict[str, Any] = {
    "W[1]": [[0.5, 0.25], [-1.0, 1.0]],
    "b[1]": [0.5, 0.0],
    "W[2]": [[2.0, -1.0]],
    "b[2]": [0.5],
}
"""The parameters before their update."""


def step_of(name: str) -> int:
    """The step at which the first iteration writes a matrix."""
    return TAPE.index(name) + 1
