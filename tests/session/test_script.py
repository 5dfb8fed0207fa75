"""The script of a session: what it says, and that it makes the session again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnstep
from nnstep.session.journal import state_of
from nnstep.session.script import script, summary
from tests.scripted import MODEL_OF_MANY, endings, lines, run
from tests.worked import MODEL

STORY = (
    *("break delta[1] if L > 0.5", "tbreak layer 2", "watch W[1][0,0]", "delete 2", "ignore 1 3", "disable 3"),
    *("commands 3", "silent", "print L", "end", "display L", "undisplay 1", "display lr", "goto 14"),
    *("set δ[1][0,0] = L * 2", "goto 18", "mark here", "set lr = 0.25", "set W[1] = W[1] * 2", "switch b1", "goto 12"),
)
SCRIPT = """\
# nnstep script: a session on a model without a file

# the model anew
open

# branches
goto 14
set δ[1][0,0] = L * 2
goto 18
set α = 0.25
set W[1] = W[1] * 2

# marks
switch b1
mark here

# stops
break delta[1] if L > 0.5
ignore 1 3
# what had these numbers is gone; the others keep theirs
break epoch 1
delete 2
watch W[1][0,0]
disable 3
commands 3
silent
print L
end

# displays
# what had these numbers is gone; the others keep theirs
display step
undisplay 1
display lr

# where it stands
goto 12
"""


def again(text: str, debugger: nnstep.Debugger) -> None:
    for line in text.splitlines():
        debugger.execute(line)


def test_a_script_reads_as_someone_would_type_it() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, list(STORY))
    head, made, rest = re.split("(# Made with NumPy .*\n)", script(debugger.session))
    assert head + rest == SCRIPT
    assert "BLAS threads " in made
    assert summary(debugger.session) == "2 stops, 1 display, 1 mark, 2 branches, step 12 of b1"


def test_hits_are_comments() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["break L", "continue", "continue"])
    assert "# stop 1 had 2 hits\nbreak L\n" in script(debugger.session)


def test_a_fresh_session_opens_the_model_and_no_more() -> None:
    assert script(nnstep.open(MODEL).session).splitlines()[2:] == ["", "# the model anew", "open"]


def test_the_head_says_how_to_go_on() -> None:
    debugger = nnstep.open("xor", {"training.epochs": 3, "training.shuffle": False})
    said = script(debugger.session).splitlines()[1]
    assert said.endswith("`nnstep run xor --set training.epochs=3 --set training.shuffle=false -x FILE`.")


def test_branches_that_leave_their_parent_where_it_begins_do_not_join_it() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["set lr = 0.5", "step", "reverse-step", "set lr = 0.25", "goto end", "set b[1] = 0"])
    other = nnstep.open(MODEL)
    again(script(debugger.session), other)
    assert state_of(other.session) == state_of(debugger.session)
    assert [branch.parent.name for branch in list(other.session.branches)[1:]] == ["main", "b1", "b2"]  # type: ignore[attr-defined]


def test_an_edit_after_a_switch_joins_no_other_branch() -> None:
    debugger = nnstep.open(MODEL)
    run(debugger, ["set lr = 0.5", "step", "switch main", "set lr = 0.25", "switch b1", "set b[1] = 0"])
    assert [branch.name for branch in debugger.session.branches] == ["main", "b1", "b2", "b3"]


@given(st.integers(0, 2**32), st.integers(1, 60))
@settings(max_examples=40)
def test_a_script_makes_the_session_again(seed: int, count: int) -> None:
    debugger = nnstep.open(MODEL_OF_MANY)
    run(debugger, lines(seed, count))
    debugger.session.collecting = None
    for stop in debugger.session.stops:
        stop.hits = 0
    other = nnstep.open(MODEL_OF_MANY)
    # What is there before makes no difference.
    run(other, lines(seed + 1, 10))
    other.session.collecting = None
    again(script(debugger.session), other)
    assert state_of(other.session) == state_of(debugger.session)
    assert script(other.session) == script(debugger.session)
    assert endings(other) == endings(debugger)


@pytest.mark.parametrize("line", ["break L if (L >\n 1)", "display L +\u2028 1"])
def test_a_line_is_one_line(line: str) -> None:
    debugger = nnstep.open(MODEL)
    debugger.execute(line)
    other = nnstep.open(MODEL)
    again(script(debugger.session), other)
    assert state_of(other.session) == state_of(debugger.session)
