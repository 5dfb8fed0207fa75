"""A small network of drawn numbers, whose every step can be looked at."""

from __future__ import annotations

import numpy as np

import nnstep
from nnstep.api import Debugger

EPOCHS, ROWS = 3, 5


def opened(seed: int, batch: int, optimizer: str) -> Debugger:
    draw = np.random.default_rng(seed)
    return nnstep.open(
        {
            "seed": seed,
            "data": {"features": draw.normal(size=(ROWS, 2)).tolist(), "targets": draw.normal(size=(ROWS, 1)).tolist()},
            "network": {"layer": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}]},
            "loss": {"name": "mean_squared_error"},
            "training": {"learning_rate": 0.3, "batch_size": batch, "epochs": EPOCHS, "optimizer": optimizer},
        }
    )
