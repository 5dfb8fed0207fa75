"""Moves: every unit, both ways, against the points counted one by one on the tape."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.errors import CommandError
from nnstep.timeline import UNITS, Position, Unit
from tests.worked import MODEL, VALUES

ADAM = {"training.optimizer": "adam", "training.batch_size": 1, "training.epochs": 2}
"""Slots before each parameter, and two batches an epoch."""


@cache
def by_ones() -> Debugger:
    """The worked network with a row a batch: two batches an epoch, three epochs, 120 steps."""
    return nnstep.open(MODEL, {"training.batch_size": 1})


def points(debugger: Debugger, unit: Unit) -> list[int]:
    """Step 0, and the steps whose next one belongs to another unit, seen one by one."""
    kinds: dict[Unit, Any] = {
        "instruction": lambda at, _layer: at.step,
        "layer": lambda at, layer: (at.iteration, at.phase, layer),
        "phase": lambda at, _layer: (at.iteration, at.phase),
        "batch": lambda at, _layer: at.iteration,
        "epoch": lambda at, _layer: at.epoch,
    }
    kind = kinds[unit]
    units = []
    for step in range(1, debugger.session.length + 1):
        debugger.goto(step)
        instruction = debugger.session.instruction
        assert instruction is not None
        units.append(kind(debugger.position, instruction.layer))
    ends = [step for step, (unit_here, after) in enumerate(zip(units, [*units[1:], None], strict=True), start=1)
            if unit_here != after]  # fmt: skip
    return [0, *ends]


@pytest.mark.parametrize("overrides", [{"training.batch_size": 1}, ADAM], ids=["sgd", "adam"])
@pytest.mark.parametrize("unit", UNITS)
def test_every_move_goes_to_a_point_of_its_unit(unit: Unit, overrides: dict[str, object]) -> None:
    debugger = nnstep.open(MODEL, overrides)
    length = debugger.session.length
    ends = points(debugger, unit)
    assert ends[-1] == length
    for start in range(length + 1):
        ahead = [point for point in ends if point > start]
        behind = [point for point in reversed(ends) if point < start]
        for count in (1, 2, 7):
            debugger.goto(start)
            assert debugger.step(count, unit).step == (ahead[count - 1] if count <= len(ahead) else length)
            debugger.goto(start)
            assert debugger.reverse_step(count, unit).step == (behind[count - 1] if count <= len(behind) else 0)


def test_the_layers_of_a_tape() -> None:
    """By hand: X with Y, Z with A, E with L, dA with delta, dW and db, a parameter with its bias."""
    debugger = nnstep.open(MODEL)
    ends = []
    while debugger.position.step < 20:
        ends.append(debugger.step(1, "layer").step)
    assert ends == [2, 4, 6, 8, 12, 16, 18, 20]


def test_the_phases_of_a_tape() -> None:
    debugger = nnstep.open(MODEL)
    assert [debugger.step(1, "phase").step for _ in range(5)] == [2, 8, 16, 20, 22]


def run(debugger: Debugger, line: str) -> int:
    result = debugger.execute(line)
    assert isinstance(result.value, Position)
    assert result.value == debugger.position
    assert result.stop is None
    return debugger.position.step


@pytest.mark.parametrize(
    ("start", "line", "expected"),
    [
        (0, "step", 1),
        (0, "s", 1),
        (0, "step 3", 3),
        (0, "step 2 phase", 8),
        (0, "step phase", 2),
        (0, "step 2 batches", 40),
        (0, "  step   2   epochs  ", 80),
        (0, "step\t2", 2),
        (7, "step batch", 20),
        (7, "step epoch", 40),
        (20, "step batch", 40),
        (5, "reverse-step", 4),
        (5, "rs 2", 3),
        (25, "rs batch", 20),
        (20, "rs batch", 0),
        (45, "reverse-step epoch", 40),
        (2, "next", 4),
        (2, "n 2", 6),
        (7, "reverse-next", 6),
        (7, "rn 3", 2),
        (3, "finish", 8),
        (3, "fin", 8),
        (10, "reverse-finish", 8),
        (10, "rfin", 8),
        (8, "rfin", 2),
        (30, "continue", 120),
        (30, "c", 120),
        (30, "c 3", 120),
        (30, "reverse-continue", 0),
        (30, "rc", 0),
        (30, "goto 7", 7),
        (30, "g end", 120),
        (30, "goto epoch 2 batch 2 δ[1]", 74),
        (30, "goto +1 batch", 50),
        (50, "goto -1 epoch", 10),
        (30, "restart", 0),
    ],
)
def test_where_a_line_leads(start: int, line: str, expected: int) -> None:
    debugger = by_ones()
    debugger.goto(start)
    assert run(debugger, line) == expected


@pytest.mark.parametrize(
    ("start", "line", "step", "note"),
    [
        (110, "step 11", 120, "the end of the run"),
        (110, "step 10", 120, None),
        (115, "step 2 batch", 120, "the end of the run"),
        (119, "next 2", 120, "the end of the run"),
        (120, "step", 120, "already at the end of the run"),
        (120, "finish", 120, "already at the end of the run"),
        (0, "step 99999999999999999999", 120, "the end of the run"),
        (5, "rs 6", 0, "the start of the run"),
        (5, "rs 5", 0, None),
        (0, "reverse-step", 0, "already at the start of the run"),
        (0, "rs epoch", 0, "already at the start of the run"),
        (1, "reverse-next 2", 0, "the start of the run"),
        (110, "goto +1 batch", 120, "the end of the run"),
        (100, "goto +1 batch", 120, None),
        (15, "goto -1 batch", 0, "the start of the run"),
        (20, "goto -1 batch", 0, None),
        (5, "goto -9", 0, "the start of the run"),
        (50, "continue", 120, "the end of the run"),
        (120, "continue", 120, "already at the end of the run"),
        (50, "rc", 0, "the start of the run"),
        (50, "goto end", 120, None),
        (50, "restart", 0, None),
    ],
)
def test_a_move_with_too_few_points_ahead_says_so(start: int, line: str, step: int, note: str | None) -> None:
    debugger = by_ones()
    debugger.goto(start)
    result = debugger.execute(line)
    assert debugger.position.step == step
    if note is None:
        assert "the run" not in result.text
    else:
        assert result.text.endswith(f"  ({note})")
    assert "\n" not in result.text


def test_a_move_says_where_it_arrived() -> None:
    debugger = nnstep.open(MODEL, {"training.batch_size": 1})
    assert debugger.execute("step").text == "step 1  epoch 1 batch 1  data  X ← rows of the features  1×2"
    debugger = nnstep.open(MODEL)
    # The loss is said as a number, a vector with its one row.
    assert debugger.execute("goto L").text.endswith("forward  L = mean(E) = 5.625")
    assert debugger.execute("goto b[1]").text.endswith("update  b[1] ← b[1] − α db[1]  1×2")
    assert debugger.execute("restart").text.startswith("step 0  epoch 1 batch 1  before anything")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("step 0", r"^step: N must be a whole number of at least 1, got 0$"),
        ("step -1", r"^step: N must be a whole number of at least 1, got -1$"),
        ("step 1.5", r"^step: N must be a whole number of at least 1, got 1\.5$"),
        ("step 1e3", r"at least 1, got 1e3$"),
        ("step bananas", r"^no unit 'bananas': units are instruction, layer, phase, batch, epoch$"),
        ("step 2 bananas", r"^no unit 'bananas'"),
        ("step batch 3", r"^step: '3' is too much; usage: step \[N\] \[UNIT\]$"),
        ("next layer", r"^next: 'layer' is too much; usage: next \[N\]$"),
        ("finish 2", r"^finish: '2' is too much; usage: finish$"),
        ("continue 0", r"^continue: N must be"),
        ("goto", r"^usage: goto LOCATION$"),
        ("goto 121", r"^step 121 is outside the run, which has steps 0 to 120$"),
        ("goto nowhere", r"^nowhere: no such place"),
        ("restart now", r"^restart: 'now' is too much; usage: restart$"),
    ],
)
def test_a_bad_move_moves_nothing(line: str, message: str) -> None:
    debugger = by_ones()
    debugger.goto(27)
    z, changed = debugger.value("Z[1]"), debugger.session.changed
    with pytest.raises(CommandError, match=message) as caught:
        debugger.execute(line)
    assert "\n" not in str(caught.value)
    assert (debugger.position.step, debugger.session.changed) == (27, changed)
    np.testing.assert_array_equal(debugger.session.read("Z[1]"), z)


def test_going_back_and_forth_keeps_every_bit() -> None:
    debugger = nnstep.open(MODEL)
    for step in (20, 55, 20, 60, 0, 20):
        debugger.goto(step)
        if step == 20:
            for name, value in VALUES.items():
                np.testing.assert_array_equal(debugger.value(name), value)
