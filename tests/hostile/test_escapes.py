"""Names and texts of strangers that would speak to the terminal: harmless wherever they are shown."""

from __future__ import annotations

import json
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


async def test_the_app_and_its_pictures(evil: str) -> None:
    app = NnstepApp(nnstep.open(evil))
    async with app.run_test(size=(120, 40)) as pilot:
        for line in ("step 3", f"mark {EVIL}", f"export {EVIL}.svg", f"display {EVIL}", "models"):
            app.run_line(line)
            await pilot.pause()
            assert not has_control("".join(each.text for each in segments(app)))
        assert not has_control(svg(app, title=evil).replace("\n", ""))


def segments(app: NnstepApp) -> list[Segment]:
    """All that stands on the screen."""
    return [part for strip in app.screen._compositor.render_strips() for part in strip]  # noqa: SLF001
