"""The app in a session that is confined: what it carries out itself touches no files either."""

from __future__ import annotations

from pathlib import Path

import pytest

import nnstep
from nnstep.model import bundled
from nnstep.tui.app import NnstepApp
from tests.tui.seen import screen_text


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("mine.toml", "other.toml"):
        (tmp_path / name).write_bytes(bundled()["xor"].read_bytes())
    (tmp_path / "lesson.md").write_text("# Title\n\n```nnstep\nopen xor\n```\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_the_apps_own_commands_touch_no_files(here: Path) -> None:
    debugger = nnstep.open("mine.toml")
    debugger.session.confine()
    files = names(here)
    app = NnstepApp(debugger)
    async with app.run_test(size=(200, 50)) as pilot:
        for line, said in (
            ("export a.svg", "export: sessions in a browser read and write no files"),
            ("export a.csv", "export: sessions in a browser read and write no files"),
            ("edit", "edit: sessions in a browser read and write no files"),
            ("lesson open lesson.md", "no lesson 'lesson.md'"),
        ):
            app.run_line(line)
            await pilot.pause()
            assert said in screen_text(app)
            app.action_escape()
        begun = app.course
        assert begun is None
        app.run_line("models")
        await pilot.pause()
        assert "mine.toml" in screen_text(app)
        assert "other.toml" not in screen_text(app)
        app.main.chooser.close()
        app.run_line("lesson open notation")
        await pilot.pause()
        assert app.course is not None
    assert names(here) == files
