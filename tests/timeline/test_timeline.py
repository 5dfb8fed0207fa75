"""Any step at any time: what is readable, and that every way there gives the same bits."""

from __future__ import annotations

from itertools import chain, pairwise
from random import Random

import numpy as np
import pytest

import nnstep
from nnstep.errors import DivergenceError, NotComputedError
from nnstep.model import load
from nnstep.model.batches import Batches
from nnstep.model.plan import plan
from nnstep.timeline import UNITS, Interrupted, Timeline

SMALL = {
    "data": {"features": [[0.0], [1.0], [2.0]], "targets": [[0.5], [1.0], [2.5]]},
    "network": {"layer": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}]},
    "loss": {"name": "mean_squared_error"},
    "training": {"learning_rate": 0.1, "batch_size": 2, "epochs": 50, "optimizer": "momentum"},
}


def timeline(source: object, budget: int = 2**28) -> Timeline:
    model = load(source)  # type: ignore[arg-type]  # a name or a dict
    training = model.training
    batches = Batches(len(model.data.features), training.batch_size, model.seed, shuffle=training.shuffle)
    return Timeline(plan(model), batches, training.epochs, budget)


def everything(run: Timeline, step: int) -> dict[str, bytes]:
    """The bits of all that can be read at a step."""
    names = [instruction.name for instruction in run.tape(run.calendar.split(step)[0])]
    names += [*run.parameters, *run.slots]
    return {name: run.read(name, step).tobytes() for name in names if run.readable(name, step)}


@pytest.mark.parametrize("name", ["xor", "iris", "digits"])
def test_a_thousand_random_moves_land_on_the_bits_of_a_straight_run(name: str) -> None:
    straight, debugger = timeline(name), nnstep.open(name)
    session = debugger.session
    last = min(straight.length, 150 * straight.calendar.instructions)
    bits: dict[int, dict[str, bytes]] = {}
    random = Random(0)
    steps = {random.randrange(last + 1) for _ in range(300)}
    for step in sorted(steps):
        bits[step] = everything(straight, step)
    at = 0
    for _ in range(1000):
        unit = random.choice(UNITS)
        count = random.randint(1, 40)
        if random.random() < 0.5:
            at = random.choice([*steps])
            debugger.goto(at)
            assert everything(session.timeline, at) == bits[at]
        elif random.random() < 0.5 or at > last:
            at = debugger.reverse_step(count, unit).step
        else:
            at = debugger.step(count, unit).step
        if at in bits:
            assert everything(session.timeline, at) == bits[at]


def test_a_tight_budget_changes_no_bit() -> None:
    tight, straight = timeline(SMALL, budget=1), timeline(SMALL)
    expected = [everything(straight, step) for step in range(0, straight.length, 37)]
    order = [*enumerate(range(0, straight.length, 37))]
    Random(1).shuffle(order)
    for place, step in order:
        assert everything(tight, step) == expected[place]


def test_what_is_readable_at_a_step_is_what_has_been_written() -> None:
    run = timeline(SMALL)
    s = run.calendar.instructions
    for step in (0, 1, 5, s, s + 1, 2 * s - 3):
        iteration, index = run.calendar.split(step)
        for instruction in run.tape(iteration):
            lasting = instruction.phase == "update"
            assert run.readable(instruction.name, step) == (instruction.index <= index or lasting)


def test_reading_too_early_says_when_it_is_written() -> None:
    run = timeline(SMALL)
    with pytest.raises(
        NotComputedError, match=r"^Z\[1\] is not computed yet at step 2: it is written at step 3$"
    ) as error:
        run.read("Z[1]", 2)
    assert (error.value.name, error.value.step) == ("Z[1]", 3)
    s = run.calendar.instructions
    with pytest.raises(NotComputedError) as error:
        run.read("Z[1]", s + 1)
    assert error.value.step == s + 3


