"""catch, help catch and info health as lines."""

from __future__ import annotations

import pytest

import nnstep
from nnstep.commands import complete
from nnstep.errors import CommandError
from nnstep.session.health import RULES


def test_a_catchpoint_is_a_stop_like_others() -> None:
    debugger = nnstep.open("dead_relu")
    assert debugger.execute("catch dead-relu  above  30% if epoch > 0").text == (
        " 1 ▲ catch dead-relu above 30% if epoch > 0"
    )
    assert debugger.execute("continue").text.splitlines() == [
        "stop 1  catch dead-relu above 30% if epoch > 0",
        "  dead-relu: 6 of 8 units of layer 1 inactive for 10 batches",
        "step 200  epoch 1 batch 10  update  b[2] ← b[2] − α db[2]  1×1",
    ]
    assert debugger.execute("info stops").text == " 1 ▲ catch dead-relu above 30% if epoch > 0   1 hit"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("catch", "usage: catch RULE [above X|below X] [if EXPR]"),
        ("catch dead-rela", "catch: no 'dead-rela'; did you mean 'dead-relu'?"),
        ("catch nan above 3", "catch nan takes no threshold, then if EXPR; got 'above'"),
        ("catch loss-increase below 3", "catch loss-increase takes above X, then if EXPR; got 'below'"),
        (
            "catch update-ratio above 1 above 2",
            "catch update-ratio takes above X and below X, then if EXPR; got 'above'",
        ),
        ("catch loss-increase above", "catch loss-increase above takes a number of at least 0, got nothing"),
        ("catch loss-increase above x", "catch loss-increase above takes a number of at least 0, got x"),
        ("catch loss-increase above -1", "catch loss-increase above takes a number of at least 0, got -1"),
        ("catch loss-increase above nan", "catch loss-increase above takes a number of at least 0, got nan"),
        ("catch dead-relu", "catch dead-relu: it would never fire; the model has no ReLU layer"),
        ("catch nan if", "if: what must hold is missing, as in `break L if L > 1`"),
    ],
)
def test_a_bad_line_says_why_and_sets_nothing(line: str, message: str) -> None:
    debugger = nnstep.open("xor")
    with pytest.raises(CommandError) as caught:
        debugger.execute(line)
    assert str(caught.value) == message
    assert len(debugger.session.stops) == 0


def test_help_tells_every_rule() -> None:
    text = nnstep.open("xor").execute("help catch").text
    for name, rule in RULES.items():
        lines = text[text.index(f"\n{name}\n") :].splitlines()[2:]
        assert [line.strip() for line in lines[:2]] == [rule.meaning, rule.formula]
        assert rule.source in [line.strip() for line in lines[:4]]
        for limit in rule.limits:
            assert f"{limit.word} " in lines[2]
            assert limit.of in lines[2]
    assert max(map(len, text.splitlines())) <= 120


def test_rules_and_options_are_completed() -> None:
    session = nnstep.open("xor").session
    assert complete(session, "catch dead") == ["catch dead-relu"]
    assert {f"catch {name}" for name in RULES} <= set(complete(session, "catch "))
    assert complete(session, "catch dead-relu ab") == ["catch dead-relu above"]
    assert "catch nan if delta[1]" in complete(session, "catch nan if de")


def test_info_health_is_a_line_a_rule() -> None:
    debugger = nnstep.open("dead_relu")
    debugger.goto("epoch 1 batch 10")
    first, *lines = debugger.execute("info health").text.splitlines()
    assert first == "at the end of epoch 1 batch 10"
    assert [line.split()[2] for line in lines[: len(RULES)]] == list(RULES)
    assert lines[0].split(maxsplit=3) == ["●", "fine", "nan", "no NaN or ∞ in 20 matrices"]
    [dead] = [line for line in lines if "dead-relu" in line]
    assert " ".join(dead.split()) == (
        "▲ fires dead-relu 6 of 8 units of layer 1 inactive for 10 batches (0.75, fires above 0.5)"
    )
    [absent] = [line for line in nnstep.open("xor").execute("info health").text.splitlines() if "dead-relu" in line]
    assert " ".join(absent.split()) == "○ idle dead-relu the model has no ReLU layer"
    assert lines[len(RULES) :] == ["the tape shows no fault"]
