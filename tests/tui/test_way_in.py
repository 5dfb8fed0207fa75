"""The first time, and changing a model's file from inside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nnstep
from nnstep.model import bundled
from nnstep.render.language import choose
from nnstep.tui.app import NnstepApp
from nnstep.tui.hint import first_time, hint
from tests.tui.seen import screen_lines, screen_text


def test_five_keys_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    assert first_time()
    assert not first_time()
    monkeypatch.setenv("NNSTEP_STATE", "/dev/null")
    assert not first_time()
    assert hint() == "new here?  s step   S step back   ] next batch   ? help   q quit"
    choose("ja")
    try:
        assert "? ヘルプ" in hint()
    finally:
        choose(None)


EDITOR = """
import pathlib, sys
path = pathlib.Path(sys.argv[-1])
path.write_text(path.read_text(encoding="utf-8").replace(sys.argv[1], sys.argv[2]), encoding="utf-8")
"""


async def test_a_model_is_edited_and_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "editor.py").write_text(EDITOR)
    model = tmp_path / "mine.toml"
    model.write_text(bundled()["xor"].read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.delenv("VISUAL", raising=False)

    def editing(old: str, new: str) -> None:
        monkeypatch.setenv("EDITOR", f"{sys.executable} {tmp_path / 'editor.py'} {old} {new}")

    @contextmanager
    def suspended() -> Iterator[None]:
        yield

    app = NnstepApp(nnstep.open(model))
    async with app.run_test(size=(120, 40)) as pilot:
        monkeypatch.setattr(app, "suspend", suspended)
        app.run_line("step 3")
        editing("units", "units")
        app.run_line("edit")
        await pilot.pause()
        assert "mine.toml was left as it was" in screen_lines(app)[-2]
        assert app.debugger.position.step == 3
        editing("'units = 4'", "'units = four'")
        app.run_line("edit")
        await pilot.pause()
        assert "mine.toml" in screen_lines(app)[-2]
        assert app.debugger.position.step == 3
        assert app.debugger.value("W[1]").shape == (4, 2)
        editing("'units = four'", "'units = 7'")
        app.run_line("edit")
        await pilot.pause()
        await pilot.pause()
        assert app.debugger.value("W[1]").shape == (7, 2)
        assert "2→7→1" in screen_text(app)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("xor", "`nnstep new mine.toml --from xor` in a shell makes a copy"),
        ({"data": {"features": [[1]], "targets": [[1]]}}, "there is no file to edit"),
    ],
    ids=["bundled", "dict"],
)
async def test_what_is_not_the_users_to_edit_says_so(model: str | dict[str, object], said: str) -> None:
    if isinstance(model, dict):
        layer = {"units": 1, "activation": "identity"}
        model |= {"network": {"layer": [layer]}, "loss": {"name": "mean_squared_error"}}
    app = NnstepApp(nnstep.open(model))
    async with app.run_test(size=(200, 60)) as pilot:
        app.run_line("edit")
        await pilot.pause()
        assert said in screen_text(app)
