"""A lesson from a stranger: it opens bundled models and files of its own folder, and touches no other file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstep import lesson
from nnstep.errors import CommandError, LessonError
from nnstep.lesson.transcript import transcribe
from nnstep.model import bundled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson's folder with a model, and another model beside the folder."""
    below = tmp_path / "lessons" / "models"
    below.mkdir(parents=True)
    for place in (below, tmp_path):
        (place / "own.toml").write_bytes(bundled()["xor"].read_bytes())
    return below.parent


def complaints(folder: Path, *lines: str) -> list[str]:
    """What fails of a lesson with one block."""
    path = folder / "lesson.md"
    path.write_text("# T\n\nProse.\n\n```nnstep\n" + "\n".join(lines) + "\n```\n")
    said: list[str] = []
    transcribe(lesson.read(path), lambda _line: None, said.append)
    return said


@pytest.mark.parametrize("model", ["xor", "models/own.toml", "./models/../models/own.toml"])
def test_its_own_models_are_opened(folder: Path, model: str) -> None:
    assert complaints(folder, f"open {model}", "step 3", "expect step == 3", "open", "expect step == 0") == []


@pytest.mark.parametrize("model", ["../own.toml", "{parent}/own.toml", "/etc/passwd", "link.toml"])
def test_other_files_are_not_even_looked_at(folder: Path, model: str) -> None:
    (folder / "link.toml").symlink_to(folder.parent / "own.toml")
    name = model.format(parent=folder.parent)
    [said] = complaints(folder, "open xor", f"open {name}")
    assert "a lesson opens bundled models and files of its own folder" in said
    with pytest.raises(LessonError, match="a lesson opens bundled models"):
        complaints(folder, f"open {name}", "step")


def test_no_script_is_read(folder: Path) -> None:
    with pytest.raises(LessonError, match=r"lesson\.md:7: source reads a file, which a lesson may not do"):
        complaints(folder, "open xor", "source /etc/passwd")


@pytest.mark.parametrize("line", ["source /etc/passwd", "open ../own.toml", "save x"])
def test_nor_by_the_way_of_a_stop_or_an_expectation(folder: Path, line: str) -> None:
    said = complaints(folder, "open xor", f"expect-error {line}")
    assert said == []
    assert not (folder / "x").exists()


def test_the_commands_of_a_stop_stay_confined_when_the_lesson_is_over(folder: Path) -> None:
    path = folder / "lesson.md"
    path.write_text("# T\n\nProse.\n\n```nnstep\nopen xor\nbreak L\ncommands 1\nopen ../own.toml\nend\n```\n")
    replay = lesson.Replay(lesson.read(path))
    while not replay.ended:
        replay.enter()
        assert all(ran.error is None for ran in replay.run())
    with pytest.raises(CommandError, match="a lesson opens bundled models and files of its own folder"):
        replay.debugger.execute("continue")
    assert replay.debugger.session.model.name == "xor"
