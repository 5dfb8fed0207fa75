"""until and reverse-until: every step where an expression holds is found from both sides, and places are places."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnstep
from nnstep.api import Debugger
from nnstep.commands import complete
from nnstep.errors import CommandError, NotComputedError
from nnstep.session.operations import truth
from nnstep.session.stopbook import StepScope
from tests.drawn import opened
from tests.worked import MODEL

EXPRESSIONS = (
    "L > 0.3",
    "(L)",
    "W[1][0,0] > 0.1",
    "b[2][0] < 0.05",
    "W[1][0,0] > old(W[1])[0,0]",
    "any(Z[1] < 0)",
    "b[1][0] > 0 and L < 0.4",
    "dW[1][0,0] > 0 or E[0] < 0.1",
    "epoch == 2",
    "batch != 1",
    "step > 20 and step < 41",
    "m == 1",
    "t > 3",
    "losses[-1] < 0.5",
    "X[0,0] > 0",
    "A[2][0,0] > Y[0,0]",
    "W[2][0,0] > 1e9",
    "(1)",
)


def holding(debugger: Debugger, text: str) -> list[int]:
    """The steps where an expression holds, by reading it at every one."""
    expression = debugger.session.expression(text)
    held = []
    for step in range(debugger.session.length + 1):
        try:
            if truth(expression.value(StepScope(debugger.session, step))):
                held.append(step)
        except NotComputedError:
            pass
        except CommandError:
            # There is no last loss before the first iteration is finished.
            assert "losses" in text
            assert step < len(debugger.tape)
    return held


def check(debugger: Debugger, text: str, starts: list[int]) -> None:
    length = debugger.session.length
    held = holding(debugger, text)
    for start in starts:
        for line, found in (
            (f"until {text}", [step for step in held if step > start][:1]),
            (f"reverse-until {text}", [step for step in held if step < start][-1:]),
        ):
            debugger.goto(start)
            outcome = debugger.execute(line).text
            edge = length if line.startswith("until") else 0
            assert debugger.position.step == (found[0] if found else edge), (line, start)
            assert ("of the run)" in outcome) == (not found), (line, start)


@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([1, 2, 5]),
    st.sampled_from(["sgd", "momentum", "adam"]),
    st.sampled_from(EXPRESSIONS),
    st.data(),
)
def test_both_find_what_reading_every_step_finds(
    seed: int, batch: int, optimizer: str, text: str, data: st.DataObject
) -> None:
    debugger = opened(seed, batch, optimizer)
    starts = data.draw(st.lists(st.integers(0, debugger.session.length), min_size=6, max_size=12))
    check(debugger, text, [0, debugger.session.length, *starts])


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_expression_from_every_step(text: str) -> None:
    debugger = opened(3, 2, "momentum")
    check(debugger, text, list(range(0, debugger.session.length + 1, 7)))


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("place", [20, 37])
def test_an_edit_changes_where_an_expression_holds(text: str, place: int) -> None:
    debugger = opened(4, 2, "sgd")
    debugger.goto(place)
    debugger.execute("set W[1][0,0] = 2.5")
    debugger.execute("set b[2] = -0.25")
    check(debugger, text, [place - 1, place, place + 1, place + 30])


def test_an_edit_after_another_in_one_iteration() -> None:
    """The second branch begins with what the first one made of the parameters."""
    debugger = opened(4, 2, "sgd")
    debugger.goto(25)
    debugger.execute("set W[1][0,0] = 2.5")
    debugger.goto(30)
    debugger.execute("set b[2] = -0.25")
    assert debugger.value("W[1]")[0, 0] == 2.5
    for text in ("W[1][0,0] > 1", "old(W[1])[0,0] > 1", "any(Z[1] < 0)", "b[2][0] < -0.2"):
        check(debugger, text, [0, 24, 25, 26, 29, 30, 31, 60, debugger.session.length])


@cache
def worked() -> Debugger:
    """The worked network with a row a batch: two batches an epoch, three epochs, 120 steps."""
    return nnstep.open(MODEL, {"training.batch_size": 1})


@pytest.mark.parametrize(
    ("start", "line", "expected"),
    [
        (7, "until 9", 9),
        (7, "u 9", 9),
        (7, "until 7", 120),
        (7, "until 5", 120),
        (7, "reverse-until 5", 5),
        (7, "reverse-until 9", 0),
        (7, "until end", 120),
        (7, "reverse-until start", 0),
        (7, "until +3", 10),
        (27, "reverse-until -1 batch", 7),
        (7, "until epoch 2", 41),
        (7, "until 50%", 60),
        (7, "until L", 8),
        (8, "until L", 28),
        (110, "until L", 120),
        (28, "reverse-until L", 8),
        (29, "reverse-until loss", 28),
        (8, "reverse-until L", 0),
        (14, "until δ[1]", 34),
        (8, "until (L)", 9),
        (20, "until (L)", 28),
        (7, "until lr > 0", 8),
        (7, "reverse-until lr > 0", 6),
    ],
)
def test_where_a_line_leads(start: int, line: str, expected: int) -> None:
    debugger = worked()
    debugger.goto(start)
    result = debugger.execute(line)
    assert result.value == debugger.position
    assert debugger.position.step == expected


@pytest.mark.parametrize(
    ("start", "line", "note"),
    [
        (7, "until 5", "the end of the run"),
        (120, "until 5", "already at the end of the run"),
        (120, "until L < 0", "already at the end of the run"),
        (0, "reverse-until L < 0", "already at the start of the run"),
        (50, "until L < 0", "the end of the run"),
        (50, "reverse-until L < 0", "the start of the run"),
    ],
)
def test_too_few_steps_ahead_are_said(start: int, line: str, note: str) -> None:
    debugger = worked()
    debugger.goto(start)
    assert debugger.execute(line).text.endswith(f"  ({note})")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("until", r"^usage: until LOCATION\|EXPR$"),
        ("until 121", r"^step 121 is outside the run"),
        ("until epoch 9", r"^no epoch 9"),
        ("until nosuch > 1", r"^no matrix nosuch"),
        ("until W[1] > 0", r"^W\[1\] > 0 fails at step 28: a condition must be one value"),
        ("until E[3] > 0", r"^E\[3\] > 0 fails at step 28: no index 3 in 1"),
        ("reverse-until E[3] > 0", r"^E\[3\] > 0 fails at step \d+: no index 3 in 1"),
    ],
)
def test_a_bad_line_moves_nothing(line: str, message: str) -> None:
    debugger = worked()
    debugger.goto(27)
    z = debugger.value("Z[1]")
    with pytest.raises(CommandError, match=message) as caught:
        debugger.execute(line)
    assert "\n" not in str(caught.value)
    assert debugger.position.step == 27
    np.testing.assert_array_equal(debugger.value("Z[1]"), z)


def test_stops_are_passed_over() -> None:
    debugger = nnstep.open(MODEL)
    debugger.execute("break L")
    debugger.execute("until epoch == 3")
    assert debugger.position.step == 41


def test_back_undoes_it() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(3)
    debugger.execute("until L < 1e9")
    debugger.execute("back")
    assert debugger.position.step == 3


def test_an_interrupted_search_stays_at_a_valid_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.timeline.timeline.MOST_AT_ONCE", 1)
    debugger = nnstep.open("xor")
    session = debugger.session
    debugger.goto(500)
    before = debugger.value("W[1]")
    search = session.timeline.search

    def interrupted(*arguments: object, **options: object) -> object:
        session.interrupt()
        return search(*arguments, **options)  # type: ignore[arg-type]  # whatever search takes

    monkeypatch.setattr(session.timeline, "search", interrupted)
    assert debugger.execute("reverse-until L < 0").text.endswith("(interrupted)")
    assert debugger.position.step == 500
    np.testing.assert_array_equal(debugger.value("W[1]"), before)
    assert debugger.execute("until L < 0").text.endswith("(interrupted)")
    # The first iteration looked at is the one that it stands at the end of.
    assert debugger.position.step == 500
    assert session.progress is None
    monkeypatch.undo()
    assert debugger.execute("until L < 0").text.endswith("(the end of the run)")


def test_completion() -> None:
    debugger = nnstep.open(MODEL)
    assert complete(debugger.session, "unt") == ["until"]
    assert complete(debugger.session, "until dW") == ["until dW[2]", "until dW[1]"]
    assert complete(debugger.session, "reverse-until δ[2") == ["reverse-until δ[2]"]


def test_the_steps_of_a_walk_both_ways_are_the_same() -> None:
    debugger = opened(7, 2, "sgd")
    walks = []
    for line, edge in (("until any(Z[1] < 0)", 0), ("reverse-until any(Z[1] < 0)", debugger.session.length)):
        debugger.goto(edge)
        walk = []
        while "of the run)" not in debugger.execute(line).text:
            walk.append(debugger.position.step)
        walks.append(walk)
    forward, backward = walks
    assert all(a < b for a, b in pairwise(forward))
    length = debugger.session.length
    assert [step for step in forward if step != length] == [step for step in backward[::-1] if step != 0]
