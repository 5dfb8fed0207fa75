"""Recordings: the same bytes from the same lesson, a cast that a terminal understands, pictures that stand alone."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pyte
import pytest

from nnstep.cli import main

LESSON = """# Short

Prose at the *beginning*.

```nnstep
open mlp
goto Z[1]
ask "How many rows?" m
```

## The end

```nnstep
goto L
pause
expect L > 0
```
"""
SIZE = (100, 30)


def record(folder: Path, text: str = LESSON, name: str = "short") -> int:
    lesson = folder / f"{name}.md"
    lesson.write_text(text, encoding="utf-8")
    size = "x".join(map(str, SIZE))
    return main(
        ["replay", str(lesson), "--cast", str(folder / "out.cast"), "--svg", str(folder / "svg"), "--size", size]
    )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    assert record(folder) == 0
    return folder


def test_a_cast_parsed_by_a_terminal_shows_the_screen(recorded: Path) -> None:
    head, *events = [json.loads(line) for line in (recorded / "out.cast").read_text(encoding="utf-8").splitlines()]
    assert (head["version"], head["width"], head["height"], head["title"]) == (2, *SIZE, "Short")
    assert [event[2] for event in events if event[1] == "m"] == ["The end"]
    times = [event[0] for event in events]
    assert times == sorted(times)

    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    shown = []
    for _, kind, data in events:
        if kind == "o":
            stream.feed(data)
            shown.append("\n".join(screen.display))
    assert "Prose at the beginning." in shown[0]
    assert "How many rows?" not in shown[0]
    assert any("? How many rows?" in screen for screen in shown)
    # L is instruction 8 of 20 in each of a hundred iterations.
    assert "step 8/2000" in shown[-1]
    assert "✓ L > 0" in shown[-1]
    assert len(screen.display[-1]) == SIZE[0]


def test_the_same_lesson_gives_the_same_bytes(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "60")
    assert record(tmp_path) == 0
    files = sorted(path.relative_to(recorded) for path in recorded.rglob("*") if path.is_file())
    assert [str(path) for path in files] == ["out.cast", "short.md", "svg/short-1.svg", "svg/short-2.svg"]
    for path in files:
        assert (tmp_path / path).read_bytes() == (recorded / path).read_bytes(), path


def test_a_picture_stands_alone(recorded: Path) -> None:
    text = (recorded / "svg" / "short-2.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314  # our own
    assert root.tag.endswith("svg")
    assert "Short · 2" in "".join(root.itertext()).replace("\xa0", " ")
    links = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")]
    assert all(link.startswith("#") for link in links)
    assert not {"script", "image"} & {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "@font-face" not in text


def test_what_fails_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(tmp_path, LESSON.replace("L > 0", "m == 3"), "wrong") == 1
    assert capsys.readouterr().err == f"nnstep: {tmp_path / 'wrong.md'}:16: expect m == 3: m is 4\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--size", "100x30"],
        ["--cast", "x", "--headless"],
        ["--cast", "x", "--size", "10x10"],
        ["--cast", "x", "--size", "a"],
    ],
)
def test_options_that_do_not_fit_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "nothing.md", *options])
    assert ended.value.code == 2
    assert "usage: nnstep replay" in capsys.readouterr().err


def test_where_nothing_can_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "svg").write_text("a file where the folder should be")
    assert record(tmp_path) == 1
    assert "svg: cannot be made" in capsys.readouterr().err
