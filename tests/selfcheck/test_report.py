"""`nnstep check --self`: what it says, and that a promise that is broken is told."""

from __future__ import annotations

import pytest

from nnstep.cli import main
from nnstep.selfcheck import report
from nnstep.selfcheck.fuzz import fuzz
from nnstep.selfcheck.report import Fact, fuzz_facts
from nnstep.selfcheck.targets import Target

Captured = pytest.CaptureFixture[str]


def test_a_broken_promise_is_told_with_its_case() -> None:
    def run(_case: bytes) -> None:
        raise ZeroDivisionError("planted")

    [fact] = fuzz_facts(fuzz([Target("planted", lambda _random: b"\x1bcase", run)], 0, lambda done: done < 2))
    assert not fact.good
    assert "b'\\x1bcase' raised ZeroDivisionError('planted')" in fact.text


@pytest.mark.parametrize(("good", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_tells_whether_all_held(
    good: bool,  # noqa: FBT001  # a parameter
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.setattr(report, "check", lambda: iter([Fact("a", "fine"), Fact("b", "so so", good)]))
    assert main(["check", "--self"]) == code
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["a", "fine"],
        ["b", "so", "so"] if good else ["✗", "b", "so", "so"],
    ]


def test_a_path_or_self_is_needed(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["check"])
    assert "a PATH is needed, or --self" in capsys.readouterr().err
