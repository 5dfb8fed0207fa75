"""What a run takes is told before it is allocated, and is what it takes."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

import nnstep
from nnstep.engine import machine
from nnstep.errors import ModelError
from nnstep.model import arrays, load, memory
from nnstep.model.batches import Batches
from nnstep.model.plan import plan
from nnstep.timeline import Timeline, checkpoint


def network(optimizer: str, *units: int, rows: int, batch: int, dtype: str = "float64") -> dict[str, Any]:
    layers = [{"units": each, "activation": "tanh"} for each in units]
    return {
        "dtype": dtype,
        "data": {"features": np.ones((rows, units[0])), "targets": np.ones((rows, units[-1]))},
        "network": {"layer": layers},
        "loss": {"name": "mean_squared_error"},
        "training": {"optimizer": optimizer, "batch_size": batch, "epochs": 2000},
    }


def graph(*, rows: int, batch: int) -> dict[str, Any]:
    given = network("momentum", 400, 1, rows=rows, batch=batch)
    equations = ["z = x @ w.T + b", "a = sigmoid(z)", "L = mean((a - y) ** 2)"]
    parameters = {"w": {"shape": [300, 400]}, "b": [0.0] * 300}
    del given["network"], given["loss"]
    return {**given, "graph": {"equations": equations, "parameters": parameters}}


@pytest.mark.parametrize(
    "described",
    [
        network("sgd", 400, 400, 1, rows=12, batch=4),
        network("adam", 350, 350, 1, rows=13, batch=4, dtype="float32"),
        network("sgd", 30, 60, 30, 10, rows=4_000, batch=4_000),
        network("momentum", 30, 200, 200, 10, rows=4_000, batch=2_200),
        graph(rows=13, batch=4),
    ],
    ids=["sgd", "adam in float32", "one batch", "a smaller last batch", "graph"],
)
def test_a_run_takes_what_was_told(described: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told = 0

    def tell(_: str, count: int, itemsize: int) -> None:
        nonlocal told
        told = count * itemsize

    monkeypatch.setattr(memory, "refuse_large", tell)
    # Neither rounding to chunks, nor scratch space that large models have no more of, nor what is made only once.
    monkeypatch.setattr(checkpoint, "CHUNK", 1)
    monkeypatch.setattr(machine, "STRETCH", 2**15)
    nnstep.open(described).step(1)
    gc.collect()
    tracemalloc.start()
    try:
        model = load(described)
        data = tracemalloc.get_traced_memory()[0] - sum(each.nbytes for each in model.parameters.values())
        tracemalloc.reset_peak()
        batches = Batches(model.rows, model.training.batch_size, 0, shuffle=True)
        timeline = Timeline(plan(model), batches, model.training.epochs, budget=0)
        # Far enough for checkpoints of every kind, and back over one.
        for iteration in (1, 4, 3) if len(batches.indices(0)) > 1000 else (1, 66, 65, 63, 2):
            timeline.enter(iteration)
        taken = tracemalloc.get_traced_memory()[1] - data - sum(each.nbytes for each in timeline.plan.sources.values())
    finally:
        tracemalloc.stop()
    assert told == pytest.approx(taken, rel=0.25)


def test_the_limit_is_the_users_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = network("adam", 64, 64, 1, rows=4, batch=4)
    monkeypatch.setenv("NNSTEP_MEMORY", "0.0001")
    said = r"training all up to W\[1\] would take 0.0 GiB, the limit is 0.0001 GiB; NNSTEP_MEMORY sets another"
    with pytest.raises(ModelError, match=said):
        nnstep.open(wide)
    monkeypatch.setenv("NNSTEP_MEMORY", "4")
    assert arrays.limit() == 4 * 2**30
    nnstep.open(wide)


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "inf", "1e30", "2 GiB"])
def test_a_limit_is_a_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTEP_MEMORY", text)
    with pytest.raises(ModelError, match="NNSTEP_MEMORY must be the GiB that a model may take, such as 4; got"):
        nnstep.open("xor")
