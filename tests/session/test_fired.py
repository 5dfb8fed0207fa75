from __future__ import annotations

import pytest

import nnstep
from nnstep.errors import CommandError

# Without a hidden layer the loss of this line explodes: α is far beyond 2 / largest curvature.
DIVERGING = {
    "data": {"features": [[1.0], [2.0]], "targets": [[1.0], [2.0]]},
    "network": {"layer": [{"units": 1, "activation": "identity", "weights": [[0.0]], "bias": False}]},
    "loss": {"name": "mean_squared_error"},
    "training": {"epochs": 2000, "learning_rate": 1.0, "batch_size": "all", "optimizer": "sgd"},
}


def test_fired_goes_to_the_first_bad_write_of_the_iteration() -> None:
    debugger = nnstep.open(DIVERGING)
    debugger.execute("catch nan")
    debugger.execute("continue")
    caught = debugger.position
    # At the iteration's end, where the bad value has spread.
    debugger.execute("finish")
    debugger.execute("step phase")
    assert debugger.position.iteration == caught.iteration
    assert debugger.execute("fired nan").value == caught
    assert debugger.execute("back").value != caught


def test_fired_goes_back_to_where_a_rule_became_true() -> None:
    debugger = nnstep.open(DIVERGING)
    debugger.execute("catch loss-increase")
    debugger.execute("continue")
    first = debugger.position
    debugger.execute("goto +5 batch")
    assert debugger.execute("fired loss-increase").value == first


def test_fired_finds_the_last_iteration_of_the_run_too() -> None:
    debugger = nnstep.open("exploding_gradient")
    debugger.goto("end")
    answer = debugger.execute("fired nan")
    size = len(debugger.tape)
    # The weights are NaN by then: the first write of the iteration that reads one is bad.
    assert debugger.position.step == debugger.session.length - size + debugger.tape.named("Z[1]").index
    assert answer.text.startswith("nan: NaN or ∞ in 80 of 80 cells of Z[1]")


def test_where_nothing_fires_one_line_says_so_and_nothing_changes() -> None:
    debugger = nnstep.open("xor")
    debugger.step(3)
    for line, words in (
        ("fired", "no health rule fires at the end of this iteration"),
        ("fired nan", "nan does not fire at the end of this iteration"),
        ("fired nonsense", "no health rule 'nonsense'; there are nan"),
    ):
        with pytest.raises(CommandError, match=words):
            debugger.execute(line)
    assert debugger.position.step == 3


def test_a_stop_remembers_where_it_was_hit() -> None:
    debugger = nnstep.open("xor")
    debugger.execute("break L")
    for _ in range(3):
        debugger.execute("continue")
    [stop] = debugger.session.stops
    size = len(debugger.tape)
    index = debugger.tape.named("L").index
    assert stop.reached == (index, size + index, 2 * size + index)


def test_the_neighbours_of_a_fork_are_kept_by_the_parent() -> None:
    debugger = nnstep.open("xor")
    debugger.execute("goto epoch 100")
    debugger.execute("set W[1][0,0] = 1")
    session = debugger.session
    fork = session.position.iteration
    assert session.timeline.kept(fork - 1) <= fork - 1
    assert session.timeline.kept(fork + 10) == fork + 1
