"""Themes, numbers, copying, exporting and the key map, in the app."""

from __future__ import annotations

import asyncio
import base64
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

import nnstep
from nnstep.commands import COMMANDS
from nnstep.commands.rekeying import rekey
from nnstep.errors import CommandError
from nnstep.settings import Settings
from nnstep.tui.app import NnstepApp
from nnstep.tui.format import Extent, Numbers, choose
from nnstep.tui.own.copying import MOST
from nnstep.tui.own.looking import parsed_format
from nnstep.tui.palette import PALETTES
from tests.tui.seen import screen_lines, screen_text


def answer(app: NnstepApp) -> str:
    return screen_lines(app)[-2].strip()


async def said(app: NnstepApp, pilot: Pilot[None], *lines: str) -> None:
    """Run lines, and wait until all that was typed is carried out and drawn: a busy machine takes its time."""
    for line in lines:
        await pilot.pause()
        app.run_line(line)
        await idle(app)
    await pilot.pause()
    await idle(app)
    await pilot.pause()


async def idle(app: NnstepApp) -> None:
    for _ in range(2000):
        if not app.mover.busy:
            break
        await asyncio.sleep(0.01)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(NnstepApp, "copy_to_clipboard", lambda _, text: found.append(text))
    return found


async def test_comfort(copied: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=(120, 40)) as pilot:
        themes = [app.theme]
        for _ in range(3):
            await pilot.press("T")
            themes.append(app.theme)
        assert themes == ["dark", "light", "contrast", "dark"]
        assert answer(app) == ": theme   dark"

        await said(app, pilot, "step 3")
        await pilot.press("ctrl+c")
        values = app.debugger.value("Z[1]")
        assert copied == [repr(float(values[0, 0]))]
        assert answer(app).startswith(": copy cell   copied Z[1][0,0] = ")
        await pilot.press("Y")
        rows = [[float(cell) for cell in row.split("\t")] for row in copied[1].splitlines()]
        assert np.array_equal(rows, values)

        await said(app, pilot, "format scientific 2")
        assert f"{values[0, 0]:.2e}" in screen_text(app)
        await said(app, pilot, "format", "export a.csv", "export a.svg", "export a.html")
        assert np.array_equal(np.loadtxt("a.csv", delimiter=","), values)
        picture = (tmp_path / "a.svg").read_text()
        root = ET.fromstring(picture)  # noqa: S314  # we have just written it
        assert "Z[1][0,0]" in "\n".join(root.itertext())
        assert "Z[1][0,0]" in (tmp_path / "a.html").read_text()
        assert re.findall(r"https?://[^\"\s]+", picture) == ["http://www.w3.org/2000/svg"]
        # In the theme's own colours, whatever the terminal's are; 40 rows of 18 pixels and a margin of 12.
        assert PALETTES["dark"].accent in picture
        assert root.get("height") == "744"

        # The body alone: without the prompt, the tape and the keys.
        await said(app, pilot, "export view.svg view", "export network.svg view network")
        part = (tmp_path / "view.svg").read_text()
        assert "Z[1][0,0]" in part
        assert "quit" in picture
        assert "quit" not in part
        assert "layer 1 tanh" in (tmp_path / "network.svg").read_text()
        await said(app, pilot, "export b.svg W[1]")
        assert "takes `view NAME`, got 'W[1]'" in screen_text(app)


async def test_what_is_too_large_is_not_copied(copied: list[str]) -> None:
    app = NnstepApp(nnstep.open("digits"))
    async with app.run_test(size=(80, 24)) as pilot:
        await said(app, pilot, "copy matrix", "goto W[1]", "copy matrix")
        assert f"more than {MOST:,} characters; `export FILE.csv" in screen_text(app)
    assert copied == []


async def test_settings_hold_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, command in COMMANDS.items():
        monkeypatch.setitem(COMMANDS, name, command)
    settings = Settings(theme="light", ascii=True, number_format="fixed", precision=2, keys={"%": "step 3", "S": ""})
    rekey(settings.keys)
    app = NnstepApp(nnstep.open("xor"), settings=settings)
    async with app.run_test(size=(120, 40)) as pilot:
        assert app.theme == "light"
        await pilot.press("percent_sign", "S")
        await said(app, pilot)
        assert app.debugger.position.step == 3
        text = screen_text(app)
        assert text.isascii()
        assert all(len(line) == 120 for line in screen_lines(app))
        assert f"{app.debugger.value('Z[1]')[0, 0]:.2f}" in text


@pytest.mark.parametrize(
    ("how", "numbers"),
    [
        ("", Numbers()),
        ("fixed", Numbers("fixed")),
        ("scientific 3", Numbers("scientific", 3)),
        ("6", Numbers("auto", 6)),
        ("auto", Numbers()),
    ],
)
def test_formats(how: str, numbers: Numbers) -> None:
    assert parsed_format(how) == numbers


@pytest.mark.parametrize("how", ["fxed", "fixed 0", "fixed 17", "fixed 1 2", "fixed two"])
def test_bad_formats(how: str) -> None:
    with pytest.raises(CommandError, match=r"^format: "):
        parsed_format(how)


def test_a_chosen_format_has_exactly_its_digits() -> None:
    assert choose(Extent(-1.0, 12345.0, whole=True), precision=2, kind="fixed").pattern == "%8.2f"
    assert choose(Extent(0.0, 1.5), precision=3, kind="scientific").pattern == "%9.3e"


async def test_osc_52_reaches_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=(80, 24)) as pilot:
        written: list[str] = []
        assert app._driver is not None  # noqa: SLF001  # what goes to the terminal goes nowhere else
        monkeypatch.setattr(app._driver, "write", written.append)  # noqa: SLF001
        await said(app, pilot, "step")
        await pilot.press("ctrl+c")
        (code,) = [found[1] for text in written if (found := re.search("\x1b\\]52;c;([^\a]*)\a", text))]
        assert base64.b64decode(code) == b"0.0" or float(base64.b64decode(code)) in (0.0, 1.0)


async def test_the_line_of_keys_is_clicked_and_so_is_the_end_of_an_answer() -> None:
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=(120, 40)) as pilot:
        keys = screen_lines(app)[-1]
        for text, step in (("step", 1), ("s S", 2), ("S step", 1), ("next", 2)):
            await pilot.click("#keys", offset=(keys.index(text), 0))
            await said(app, pilot)
            assert app.debugger.position.step == step, text
        await said(app, pilot, "info tape")
        assert "esc close" in screen_text(app)
        await pilot.click("#output", offset=(3, 0))
        await pilot.pause()
        assert "esc close" not in screen_text(app)


async def test_a_title_of_wide_characters_keeps_every_line_as_wide_as_the_screen() -> None:
    model = {
        "title": "深層学習の「誤差逆伝播法」を一歩ずつ: 入力から出力まで、そして出力から入力まで",
        "data": {"features": [[0.0, 1.0]], "targets": [[1.0]]},
        "network": {"layer": [{"units": 1, "activation": "sigmoid"}]},
    }
    for ascii_only in (False, True):
        app = NnstepApp(nnstep.open(model), settings=Settings(ascii=ascii_only))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert {cell_len(line) for line in screen_lines(app)} == {80}
            assert ("誤差逆伝播法" in screen_text(app)) != ascii_only