def test_a_parameter_is_old_until_its_update_and_new_from_then_on() -> None:
    run = timeline(SMALL)
    place = run.tape(0).named("W[1]").index
    before, after = run.read("W[1]", place - 1).copy(), run.read("W[1]", place).copy()
    np.testing.assert_array_equal(before, run.read("W[1]", 0))
    np.testing.assert_array_equal(run.old("W[1]", place), before)
    np.testing.assert_array_equal(run.read("W[1]", run.calendar.instructions + 1), after)
    np.testing.assert_allclose(after, before - 0.1 * run.read("vW[1]", place), rtol=1e-15)
    assert not np.array_equal(before, after)


def test_stepping_and_free_running_give_the_same_losses() -> None:
    stepped, free = timeline(SMALL), timeline(SMALL)
    for iteration in range(free.calendar.iterations):
        stepped.enter(iteration)
    free.enter(free.calendar.iterations - 1)
    np.testing.assert_array_equal(stepped.losses(stepped.length), free.losses(free.length))


def test_views_on_show_stay_valid_while_a_long_move_runs() -> None:
    run = timeline("iris")
    shown = run.read("A[1]", 10)
    copy = shown.copy()
    seen = []

    def look(_iteration: int) -> bool:
        seen.append(np.array_equal(shown, copy))
        return len(seen) < 3

    with pytest.raises(Interrupted):
        run.enter(run.calendar.iterations - 1, look)
    assert seen == [True] * 3
    np.testing.assert_array_equal(run.read("A[1]", 10), copy)


def test_an_interrupted_move_names_the_last_completed_iteration() -> None:
    run, straight = timeline("iris"), timeline("iris")
    with pytest.raises(Interrupted) as stop:
        run.enter(900, lambda iteration: iteration < 100)
    assert 100 <= stop.value.iteration < 900
    step = stop.value.iteration * run.calendar.instructions
    assert everything(run, step) == everything(straight, step)


def test_a_planted_divergence_is_noticed() -> None:
    run = timeline(SMALL)
    run.enter(69)
    kept = run.checkpoints.state(run.checkpoints.nearest(64))
    kept[0] = np.nextafter(kept[0], np.inf)
    with pytest.raises(DivergenceError, match="iteration 64"):
        run.enter(63)


def test_rows_of_an_epoch_are_each_trained_on_once() -> None:
    batches = Batches(rows=10, size=4, seed=3, shuffle=True)
    epochs = [[batches.indices(3 * epoch + batch).tolist() for batch in range(3)] for epoch in range(70)]
    assert all([len(batch) for batch in epoch] == [4, 4, 2] for epoch in epochs)
    assert all(sorted(chain(*epoch)) == list(range(10)) for epoch in epochs)
    assert len({tuple(chain(*epoch)) for epoch in epochs}) == 70
    # A function of the seed and the epoch alone: another object, asked in another order, says the same.
    again = Batches(rows=10, size=4, seed=3, shuffle=True)
    assert again.indices(3 * 69 + 1).tolist() == epochs[69][1]
    assert Batches(rows=10, size=4, seed=4, shuffle=True).indices(0).tolist() != epochs[0][0]


@pytest.mark.parametrize(("rows", "size"), [(8, 4), (10, 4), (5, 5), (1, 1)])
def test_stretches_are_the_batches_one_after_another(rows: int, size: int) -> None:
    batches = Batches(rows, size, seed=0, shuffle=True)
    iteration = 0
    while iteration < 400:
        stretch = batches.stretch(iteration, 7)
        assert 1 <= len(stretch) <= 7
        for place, indices in enumerate(stretch):
            assert indices.tolist() == batches.indices(iteration + place).tolist()
        iteration += len(stretch)


def test_neighbouring_blocks_of_epochs_differ() -> None:
    batches = Batches(rows=50, size=50, seed=0, shuffle=True)
    assert all(a.tolist() != b.tolist() for a, b in pairwise(batches.indices(epoch) for epoch in range(130)))
