"""Answers: what is right, close, wrong, and what is remembered of a lesson."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstep.lesson import progress
from nnstep.lesson.grading import grade, number_of


@pytest.mark.parametrize(
    ("text", "answer", "within", "found"),
    [
        ("0.5", 0.5, None, "right"),
        ("0.504", 0.5, None, "right"),
        ("0.506", 0.5, None, "close"),
        # Two digits that count, correctly rounded.
        ("0.12", 0.1249, None, "right"),
        ("0.1", 0.1249, None, "wrong"),
        ("-0.026", -0.02644, None, "right"),
        ("0,026", 0.02644, None, "right"),
        ("0.027", 0.02644, None, "close"),
        ("0.5", -0.5, None, "sign"),
        ("2", 1, None, "wrong"),
        ("0", 0, None, "right"),
        ("0.001", 0, None, "wrong"),
        ("0.51", 0.5, 0.01, "right"),
        ("0.515", 0.5, 0.01, "close"),
        ("0.58", 0.5, 0.01, "wrong"),
        ("5e-3", 0.005, None, "right"),
        ("nan", float("nan"), None, "right"),
        ("∞", float("inf"), None, "right"),
        ("-inf", float("inf"), None, "wrong"),
        ("1", float("nan"), None, "wrong"),
    ],
)
def test_grades(text: str, answer: float, within: float | None, found: str) -> None:
    assert grade(text, answer, within) == found


@pytest.mark.parametrize("text", ["", "x", "1 2x", "1.2.3", "0x10", "1" * 50, "__", "1e999999x"])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


def test_numbers_are_read_with_a_typographic_minus_and_a_comma() -> None:
    assert number_of(" −1,5 ") == -1.5


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    return tmp_path / "state" / "lessons.json"


def test_the_furthest_beat_is_remembered() -> None:
    assert progress.remembered() == {}
    progress.note("/a/t.md", 1, 2)
    assert progress.remembered()["/a/t.md"].text == "1 of 2"
    progress.note("/a/t.md", 2, 2)
    progress.note("/a/t.md", 1, 2)
    assert progress.remembered()["/a/t.md"] == progress.Progress(2, 2, done=True)
    assert progress.remembered()["/a/t.md"].text == "done"


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"beat": "x"}}', "\0"])
def test_a_file_that_is_damaged_is_begun_anew(state: Path, text: str) -> None:
    state.parent.mkdir()
    state.write_text(text)
    assert progress.remembered() == {}
    progress.note("/a/t.md", 1, 2)
    assert list(progress.remembered()) == ["/a/t.md"]


def test_what_cannot_be_written_down_is_forgotten(state: Path) -> None:
    state.parent.write_text("a file where the folder should be")
    progress.note("/a/t.md", 1, 2)
    assert progress.remembered() == {}
