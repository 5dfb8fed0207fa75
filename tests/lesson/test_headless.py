"""Lessons run headless: the transcript, exit codes, and what may be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstep.cli import main

BY_HAND = """[data]
features = [[1.0, 2.0], [2.0, -1.0]]
targets = [[1.0], [0.0]]
[[network.layer]]
units = 1
activation = "identity"
weights = [[2.0, -1.0]]
bias = [0.5]
[loss]
name = "mean_squared_error"
[training]
epochs = 1
batch_size = "all"
shuffle = false
"""

# Z = 2·1 − 1·2 + 0.5 = 0.5 and 2·2 + 1·1 + 0.5 = 5.5; E = (0.5 − 1)², 5.5².
LESSON = """# Two rows

Two rows, *one* unit.

```nnstep
open hand.toml
goto Z[1]
expect Z[1] == 0.5; 5.5
```

## The loss

```nnstep
goto E
ask "What is the loss of the first row?" E[0]
```

That is all.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hand.toml").write_text(BY_HAND)
    return tmp_path


def replay(folder: Path, text: str, *options: str) -> int:
    (folder / "a.md").write_text(text, encoding="utf-8")
    return main(["replay", str(folder / "a.md"), "--headless", *options])


def test_the_transcript_is_prose_commands_and_what_they_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(folder, LESSON) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[:5] == ["# Two rows", "", "Two rows, *one* unit.", "", "> open hand.toml"]
    assert lines[lines.index("> expect Z[1] == 0.5; 5.5") + 1] == "  ✓ Z[1] == 0.5; 5.5  all 2 cells"
    assert lines[-5:] == [
        '> ask "What is the loss of the first row?" E[0]',
        "  ? What is the loss of the first row?",
        "    E[0] = 0.25",
        "",
        "That is all.",
    ]


def test_every_failed_expectation_is_named_and_the_lesson_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = LESSON.replace("0.5; 5.5", "0.5; 6").replace("goto E\n", "goto E\nexpect L == 1\n")
    assert replay(folder, text) == 1
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        f"nnstep: {folder / 'a.md'}:8: expect Z[1] == 0.5; 6: Z[1] is 0.5; 5.5",
        f"nnstep: {folder / 'a.md'}:15: L is not computed yet at step 5: it is written at step 6",
    ]
    assert "That is all." in out


def test_a_command_that_fails_ends_the_lesson(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(folder, LESSON.replace("goto E", "goto W[7]")) == 1
    out, err = capsys.readouterr()
    assert err.startswith(f"nnstep: {folder / 'a.md'}:14: W[7]: no such place")
    assert "That is all." not in out


def test_nothing_runs_of_a_lesson_with_a_bad_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(folder, LESSON.replace("goto E", "gto E")) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"nnstep: {folder / 'a.md'}:14: no command 'gto'; did you mean 'goto'?\n")


def test_files_are_written_only_where_that_is_allowed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = folder / "script"
    text = LESSON.replace("goto E", f"save {script}")
    assert replay(folder, text) == 1
    assert "only with --allow-write" in capsys.readouterr().err
    assert not script.exists()
    replay(folder, text, "--allow-write")
    assert script.exists()


def test_check_looks_at_lessons(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.md").write_text(LESSON)
    # About lessons, and none.
    (folder / "README.md").write_text("An example:\n\n    ```nnstep\n    open xor\n    ```\n")
    assert main(["check", str(folder)]) == 0
    assert f"{folder / 'a.md'}: Two rows: 3 beats, 5 commands" in capsys.readouterr().out
    (folder / "a.md").write_text(LESSON.replace("hand.toml", "hands.toml"))
    assert main(["check", str(folder / "a.md")]) == 1
    assert capsys.readouterr().err.startswith(
        f"nnstep: {folder / 'a.md'}:6: {folder / 'hands.toml'}: there is no such file"
    )


def test_an_unknown_lesson_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nonsense", "--headless"]) == 1
    assert capsys.readouterr().err.startswith("nnstep: no lesson 'nonsense'; ")
    with pytest.raises(SystemExit, match="2"):
        main(["replay", "nonsense", "--headless", "--lang", "tlh"])
    assert "--lang: invalid choice: 'tlh'" in capsys.readouterr().err
