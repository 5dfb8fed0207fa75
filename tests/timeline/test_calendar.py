"""Steps, positions and units, against their definitions taken literally."""

from __future__ import annotations

import pytest

import nnstep
from nnstep.timeline import UNITS, Calendar, Unit

MODEL = {
    "data": {"features": [[0.0], [1.0], [2.0]], "targets": [[0.0], [1.0], [2.0]]},
    "network": {"layer": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}]},
    "loss": {"name": "mean_squared_error"},
    "training": {"learning_rate": 0.1, "batch_size": 2, "epochs": 3},
}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return nnstep.open(MODEL).session.calendar


def completed(unit: Unit) -> list[int]:
    """The steps at which a unit has just been completed, and step 0, by walking every instruction of the run."""
    debugger = nnstep.open(MODEL)
    tape, length = list(debugger.tape), debugger.session.length
    batches = 2

    def key(step: int) -> tuple[object, ...]:
        instruction = tape[(step - 1) % len(tape)]
        iteration = (step - 1) // len(tape)
        return {
            "instruction": (step,),
            "layer": (iteration, instruction.phase, instruction.layer),
            "phase": (iteration, instruction.phase),
            "batch": (iteration,),
            "epoch": (iteration // batches,),
        }[unit]

    return [0, *(step for step in range(1, length + 1) if step == length or key(step) != key(step + 1))]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_moves_go_to_the_next_and_previous_point_of_the_unit(calendar: Calendar, unit: Unit, count: int) -> None:
    points = completed(unit)
    for step in range(calendar.length + 1):
        ahead = [point for point in points if point > step]
        behind = [point for point in points if point < step]
        assert calendar.after(step, count, unit) == (ahead[count - 1] if len(ahead) >= count else None)
        assert calendar.before(step, count, unit) == (behind[-count] if len(behind) >= count else None)


def test_from_a_point_forward_and_back_are_inverse(calendar: Calendar) -> None:
    for unit in UNITS:
        for point in completed(unit)[:-1]:
            ahead = calendar.after(point, 1, unit)
            assert ahead is not None
            assert calendar.before(ahead, 1, unit) == point


def test_what_steps_are_called(calendar: Calendar) -> None:
    s = calendar.instructions
    assert s == 20
    assert calendar.length == 3 * 2 * s
    names = {step: calendar.position(step) for step in (0, 1, s, s + 1, 2 * s, 2 * s + 3, 6 * s)}
    said = {step: (p.epoch, p.batch, p.iteration, p.phase, p.instruction) for step, p in names.items()}
    assert said == {
        0: (1, 1, 0, "data", 0),
        1: (1, 1, 0, "data", 1),
        s: (1, 1, 0, "update", s),
        s + 1: (1, 2, 1, "data", 1),
        2 * s: (1, 2, 1, "update", s),
        2 * s + 3: (2, 1, 2, "forward", 3),
        6 * s: (3, 2, 5, "update", s),
    }


def test_the_first_step_of_a_batch(calendar: Calendar) -> None:
    assert [calendar.start_of(1), calendar.start_of(1, 2), calendar.start_of(3)] == [1, 21, 81]
