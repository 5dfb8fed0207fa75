"""The hand-written peers train the same networks: their losses are nnstep's."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.bench.runners import peers, task, timeline

SHAPES = {shape.name: shape for shape in peers().SHAPES if shape.name != "wide"}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-13), ("float32", 1e-5)])
def test_the_peer_has_the_same_losses(name: str, dtype: str, within: float) -> None:
    work = task(SHAPES[name], dtype)
    epochs = 1 if name == "mnist-size" else 3
    losses: list[float] = []
    peers().Peer(work.shape, work.features, work.targets, work.parameters).run(work.orders(0, epochs), losses)
    own = timeline(work)
    own.run_to(epochs * work.batches.epoch)
    np.testing.assert_allclose(losses, own.losses(len(losses) * own.calendar.instructions), rtol=within)
