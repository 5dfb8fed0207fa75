"""Checkpoints: what is kept, under which budget, and what a replay must equal."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from nnstep.errors import DivergenceError
from nnstep.timeline.checkpoint import SPACING, Checkpoints

SIZE = 100
BYTES = SIZE * 8


def state(iteration: int) -> np.ndarray:
    return np.full(SIZE, float(iteration))


def run(checkpoints: Checkpoints, iterations: int) -> None:
    for iteration in range(1, iterations):
        checkpoints.meet(iteration, state(iteration), near=False)


def test_the_grid_doubles_its_spacing_when_the_budget_is_full() -> None:
    checkpoints = Checkpoints(state(0), budget=40 * BYTES)
    run(checkpoints, 5000)
    # 40 states, a quarter of them for the neighbourhood: at most 30 on the grid of 5000 iterations.
    assert checkpoints.spacing == 256
    assert checkpoints.iterations == list(range(0, 5000, 256))
    assert len(checkpoints) <= 30
    for iteration in checkpoints.iterations:
        np.testing.assert_array_equal(checkpoints.state(iteration), state(iteration))


def test_nearest_is_the_last_one_kept_up_to_an_iteration() -> None:
    checkpoints = Checkpoints(state(0))
    run(checkpoints, 100)
    checkpoints.meet(41, state(41), near=True)
    nearest = {iteration: checkpoints.nearest(iteration) for iteration in (0, 31, 32, 40, 41, 63, 64, 99)}
    assert nearest == {0: 0, 31: 0, 32: 0, 40: 0, 41: 41, 63: 41, 64: 64, 99: 64}
    assert SPACING == 64


def test_the_neighbourhood_moves_with_the_cursor() -> None:
    checkpoints = Checkpoints(state(0), budget=40 * BYTES)
    for iteration in range(1, 30):
        checkpoints.meet(iteration, state(iteration), near=True)
    assert checkpoints.iterations == [0, *range(20, 30)]


def walk(checkpoints: Checkpoints, targets: Iterable[int]) -> int:
    """The iterations replayed by going from one target to the next, keeping what `near` asks for on the way."""
    replayed = 0
    for target in targets:
        kept = checkpoints.nearest(target)
        replayed += target - kept
        for iteration in checkpoints.near(kept, target):
            checkpoints.meet(iteration, state(iteration), near=True)
    return replayed


def test_walking_back_replays_few_iterations() -> None:
    checkpoints = Checkpoints(state(0), budget=64 * BYTES)
    run(checkpoints, 20_000)
    assert walk(checkpoints, range(19_000, 18_000, -1)) < 12 * 1000
    assert checkpoints.spacing == 512


def test_walking_back_replays_no_iteration_twice_wherever_one_has_been_before() -> None:
    """What earlier moves have kept elsewhere makes room: a stretch between two places of the grid is kept whole."""
    checkpoints = Checkpoints(state(0), budget=800 * BYTES)
    run(checkpoints, 10_000)
    walk(checkpoints, range(31, 5000, 64))
    assert checkpoints.spacing == SPACING
    # 16 stretches, each replayed once, from its first iteration to its last.
    assert walk(checkpoints, range(9023, 8000, -1)) == 16 * 63


def test_a_replay_must_equal_the_checkpoint_byte_for_byte() -> None:
    checkpoints = Checkpoints(state(0))
    run(checkpoints, 65)
    almost = state(64)
    almost[7] = np.nextafter(64.0, 65.0)
    checkpoints.meet(64, state(64), near=False)
    with pytest.raises(DivergenceError, match="iteration 64"):
        checkpoints.meet(64, almost, near=False)


def test_nan_equals_itself_and_minus_zero_is_not_zero() -> None:
    start = np.array([np.nan, 0.0])
    checkpoints = Checkpoints(start)
    checkpoints.meet(0, np.array([np.nan, 0.0]), near=False)
    with pytest.raises(DivergenceError):
        checkpoints.meet(0, np.array([np.nan, -0.0]), near=False)


def test_memory_grows_with_use_alone() -> None:
    big = np.zeros(2**17)  # 1 MiB
    checkpoints = Checkpoints(big, budget=64 * 2**20)
    assert checkpoints.nbytes <= 8 * 2**20
    for iteration in range(1, 16 * 200):
        checkpoints.meet(iteration, big, near=iteration % 2 == 0)
    # Whole chunks of 8 MiB are taken, so that the last one may stand out.
    assert checkpoints.nbytes <= 72 * 2**20


def test_a_smaller_budget_lets_checkpoints_go_and_keeps_what_stays() -> None:
    states = {iteration: np.full(2**17, float(iteration)) for iteration in range(0, 4096, 64)}  # a MiB each
    kept = Checkpoints(states[0])
    for iteration, state in states.items():
        kept.meet(iteration, state, near=iteration > 3800)
    before = kept.nbytes
    kept.limit(16 * 2**20)
    assert before > 64 * 2**20
    assert kept.nbytes <= 24 * 2**20  # chunks of 8 MiB
    assert len(kept.iterations) <= 16
    for iteration in kept.iterations:
        assert np.array_equal(kept.state(iteration), states[iteration])
    assert kept.nearest(4000) in kept.iterations
