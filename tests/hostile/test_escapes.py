"""Names and texts of strangers that would speak to the terminal: harmless wherever they are shown."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from rich.segment import Segment

import nnstep
from nnstep.cli import main
from nnstep.commands.models import models
from nnstep.errors import harmless, has_control
from nnstep.model import bundled
from nnstep.model.shelf import comment
from nnstep.tui.app import NnstepApp
from nnstep.tui.picture import svg
from nnstep.tui.recording import Cast

EVIL = "\x1b]0;pwned\x07\x9b31m\u202e\u2066\u200f\x7f"
XOR = bundled()["xor"].read_text()


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model in the working directory whose file's name is one, and another with such a title and comment."""
    monkeypatch.chdir(tmp_path)
    name = f"a{EVIL}.toml"
    Path(name).write_text(XOR)
    escaped = "".join(f"\\u{ord(each):04x}" for each in EVIL)
    Path("titled.toml").write_text("# \u202eabc\n" + XOR.replace('title = "', f'title = "{escaped}'))
    return name


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "{}", "step", "info model", "info tape", "models"],
        ["run", "{}", "step", "export {}.csv X", "save {}.nnstep", "mark {}"],
        ["run", "{}", "open {}"],
        ["run", "{}", "print {}"],
        ["run", "{}", "source {}"],
        ["run", "{}", "explain {}[0,0]"],
        ["run", "{}", "commands {}", "step"],
        ["run", "xor", "--set", "{}=1", "step"],
        ["run", "titled.toml", "step"],
        ["check", "."],
        ["check", "{}", "titled.toml"],
        ["check", "--{}"],
        ["run", "-x", "{}", "xor"],
        ["replay", "{}.md", "--headless"],
        ["new", "{}2.toml"],
        ["new", "3{}.toml", "xor"],
        ["{}", "{}"],
    ],
)
def test_the_shell(evil: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    given = [each.replace("{}", evil) for each in arguments]
    with suppress(SystemExit):
        main(given)
    out, err = capsys.readouterr()
    assert out or err
    assert not any(has_control(each) for each in (out + err).split("\n"))


def test_json_says_it_and_stays_json(evil: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", evil, "--json", "step", f"save {EVIL}.nnstep", f"print {EVIL}"])
    rows = capsys.readouterr().out.splitlines()
    assert not any(map(has_control, rows))
    _, saved, printed = map(json.loads, rows)
    assert saved["value"] == f"{EVIL}.nnstep"
    assert printed["line"] == f"print {EVIL}"


def test_a_list_of_models(evil: str) -> None:
    text = models(nnstep.open(evil).session).text
    assert harmless(evil) in text
    assert not any(has_control(each) for each in text.split("\n"))
    assert comment(Path("titled.toml"))[0].startswith("\\u202eabc XOR")


async def test_the_app_its_pictures_and_casts(evil: str) -> None:
    app, cast = NnstepApp(nnstep.open(evil)), Cast((120, 40), "")
    async with app.run_test(size=(120, 40)) as pilot:
        for line in ("step 3", f"mark {EVIL}", f"export {EVIL}.svg", f"display {EVIL}", "models"):
            app.run_line(line)
            await pilot.pause()
            assert not has_control("".join(each.text for each in segments(app)))
        assert not has_control(svg(app, title=evil).replace("\n", ""))
        cast.show(app, "", 1)
    assert not has_control(CAST.sub("", "".join(data for _, _, data in cast.events)))


CAST = re.compile(r"\x1b\[(\d+;1H|[\d;]*m|\?25[lh]|2J)")
"""What a cast of ours says to a terminal: the beginning of a line, a colour, no cursor or one, an empty screen."""
BESIDE = """# Beside a stranger

```nnstep
open xor
models
expect-error open header.toml
expect-error open label.toml
expect-error open titled.toml
```

## <script>alert(1)</script>

Prose.

```nnstep
step
```
"""


def test_a_cast_says_to_the_terminal_what_the_app_does_and_nothing_else(evil: str, tmp_path: Path) -> None:
    folder = tmp_path / EVIL
    folder.mkdir()
    for name in (evil, "titled.toml"):
        (folder / name).write_text(Path(name).read_text())
    for name, rows in (("header", f"x,t{EVIL}\n1,2\n"), ("label", f"x,t\n1,{EVIL}\n2,b\n")):
        (folder / f"{name}.csv").write_text(rows)
        data = f"[data]\nfile = '{name}.csv'\ntarget = 't'\n"
        (folder / f"{name}.toml").write_text(data + "[[network.layer]]\nunits = 1\n")
    (folder / f"l{EVIL}.md").write_text(BESIDE)
    assert main(["replay", str(folder / f"l{EVIL}.md"), "--cast", "out.cast", "--size", "100x30"]) == 0
    head, *events = map(json.loads, Path("out.cast").read_text(encoding="utf-8").splitlines())
    assert not has_control(head["title"])
    drawn = "".join(data for _, kind, data in events if kind == "o")
    assert "\\x1b]0;pwned" in drawn
    assert not has_control(CAST.sub("", drawn))
    assert [data for _, kind, data in events if kind == "m"] == ["<script>alert(1)</script>"]


@pytest.mark.parametrize("where", ["# Beside", "open xor", "## <script>", "Prose"])
def test_a_lesson_that_speaks_to_the_terminal_is_not_recorded(
    tmp_path: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = tmp_path / "l.md"
    lesson.write_text(BESIDE.replace(where, f"{where} {EVIL}"))
    assert main(["replay", str(lesson), "--cast", str(tmp_path / "out.cast")]) == 1
    assert "a lesson is a text without control characters" in capsys.readouterr().err
    assert not (tmp_path / "out.cast").exists()


def segments(app: NnstepApp) -> list[Segment]:
    """All that stands on the screen."""
    return [part for strip in app.screen._compositor.render_strips() for part in strip]  # noqa: SLF001
