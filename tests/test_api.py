"""nnstep.open and Debugger: the face that users hold."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep.timeline import Position
from tests.worked import MODEL, TAPE, VALUES


@pytest.fixture
def debugger() -> nnstep.Debugger:
    return nnstep.open(MODEL)


def test_the_public_names() -> None:
    assert issubclass(nnstep.CommandError, nnstep.NnstepError)
    assert issubclass(nnstep.ModelError, nnstep.NnstepError)
    assert issubclass(nnstep.NotComputedError, nnstep.NnstepError)
    assert issubclass(nnstep.DivergenceError, nnstep.NnstepError)
    assert {"open", "Debugger", "Model", "__version__"} <= set(nnstep.__all__)
    assert isinstance(nnstep.open("xor").session.model, nnstep.Model)


def test_open_takes_a_name_a_path_and_a_dict(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(nnstep.model.bundled()["xor"].read_text())
    assert nnstep.open("xor").session.model.name == "xor"
    assert nnstep.open(path).session.model.name == "mine"
    assert nnstep.open(str(path)).session.model.name == "mine"
    assert nnstep.open(MODEL).session.model.title == "two by hand"


def test_open_overrides_single_keys() -> None:
    debugger = nnstep.open(MODEL, {"training.epochs": 5, "training.learning_rate": 0.25})
    assert debugger.session.length == 100
    assert debugger.value("lr") == 0.25
    with pytest.raises(nnstep.ModelError, match=r"training\.epochs"):
        nnstep.open(MODEL, {"training.epochs": 0})
    with pytest.raises(nnstep.ModelError, match="epoch"):
        nnstep.open(MODEL, {"training.epoch": 5})
    with pytest.raises(nnstep.ModelError, match="no model 'nosuch'"):
        nnstep.open("nosuch")


def test_moves_return_the_new_position(debugger: nnstep.Debugger) -> None:
    assert debugger.position == Position(0, 1, 1, 0, "data", 0)
    assert debugger.step() == Position(1, 1, 1, 0, "data", 1)
    assert debugger.step(3) == debugger.position == Position(4, 1, 1, 0, "forward", 4)
    assert debugger.step(2, "batch") == Position(40, 2, 1, 1, "update", 20)
    assert debugger.step(unit="phase").step == 42
    assert debugger.reverse_step() == Position(41, 3, 1, 2, "data", 1)
    assert debugger.reverse_step(2, "epoch") == Position(20, 1, 1, 0, "update", 20)
    assert debugger.goto("epoch 3").step == 41
    assert debugger.goto(7).step == 7
    assert debugger.goto("+1 batch").step == 27
    assert debugger.goto("δ[1]").step == 34


def test_moves_refuse_what_a_line_would(debugger: nnstep.Debugger) -> None:
    debugger.step(5)
    refused: list[tuple[Callable[..., object], tuple[object, ...]]] = [
        (debugger.step, (0,)),
        (debugger.step, (-1,)),
        (debugger.step, (1.5,)),
        (debugger.step, (1, "bananas")),
        (debugger.reverse_step, (0,)),
        (debugger.goto, (61,)),
        (debugger.goto, ("nowhere",)),
        (debugger.continue_, (0,)),
    ]
    for move, arguments in refused:
        with pytest.raises(nnstep.CommandError):
            move(*arguments)
    assert debugger.position.step == 5


def test_continue_goes_to_the_ends_where_nothing_stops(debugger: nnstep.Debugger) -> None:
    debugger.step(5)
    assert debugger.continue_() is None
    assert debugger.position.step == 60
    assert debugger.reverse_continue() is None
    assert debugger.position.step == 0


def test_locate_moves_nothing(debugger: nnstep.Debugger) -> None:
    debugger.step(5)
    assert debugger.locate("epoch 2 δ[1]") == 34
    assert debugger.locate("+1 batch") == 25
    assert debugger.locate(60) == 60
    assert debugger.position.step == 5
    with pytest.raises(nnstep.CommandError):
        debugger.locate(61)


def test_the_tape(debugger: nnstep.Debugger) -> None:
    assert [instruction.name for instruction in debugger.tape] == list(TAPE)
    assert len(debugger.tape) == 20
    delta = debugger.tape.named("delta[1]")
    assert delta is debugger.tape[14]
    assert (delta.index, delta.phase, delta.layer, delta.shape) == (14, "backward", 1, (2, 2))
    assert delta.operands == ("dA[1]", "Z[1]")
    assert delta.formula.startswith("δ[1] = dA[1] ⊙ ")
    assert {instruction.name: instruction.layer for instruction in debugger.tape if instruction.layer is None} == {
        "X": None,
        "Y": None,
        "E": None,
        "L": None,
    }


@pytest.mark.parametrize("name", TAPE)
def test_the_value_of_every_matrix(debugger: nnstep.Debugger, name: str) -> None:
    debugger.goto(20)
    value = debugger.value(name)
    assert isinstance(value, np.ndarray)
    assert value.shape == np.shape(VALUES[name])
    np.testing.assert_array_equal(value, VALUES[name])


def test_a_value_never_changes_later(debugger: nnstep.Debugger) -> None:
    debugger.goto(20)
    expressions = ("Z[1]", "W[1]", "Z[1][0]", "W[1].T", "losses", "L", "old(W[1])", "X + 0")
    values = [debugger.value(expression) for expression in expressions]
    before = [value.tobytes() for value in values]
    for location in (60, 3, 45, 0):
        debugger.goto(location)
    assert [value.tobytes() for value in values] == before
    for value in values:
        assert not value.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0


def test_a_value_takes_any_expression(debugger: nnstep.Debugger) -> None:
    debugger.goto(20)
    np.testing.assert_array_equal(debugger.value("δ[1]"), [[3.0, -1.5], [6.0, 0.0]])
    np.testing.assert_array_equal(debugger.value(" loss "), 5.625)
    np.testing.assert_array_equal(debugger.value("shape(Z[1])"), [2, 2])
    np.testing.assert_array_equal(debugger.value("any(Z[1] < 0)"), True)  # the value expected


def test_a_value_that_is_not_there(debugger: nnstep.Debugger) -> None:
    debugger.goto(13)
    for expression in ("delta[1]", "δ[1]", "sum(delta[1])"):
        with pytest.raises(nnstep.NotComputedError, match="it is written at step 14") as caught:
            debugger.value(expression)
        assert (caught.value.name, caught.value.step) == ("delta[1]", 14)
    with pytest.raises(nnstep.CommandError, match="no matrix nosuch"):
        debugger.value("nosuch")
    with pytest.raises(nnstep.CommandError, match="not an expression"):
        debugger.value("")


def test_the_step_of_a_value_that_is_not_there_leads_to_it(debugger: nnstep.Debugger) -> None:
    debugger.goto(25)
    with pytest.raises(nnstep.NotComputedError) as caught:
        debugger.value("db[1]")
    debugger.goto(caught.value.step)
    assert debugger.value("db[1]").shape == (2,)


def test_losses(debugger: nnstep.Debugger) -> None:
    assert debugger.losses.shape == (0,)
    debugger.goto(20)
    first = debugger.losses
    np.testing.assert_array_equal(first, [5.625])
    debugger.goto("end")
    assert debugger.losses.shape == (3,)
    np.testing.assert_array_equal(first, [5.625])
    assert not first.flags.writeable


def test_execute_returns_a_result(debugger: nnstep.Debugger) -> None:
    result = debugger.execute("step 3")
    assert result.text == "step 3  epoch 1 batch 1  forward  Z[1] = X W[1]ᵀ + b[1]  2×2"
    assert result.value == debugger.position
    assert result.stop is None
    assert debugger.execute("print Z[1][1,1]").value == -3.0


def test_a_bad_line_raises_a_command_error_chained_to_its_cause(debugger: nnstep.Debugger) -> None:
    debugger.step(2)
    with pytest.raises(nnstep.CommandError, match="step 3") as caught:
        debugger.execute("print Z[1]")
    assert isinstance(caught.value.__cause__, nnstep.NotComputedError)
    assert debugger.position.step == 2


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl+C as Python starts with it, wherever the tests run."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_stops_a_move_at_a_valid_step(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = nnstep.open("xor")
    monkeypatch.setattr("nnstep.timeline.timeline.MOST_AT_ONCE", 1)
    enter = debugger.session.timeline.enter

    def pressing(*arguments: object) -> None:
        if len(arguments) == 2:  # a move, which can be asked to stop
            signal.raise_signal(signal.SIGINT)
        enter(*arguments)  # type: ignore[arg-type]  # whatever enter takes

    monkeypatch.setattr(debugger.session.timeline, "enter", pressing)
    result = debugger.execute("continue")
    assert debugger.position.step == 20
    assert result.text.endswith("(interrupted)")
    np.testing.assert_array_equal(debugger.value("m"), 4)


def test_lines_run_in_any_thread(debugger: nnstep.Debugger) -> None:
    texts: list[str] = []
    thread = threading.Thread(target=lambda: texts.append(debugger.execute("step 3").text))
    thread.start()
    thread.join()
    assert texts[0].startswith("step 3  ")


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_is_given_back_after_a_line(debugger: nnstep.Debugger) -> None:
    debugger.execute("step")
    with pytest.raises(nnstep.CommandError):
        debugger.execute("nosuch")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
