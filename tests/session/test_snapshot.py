"""Snapshots: a session brought back is, in all that can be seen of it, what it was."""

from __future__ import annotations

import pytest

import nnstep
from nnstep import Debugger
from nnstep.errors import NnstepError
from nnstep.session import Session
from nnstep.session.journal import state_of
from tests.scripted import MODEL_OF_MANY, endings, lines, run
from tests.worked import MODEL

COUNTS = 60

# What a snapshot need not hold: how things are going while a line runs, what can be worked out again, and what belongs
# to whoever runs the session.
NO_STATE = {
    "earlier",
    *("evaluation", "measures"),
    *("changed", "progress", "interrupted", "interrupts", "scripts", "allow_paths", "confinement"),
    *("_interrupt", "_goal", "_health"),
}


def seen(debugger: Debugger) -> list[object]:
    """All that can be seen of a session: its state, and the bytes of every matrix that can be read."""
    session = debugger.session
    values = [session.read(name).tobytes() if session.readable(name) else None for name in session.names]
    shown = [debugger.execute(line).text for line in ("info stops", "info branches", "info position", "display")]
    places = [(stop.number, stop.ignore, stop.enabled, list(stop.commands), stop.note) for stop in session.stops]
    return [state_of(session), values, session.losses.tobytes(), shown, places, session.model.title]


def answers(debugger: Debugger, said: list[str]) -> list[str]:
    """What lines answer: how a session behaves from here on."""
    found = []
    for line in said:
        try:
            found.append(debugger.execute(line).text)
        except NnstepError as error:
            found.append(f"refused: {error}")
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_session_brought_back_is_what_it_was(seed: int) -> None:
    before, between, after = lines(seed, COUNTS), lines(seed + 100, COUNTS), lines(seed + 200, COUNTS)
    debugger = nnstep.open(MODEL_OF_MANY)
    session = debugger.session
    run(debugger, before)
    snapshot, then = session.snapshot(), seen(debugger)
    # Twice: nothing that is done after a restoration may reach into the snapshot.
    futures = []
    for _ in range(2):
        run(debugger, between)
        session.restore(snapshot)
        assert seen(debugger) == then
        futures.append((answers(debugger, after), seen(debugger), endings(debugger)))
        session.restore(snapshot)
    assert futures[0] == futures[1]
    # And it goes on as one that was never anywhere else.
    other = nnstep.open(MODEL_OF_MANY)
    run(other, before)
    assert futures[0] == (answers(other, after), seen(other), endings(other))


def test_going_back_over_another_model_brings_the_first_one_back() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["break L", "set lr = 1", "step 9", "mark here"])
    snapshot, then = debugger.session.snapshot(), seen(debugger)
    run(debugger, ["open xor", "step 30", "break W[1]"])
    debugger.session.restore(snapshot)
    assert seen(debugger) == then
    assert answers(debugger, ["goto start", "goto mark here"])[-1].startswith("step 9 ")


def test_the_second_set_joins_the_first_as_it_would_have() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["step 3", "set Z[1] = 0"])
    snapshot = debugger.session.snapshot()
    run(debugger, ["step"])
    debugger.session.restore(snapshot)
    assert debugger.execute("set lr = 1").value == "b1"


def test_lines_that_a_stop_takes_are_taken_on() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["break L", "commands 1", "print L"])
    snapshot = debugger.session.snapshot()
    run(debugger, ["print m", "end", "commands 1", "end"])
    debugger.session.restore(snapshot)
    assert answers(debugger, ["end"]) == ["1 lines at stop 1"]


def test_a_snapshot_holds_every_attribute_that_is_state() -> None:
    session = Session(MODEL)
    assert set(vars(session)) == {*vars(session.snapshot()), *NO_STATE}
