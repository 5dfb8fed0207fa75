"""A number over the iterations: every value is that of its iteration's end; bisect finds where a condition turns."""

from __future__ import annotations

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError
from nnstep.session import Session
from nnstep.session.history import History, history, turn
from nnstep.timeline import Interrupted
from tests.worked import MODEL

EXPRESSIONS = (
    "L",
    "W[1][0,0]",
    "norm(dW[1])",
    "max(old(W[1])) - max(W[1])",
    "losses[-1]",
    "sum(losses)",
    "m",
    "epoch * 10 + batch",
    "t",
    "lr",
    "Z[1][0,0] > 0",
    "X[0,0]",
)


def recorded(session: Session, text: str) -> History:
    return history(session, session.expression(text))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_value_is_the_one_at_its_iterations_end(text: str, optimizer: str) -> None:
    draw = np.random.default_rng(2)
    model = {
        "data": {"features": draw.normal(size=(5, 2)).tolist(), "targets": draw.normal(size=(5, 1)).tolist()},
        "network": {"layer": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}]},
        "loss": {"name": "mean_squared_error"},
        "training": {"learning_rate": 0.3, "batch_size": 2, "epochs": 4, "optimizer": optimizer},
    }
    session, reference = nnstep.open(model).session, nnstep.open(model)
    s = len(session.tape)
    session.move(9 * s + 5)
    found = recorded(session, text)
    assert found.steps.tolist() == [s * n for n in range(1, 10)]
    for step, value in zip(found.steps, found.values, strict=True):
        reference.goto(int(step))
        assert value == float(reference.value(text).reshape(()))
    assert session.step == 9 * s + 5


def test_the_value_inside_an_iteration() -> None:
    session = Session(MODEL)
    session.move(25)
    assert recorded(session, "L").present is None
    session.move(28)
    found = recorded(session, "L")
    assert found.present == session.read("L")
    assert found.values.tolist() == [5.625]
    assert recorded(session, "W[1][0,0]").present == -1.375
    session.move(40)
    assert recorded(session, "W[1][0,0]").present is None


def test_before_the_first_iteration_is_finished() -> None:
    session = Session(MODEL)
    session.move(5)
    found = recorded(session, "W[1][0,0]")
    assert (found.values.tolist(), found.present) == ([], 0.5)
    with pytest.raises(CommandError, match=r"^L: no iteration is finished yet; `step batch` runs one$"):
        recorded(session, "L")


def test_a_row_that_a_smaller_batch_lacks_is_left_out() -> None:
    data = {"features": [[1.0, 2.0]] * 5, "targets": [[1.0]] * 5}
    session = Session({**MODEL, "data": data}, {"training.batch_size": 2})
    session.move(session.length)
    found = recorded(session, "E[1]")
    assert (found.steps // 20).tolist() == [1, 2, 4, 5, 7, 8]
    with pytest.raises(CommandError, match=r"^E\[2\]: no index 2 in 2"):
        recorded(session, "E[2]")


def test_it_follows_a_branch() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(25)
    debugger.execute("set W[1][0,0] = 7")
    debugger.goto("end")
    before = debugger.value("W[1]")[0, 0]
    found = recorded(debugger.session, "W[1][0,0]")
    assert found.values[0] == -1.375
    assert found.values[-1] == before
    debugger.execute("switch main")
    assert recorded(debugger.session, "W[1][0,0]").values[-1] != before


def test_one_number_is_needed() -> None:
    session = Session(MODEL)
    session.move(40)
    message = r"^history takes one number, and W\[1\] is 2×2: try a cell of it, or norm\(W\[1\]\)$"
    with pytest.raises(CommandError, match=message):
        recorded(session, "W[1]")


def test_an_interrupted_history_is_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.timeline.timeline.MOST_AT_ONCE", 1)
    session = Session("xor")
    session.move(session.length)
    before = session.read("W[1]").copy()
    search = session.timeline.search

    def interrupted(*arguments: object, **options: object) -> object:
        session.interrupt()
        return search(*arguments, **options)  # type: ignore[arg-type]  # whatever search takes

    monkeypatch.setattr(session.timeline, "search", interrupted)
    found = recorded(session, "L")
    assert found.interrupted
    assert len(found.values) == 1
    assert session.progress is None
    np.testing.assert_array_equal(session.read("W[1]"), before)
    monkeypatch.undo()
    assert not recorded(session, "L").interrupted


def test_bisect_finds_the_first_end_from_which_it_holds() -> None:
    session = Session("xor")
    session.move(session.length)
    losses = session.losses.copy()
    assert np.all(np.diff(losses[100:]) < 0)
    for place in (200, 201, 317, 499):
        found = turn(session, session.expression(f"L <= {float(losses[place])!r}"))
        assert found.step == 20 * (place + 1)
        assert found.looked <= 12
    assert session.step == session.length


def test_bisect_from_the_first_iteration_and_to_the_last() -> None:
    session = Session("xor")
    assert turn(session, session.expression("step >= 20")).step == 20
    assert turn(session, session.expression("step >= 10000")).step == 10_000
    assert turn(session, session.expression("L > 0")).step == 20
    assert session.step == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("L > 1e9", r"^L > 1e9 does not hold at the end of the run"),
        ("W[1][0,0] < 1e9", r"^W\[1\]\[0,0\] < 1e9 holds at the start already"),
        ("W[1]", r"^a condition must be one value"),
    ],
)
def test_where_bisect_has_nothing_to_find(text: str, message: str) -> None:
    session = Session("xor")
    session.move(40)
    with pytest.raises(CommandError, match=message):
        turn(session, session.expression(text))
    assert session.step == 40
    assert session.progress is None


def test_bisect_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.timeline.timeline.MOST_AT_ONCE", 1)
    session = Session("xor")
    enter = session.timeline.enter

    def interrupted(*arguments: object) -> None:
        session.interrupt()
        enter(*arguments)  # type: ignore[arg-type]  # whatever enter takes

    monkeypatch.setattr(session.timeline, "enter", interrupted)
    with pytest.raises(Interrupted):
        turn(session, session.expression("L < 0.1"))
    assert session.step == 0
