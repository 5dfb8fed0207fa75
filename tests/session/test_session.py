"""Session: what is readable where, what a move leaves behind, and how it is interrupted."""

from __future__ import annotations

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError, ModelError, NotComputedError
from nnstep.session import Session
from nnstep.timeline.checkpoint import BUDGET
from tests.worked import BEFORE, MODEL, TAPE, VALUES


def test_every_matrix_of_the_first_iteration() -> None:
    session = Session(MODEL)
    assert [instruction.name for instruction in session.tape] == list(TAPE)
    session.move(20)
    for name in TAPE:
        np.testing.assert_array_equal(session.read(name), VALUES[name])
        assert session.read(name).shape == np.shape(VALUES[name])


@pytest.mark.parametrize("step", range(21))
def test_a_matrix_is_readable_from_its_instruction_on(step: int) -> None:
    session = Session(MODEL)
    session.move(step)
    for place, name in enumerate(TAPE, start=1):
        if place <= step:
            expected = VALUES[name]
        elif name in BEFORE:
            expected = BEFORE[name]
        else:
            assert not session.readable(name)
            with pytest.raises(NotComputedError) as caught:
                session.read(name)
            assert (caught.value.name, caught.value.step) == (name, place)
            assert session.written_at(name) == place
            continue
        assert session.readable(name)
        np.testing.assert_array_equal(session.read(name), expected)
    for name, value in BEFORE.items():
        np.testing.assert_array_equal(session.old(name), value)


def test_the_next_iteration_starts_from_the_updated_parameters() -> None:
    session = Session(MODEL)
    session.move(23)
    # [1 2] W[1]ᵀ + b[1] with the updated ones: −1.375 + 0.5 − 0.625 and −0.8125 + 2.75 + 0.1875
    np.testing.assert_array_equal(session.read("Z[1]")[0], [-1.5, 2.125])
    np.testing.assert_array_equal(session.old("W[1]"), VALUES["W[1]"])
    assert session.written_at("Z[1]") == 43
    session.move(60)
    assert session.written_at("Z[1]") is None


def test_the_position_and_its_instruction() -> None:
    session = Session(MODEL, {"training.batch_size": 1})
    assert session.length == 120
    assert (session.position.epoch, session.position.batch, session.position.phase) == (1, 1, "data")
    assert (session.position.instruction, session.position.iteration) == (0, 0)
    session.move(74)
    assert session.instruction is session.tape.named("delta[1]")
    position = session.position
    assert (position.step, position.epoch, position.batch) == (74, 2, 2)
    assert (position.iteration, position.phase, position.instruction) == (3, "backward", 14)


def test_losses_are_those_of_the_finished_iterations() -> None:
    session = Session(MODEL)
    session.move(60)
    every = session.losses.copy()
    assert every.shape == (3,)
    assert every[0] == 5.625
    for step, finished in ((0, 0), (19, 0), (20, 1), (39, 1), (40, 2)):
        session.move(step)
        np.testing.assert_array_equal(session.losses, every[:finished])


def test_there_is_no_instruction_before_the_first() -> None:
    assert Session(MODEL).instruction is None


def test_values_are_read_only() -> None:
    session = Session(MODEL)
    session.move(20)
    for matrix in (session.read("Z[1]"), session.read("W[1]"), session.old("W[1]"), session.losses):
        with pytest.raises(ValueError, match="read-only"):
            matrix[:] = 0


def test_every_move_is_counted() -> None:
    session = Session(MODEL)
    before = session.changed
    session.move(3)
    session.move(2)
    assert session.changed == before + 2


def test_opening_another_model_starts_it() -> None:
    session = Session(MODEL)
    session.move(5)
    session.open(MODEL, {"training.epochs": 7})
    assert (session.step, session.length) == (0, 140)
    session.move(9)
    with pytest.raises(ModelError):
        session.open("nosuch")
    assert (session.step, session.length) == (9, 140)


def interrupted_on_the_way(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is interrupted as soon as its next move has begun, which then looks up after each iteration."""
    enter = session.timeline.enter
    monkeypatch.setattr("nnstep.timeline.timeline.MOST_AT_ONCE", 1)

    def interrupting(*arguments: object) -> None:
        session.interrupt()
        enter(*arguments)  # type: ignore[arg-type]  # whatever enter takes

    monkeypatch.setattr(session.timeline, "enter", interrupting)


def test_an_interrupted_move_forward_stays_at_a_completed_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    session, straight = Session("xor"), Session("xor")
    session.move(7)
    interrupted_on_the_way(session, monkeypatch)
    assert session.move(10_000) is False
    assert session.progress is None
    assert session.step == 20
    straight.move(20)
    np.testing.assert_array_equal(session.read("W[1]"), straight.read("W[1]"))
    # The next move is not interrupted.
    monkeypatch.undo()
    assert session.move(10_000) is True
    assert session.step == 10_000


def test_an_interrupted_move_back_stays_where_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session("xor", {"training.epochs": 3000})
    session.move(session.length)
    before = session.read("W[1]").copy()
    interrupted_on_the_way(session, monkeypatch)
    # 63 iterations behind a checkpoint, so there is something to run.
    assert session.move(191 * 20) is False
    assert session.step == session.length
    np.testing.assert_array_equal(session.read("W[1]"), before)


def test_old_takes_what_an_update_changes() -> None:
    session = Session(MODEL)
    with pytest.raises(CommandError, match=r"^old\(…\) takes a parameter's or a slot's name, got δ\[1\]$"):
        session.old("delta[1]")


def test_all_branches_together_keep_to_one_budget() -> None:
    debugger = nnstep.open("xor")
    for step in range(20):
        debugger.goto(step)
        debugger.execute(f"set lr = {step + 1}")
    assert sum(branch.checkpoints.budget for branch in debugger.session.branches) <= BUDGET
    debugger.execute("switch b7")
    debugger.goto("end")
    before = debugger.value("W[1]")
    debugger.goto("50%")
    debugger.goto("end")
    assert debugger.value("W[1]").tobytes() == before.tobytes()
