"""Bad input at every door: a seeded sample always, a long run with --fuzz-seconds, and what once failed for ever."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import CommandError
from nnstep.selfcheck.fuzz import fuzz
from nnstep.selfcheck.report import fuzz_facts
from nnstep.selfcheck.targets import TARGETS, BrokenPromiseError, Target, attempt

CORPUS = Path(__file__).parent / "corpus"
SAMPLE = 60
SAMPLES = {"script": 20}
"""Each runs a session from its start."""


def failures(names: list[str], count: int, seed: int) -> list[str]:
    """What failed of so many cases, each with the case."""
    outcomes = fuzz([TARGETS[name] for name in names], seed, lambda done: done < count)
    return [f"{each.target.name}: {case!r}: {error!r}" for each in outcomes for case, error in each.failures]


@pytest.mark.parametrize("name", TARGETS)
def test_a_sample_of_bad_input_is_refused_in_one_line(name: str) -> None:
    assert failures([name], SAMPLES.get(name, SAMPLE), seed=0) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_line_or_is_refused(text: str) -> None:
    attempt(TARGETS["line"], b"model\n" + text.encode(errors="replace"))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
@pytest.mark.parametrize("name", ["model", "csv", "npz", "lesson", "settings", "history", "journal"])
def test_any_bytes_are_a_file_or_are_refused(name: str, raw: bytes) -> None:
    attempt(TARGETS[name], raw)


@pytest.mark.parametrize("case", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_once_failed_is_refused_now(case: Path) -> None:
    attempt(TARGETS[case.parent.name], case.read_bytes())


def test_a_long_run(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = request.config.getoption("--fuzz-seconds")
    if not seconds:
        pytest.skip("only with --fuzz-seconds")
    end = monotonic() + seconds
    # What tells of a hang writes to the real standard error.
    with capsys.disabled():
        outcomes = fuzz(TARGETS.values(), request.config.getoption("--fuzz-seed"), lambda _: monotonic() < end)
        sys.stdout.writelines(f"\n{each.name}: {each.text}" for each in fuzz_facts(outcomes))
    assert [f"{each.target.name}: {case!r}: {error!r}" for each in outcomes for case, error in each.failures] == []


# That the promises are looked at


def refusing(message: str) -> Target:
    def run(_case: bytes) -> None:
        raise CommandError(message)

    return Target("planted", lambda _random: b"", run)


@pytest.mark.parametrize("message", ["", " ", "a" * 5000])
def test_a_bad_message_is_noticed(message: str) -> None:
    with pytest.raises(BrokenPromiseError):
        attempt(refusing(message), b"")


def test_whatever_is_raised_besides_is_a_failure() -> None:
    def run(_case: bytes) -> None:
        raise ZeroDivisionError

    [outcome] = fuzz([Target("planted", lambda _random: b"case", run)], 0, lambda done: done < 3)
    assert [case for case, _ in outcome.failures] == [b"case"] * 3
    assert outcome.cases == 3
