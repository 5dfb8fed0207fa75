"""What stops match: by definition, and the same from both sides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.api import Debugger
from nnstep.errors import NotComputedError
from nnstep.session.operations import truth
from nnstep.session.stopbook import StepScope
from nnstep.session.stops import Stop, Watch
from tests.drawn import opened

LINES = (
    "break delta[1]",
    "break backward",
    "break layer 2",
    "break batch 2",
    "break epoch 2",
    "break L if L > 0.3",
    "break W[1] if W[1][0,0] > old(W[1])[0,0]",
    "break layer 1 if any(Z[1] < 0)",
    "break update if batch == 1",
    "watch W[1][0,0]",
    "watch W[2]",
    "watch argmax(A[1][0])",
    "watch Z[1][0,0] > 0",
    "watch old(b[1])",
    "watch epoch",
    "watch m",
    "watch sum(losses)",
    "watch W[1][0,0] + b[2][0] if L < 0.5",
    "watch E[0]",
)


def value_at(debugger: Debugger, expression: object, step: int) -> bytes | None:
    """An expression's bits at a step, by reading it there; None where it cannot be read."""
    try:
        return np.asarray(expression.value(StepScope(debugger.session, step))).tobytes()  # type: ignore[attr-defined]
    except NotComputedError:
        return None


def places(debugger: Debugger, stop: Stop) -> Iterator[int]:
    """The steps of a breakpoint without its condition, by the words of the design."""
    session = debugger.session
    _, what, *number = stop.text.split()
    tape = list(session.tape)
    s, batches = len(tape), session.calendar.batches
    for step in range(1, session.length + 1):
        here, before = tape[(step - 1) % s], tape[(step - 2) % s]
        iteration, first = (step - 1) // s, (step - 1) % s == 0
        if what == "layer":
            starts = first or (here.phase, here.layer) != (before.phase, before.layer)
            matches = starts and here.layer == int(number[0])
        elif what in ("data", "forward", "backward", "update"):
            matches = here.phase == what and (first or before.phase != what)
        elif what == "batch":
            matches = first and iteration % batches == int(number[0]) - 1
        elif what == "epoch":
            matches = first and iteration == (int(number[0]) - 1) * batches
        else:
            matches = here.name == what
        if matches:
            yield step


def by_definition(debugger: Debugger, stop: Stop) -> list[int]:
    session = debugger.session
    if isinstance(stop.matcher, Watch):
        found, last = [], None
        for step in range(session.length + 1):
            value = value_at(debugger, stop.matcher.expression, step)
            if value is not None:
                if last is not None and value != last:
                    found.append(step)
                last = value
    else:
        found = list(places(debugger, stop))
    condition = stop.condition
    if condition is None:
        return found
    held = []
    for step in found:
        try:
            if truth(condition.value(StepScope(session, step))):
                held.append(step)
        except NotComputedError:
            pass
    return held


def walked(debugger: Debugger, *, forward: bool) -> list[int]:
    """The steps at which continue (or reverse-continue) stands still, from one end of the run to the other."""
    debugger.goto("start" if forward else "end")
    steps: list[int] = []
    while True:
        stop = debugger.continue_() if forward else debugger.reverse_continue()
        if stop is None:
            return steps if forward else steps[::-1]
        steps.append(debugger.position.step)


@settings(max_examples=25)
@given(
    st.integers(0, 1000),
    st.sampled_from([1, 2, 5]),
    st.sampled_from(["sgd", "momentum", "adam"]),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=3, unique=True),
)
def test_continue_and_reverse_continue_find_what_the_definition_says(
    seed: int, batch: int, optimizer: str, lines: list[str]
) -> None:
    debugger = opened(seed, batch, optimizer)
    if batch == 5:
        lines = [line for line in lines if line != "break batch 2"] or ["break L"]
    for line in lines:
        debugger.execute(line)
    expected = sorted({step for stop in debugger.session.stops for step in by_definition(debugger, stop)})
    # The last step of the run can only be reached from before, and none can be left from it forward.
    assert walked(debugger, forward=True) == [step for step in expected if step > 0]
    assert walked(debugger, forward=False) == [step for step in expected if step < debugger.session.length]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("batch", [2, 5])
def test_every_kind_of_stop_alone(line: str, batch: int) -> None:
    if line == "break batch 2" and batch == 5:
        line = "break batch 1"
    debugger = opened(3, batch, "momentum")
    debugger.execute(line)
    [stop] = debugger.session.stops
    expected = by_definition(debugger, stop)
    assert walked(debugger, forward=True) == [step for step in expected if step > 0]
    assert walked(debugger, forward=False) == [step for step in expected if step < debugger.session.length]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("place", [0, 7, 19, 45])
def test_every_kind_of_stop_on_a_branch(line: str, place: int) -> None:
    """An edit changes what is found after it, and a watch sees the edit itself."""
    debugger = opened(4, 2, "sgd")
    debugger.goto(place)
    debugger.execute("set W[1][0,0] = 2.5")
    debugger.execute("set b[2] = 0.25")
    debugger.execute(line)
    [stop] = debugger.session.stops
    expected = by_definition(debugger, stop)
    assert walked(debugger, forward=True) == [step for step in expected if step > 0]
    assert walked(debugger, forward=False) == [step for step in expected if step < debugger.session.length]
