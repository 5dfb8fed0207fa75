"""why, history, last and bisect as commands: what they print, where they go, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.commands import COMMANDS, complete
from nnstep.errors import CommandError
from tests.worked import MODEL


@pytest.fixture
def debugger() -> Debugger:
    return nnstep.open(MODEL)


def test_why_of_an_exploding_gradient_tells_the_whole_story() -> None:
    debugger = nnstep.open("exploding_gradient")
    debugger.execute("until isnan(L)")
    result = debugger.execute("why")
    lines = result.text.splitlines()
    assert lines[0] == "L is NaN  at epoch 1 batch 12, step 228"
    # The chain, in the order of going back, with the steps that goto takes.
    assert isinstance(result.value, list)
    steps = [step for _, _, step, _ in result.value]
    assert steps == sorted(steps, reverse=True)
    name, index, step, value = result.value[-1]
    assert lines[-1] == f"here it began: goto {step}  epoch 1 batch 7"
    assert lines[-3].startswith("▶")
    assert "first value beyond 1e6" in lines[-3]
    debugger.goto(step)
    assert debugger.value(name)[index] == value
    # Long chains are shown without their middle.
    assert len(result.value) > 24
    assert sum(" more on the way" in line for line in lines) == 1
    assert len(lines) == 1 + 24 + 1 + 1 + 1


def test_why_names_rows_and_versions(debugger: Debugger) -> None:
    debugger.goto(20)
    assert debugger.execute("why L").text.splitlines() == [
        "L is 5.625  at epoch 1 batch 1, step 20",
        "  8  L          5.625  = mean(E)            E[1] is 9 (row 1 of the data)",
        "  7  E[1]       9      = (A[2] − Y)²        A[2][1,0] is 3",
        "  6  A[2][1,0]  3      = Z[2]               Z[2][1,0] is 3",
        "  5  Z[2][1,0]  3      = A[1] W[2]ᵀ + b[2]  largest term 1.25 · 2; W[2][0,0] is 2",
        "▶ 0  W[2][0,0]  2                           its initial value",
        "from here: goto 0  the start",
    ]


def test_why_takes_a_cell_a_matrix_or_nothing(debugger: Debugger) -> None:
    debugger.goto(14)
    [first, *_] = debugger.execute("why δ[1][0,0]").text.splitlines()
    assert first == "δ[1][0,0] is 3  at epoch 1 batch 1, step 14"
    # δ[1] = 3 −1.5, 6 0
    for line in ("why", "why delta[1]", "why  δ[1] "):
        assert debugger.execute(line).text.startswith("δ[1][1,0] is 6  at")
    assert debugger.position.step == 14


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("why nosuch", r"^no matrix nosuch"),
        ("why Z[1][9,0]", r"^no cell Z\[1\]\[9,0\]: Z\[1\] is 2×2, counted from 0$"),
        ("why Z[1][0]", r"^why takes one cell of Z\[1\], such as Z\[1\]\[0,0\]; its shape is 2×2$"),
        ("why Z[1] + 1", r"^why takes one cell, such as Z\[1\]\[0,0\], got Z\[1\] \+ 1$"),
        ("why lr", r"^why: α is a setting"),
        ("why b[2]", None),
        ("why A[2][0,0]", r"^A\[2\] is not computed yet at step 5"),
        ("history W[1]", r"^history takes one number, and W\[1\] is 2×2"),
        ("history nosuch", r"^no matrix nosuch"),
        ("history", r"^L: no iteration is finished yet"),
        ("last", r"^usage: last NAME\[i,j\] \| EXPR \[if EXPR\]$"),
        ("last 3 + 4", r"^last 3 \+ 4: it never changes"),
        ("last L if", r"^if: what must hold is missing"),
        ("last L if nosuch > 1", r"^no matrix nosuch"),
        ("bisect", r"^usage: bisect EXPR$"),
        ("bisect L > 1e300", r"^L > 1e300 does not hold at the end of the run"),
        ("bisect step < 1e9", r"^step < 1e9 holds at the start already"),
    ],
)
def test_a_bad_line_changes_nothing(debugger: Debugger, line: str, message: str | None) -> None:
    debugger.goto(5)
    z = debugger.value("Z[1]")
    if message is None:
        debugger.execute(line)
    else:
        with pytest.raises(CommandError, match=message) as caught:
            debugger.execute(line)
        assert "\n" not in str(caught.value)
    assert debugger.position.step == 5
    np.testing.assert_array_equal(debugger.value("Z[1]"), z)


def test_why_before_anything(debugger: Debugger) -> None:
    with pytest.raises(CommandError, match="nothing has been written yet"):
        debugger.execute("why")
    assert debugger.execute("why W[1][0,0]").text.endswith("from here: goto 0  the start")


def test_history(debugger: Debugger) -> None:
    debugger.goto("end")
    result = debugger.execute("history")
    np.testing.assert_array_equal(result.value, debugger.losses)
    lines = result.text.splitlines()
    assert lines[0] == "L  at the end of 3 iterations"
    assert lines[-3].startswith("first  5.625  ")
    low, high = int(np.argmin(debugger.losses)), int(np.argmax(debugger.losses))
    assert lines[-2].endswith(f" at step {20 * low + 20}, epoch {low + 1} batch 1")
    assert lines[-1].endswith(f" at step {20 * high + 20}, epoch {high + 1} batch 1")
    assert "step 20" in lines[-4]
    assert lines[-4].endswith("step 60")


def test_history_says_what_is_now_and_where_nan_began() -> None:
    debugger = nnstep.open("exploding_gradient")
    debugger.goto(245)
    lines = debugger.execute("history norm(W[2])").text.splitlines()
    assert lines[-1] == "now    NaN"
    assert lines[-2] == "NaN    2 times, first at step 220, epoch 1 batch 11"
    assert any("×" in line for line in lines)


def test_last_goes_to_where_a_value_changed(debugger: Debugger) -> None:
    debugger.goto(50)
    result = debugger.execute("last b[2][0]")
    assert debugger.position.step == 40
    assert result.value == debugger.position
    first, second = result.text.splitlines()
    assert first.startswith("  -0.0625 → ")
    assert second.startswith("step 40")
    assert debugger.execute("last b[2][0]").text.startswith("  0.5 → -0.0625\nstep 20")
    assert debugger.execute("last b[2][0]").text.endswith("(it never changed before: the start of the run)")
    assert debugger.position.step == 0
    assert debugger.execute("last b[2][0]").text.endswith("(already at the start of the run)")
    debugger.execute("back")
    assert debugger.position.step == 20


def test_last_with_a_condition() -> None:
    debugger = nnstep.open("xor", {"training.learning_rate": 5.0})
    debugger.goto("end")
    losses = debugger.losses
    risen = [20 * place + 8 for place in range(1, len(losses)) if losses[place] > losses[place - 1]]
    assert risen
    debugger.execute("last L if L > losses[-1]")
    assert debugger.session.instruction is debugger.tape.named("L")
    assert debugger.position.iteration == risen[-1] // 20
    # There is no earlier loss at the first one, which so is none that rose.
    debugger.goto(10)
    assert "the start of the run" in debugger.execute("last L if L > losses[-1]").text


def test_bisect_goes_there() -> None:
    debugger = nnstep.open("exploding_gradient")
    debugger.goto(5)
    result = debugger.execute("bisect isnan(L)")
    assert debugger.position.step == 240
    assert result.value == debugger.position
    assert result.text.endswith("(looked at 10 of 300 iteration ends)")
    assert np.isnan(debugger.value("L"))
    debugger.execute("back")
    assert debugger.position.step == 5


@pytest.mark.parametrize("name", ["why", "history", "last", "bisect", "until", "reverse-until"])
def test_help(debugger: Debugger, name: str) -> None:
    lines = debugger.execute(f"help {name}").text.splitlines()
    assert lines[0].startswith(f"{name} ")
    assert lines[1] == COMMANDS[name].summary


def test_keys_open_the_prompt() -> None:
    assert COMMANDS["why"].keys == {"y": "why "}
    assert COMMANDS["history"].keys == {"h": "history "}


def test_completion(debugger: Debugger) -> None:
    assert complete(debugger.session, "why dW") == ["why dW[2]", "why dW[1]"]
    assert complete(debugger.session, "history δ") == ["history δ[2]", "history δ[1]"]
    assert complete(debugger.session, "bis") == ["bisect"]
    assert complete(debugger.session, "last b[2") == ["last b[2]"]
