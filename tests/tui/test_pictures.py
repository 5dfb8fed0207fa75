"""The views that are pictures: what they show at every size, and what keys and clicks do there."""

from __future__ import annotations

import re

import pytest
from textual import events
from textual.geometry import Offset

from nnstep.tui.easel import Easel
from tests.tui.seen import screen_lines, screen_text
from tests.tui.test_app import Opened, opened, prompt_line, run, until

SIZES = [(80, 24), (120, 40), (200, 60)]


async def click(opened_app: Opened, text: str, part: int = 0) -> None:
    """Click where a text stands on the screen."""
    app, pilot = opened_app
    y, line = next((y, line) for y, line in enumerate(screen_lines(app)) if text in line)
    x = line.index(text) + part
    widget, region = app.screen.get_widget_at(x, y)
    await pilot.click(widget, offset=Offset(x, y) - region.offset)
    await run(opened_app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_picture_has_its_key_and_fills_no_more_than_its_place(size: tuple[int, int]) -> None:
    async with opened("xor", size) as (app, pilot):
        await run((app, pilot), "goto epoch 3 batch 1 delta[1]")
        for key, words in (("3", "1 tanh"), ("4", "local derivative"), ("5", "loss"), ("6", "→"), ("v", "δ[1]  4×4")):
            await pilot.press(key)
            seen = screen_lines(app)
            assert any(words in line for line in seen)
            assert all(len(line) == size[0] for line in seen)
        await pilot.press("1")
        assert prompt_line(app) == ": view step"


async def test_the_network_follows_the_debugger_and_lights_up_what_is_selected() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto Z[1]", "view network")
        assert "δ" not in "".join(line[37:] for line in screen_lines(app)[4:30])
        await run((app, pilot), "select A[1][2,3]")
        assert app.main.view.chosen_in_picture
        assert "row 2 of 4" in screen_text(app)
        await pilot.press("up", "right")
        assert prompt_line(app) == ": select Z[2][2,0]"
        await pilot.press("left", "left", "left")
        assert prompt_line(app) == ": select X[2,0]"
        await pilot.press("escape", "r", "r")
        assert "mean of 4 rows" in screen_text(app)
        await click((app, pilot), "x₁")
        assert prompt_line(app) == ": select X[0,0]"
        await run((app, pilot), "row 9")
        assert "row: must be next, previous, mean or a number from 0 to 3, got '9'" in prompt_line(app)


async def test_a_click_in_the_graph_selects_a_matrix_and_the_keys_scroll() -> None:
    async with opened("residual", (80, 24)) as (app, pilot):
        await run((app, pilot), "goto L", "view graph")
        before = screen_lines(app)[8:18]
        await pilot.press("left", "left")
        assert screen_lines(app)[8:18] != before
        await pilot.press("right", "right")
        assert screen_lines(app)[8:18] == before
        await click((app, pilot), " L = ")
        assert prompt_line(app) == ": select L"
        assert app.main.view.chosen_in_picture
        await pilot.press("left", "s", "S")
        assert screen_lines(app)[8:18] == before


async def test_the_training_is_worked_out_at_rest_and_its_plots_are_chosen_by_keys() -> None:
    async with opened("moons") as (app, pilot):
        await run((app, pilot), "goto epoch 4 batch 1", "view training")
        session = app.debugger.session
        assert session.measures.known(session.timeline).until == 0
        for errand in app.main.errands():
            errand.work(lambda _: True)
        app.main.show_picture()
        assert session.measures.known(session.timeline).until == session.step // len(session.tape)
        await pilot.press("right", "right")
        assert re.search(r"^: plot next +boundary", prompt_line(app))
        await pilot.press("shift+tab", "enter")
        assert "loss (log)" in screen_text(app)
        await pilot.click("#training", offset=(9, 5))
        assert session.step == len(session.tape)
        await run((app, pilot), "plot nothing")
        assert "this model has no plot 'nothing'; there are loss, boundary" in prompt_line(app)


async def test_a_click_on_a_row_of_the_data_chooses_it() -> None:
    async with opened("digits") as (app, pilot):
        await run((app, pilot), "goto L", "view data")
        assert "▶" in "".join(line[37:] for line in screen_lines(app)[3:])
        await pilot.press("down")
        assert prompt_line(app).startswith(": row next")
        await pilot.click("#data", offset=(25, 1))
        assert app.main.view.look.row == 2
        await run((app, pilot), "view weights")
        assert "unit 1" in screen_text(app)


async def test_a_heat_map_is_of_the_focused_matrix_and_a_click_chooses_its_cell() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto Z[1]", "select W[1][2,1]", "view matrix")
        assert "W[1]  4×2  [2,1]" in screen_text(app)
        await pilot.press("left", "up")
        assert prompt_line(app) == ": select W[1][1,0]"
        await pilot.click("#matrix", offset=(1, 1))
        assert prompt_line(app) == ": select W[1][0,0]"
        await run((app, pilot), "view matrix W[2]")
        assert "W[2]  1×4" in screen_text(app)


async def test_the_wheel_scrolls_the_graph_and_zoom_gives_it_the_screen() -> None:
    async with opened("residual", (120, 40)) as (app, pilot):
        await run((app, pilot), "goto L", "view graph")
        panel = app.main.pictures["graph"]
        before = screen_lines(app)[8:18]
        narrow = panel.size.width
        assert isinstance(panel, Easel)
        panel.on_wheel(events.MouseScrollUp(None, 5, 5, 0, 1, 0, True, False, False), -1)
        await run((app, pilot))
        assert prompt_line(app) == ": cursor left"
        assert screen_lines(app)[8:18] != before
        await pilot.press("z")
        await until((app, pilot), lambda: panel.size.width > narrow)
        assert panel.size.width == 118
        await pilot.press("z", "1")
        await until((app, pilot), lambda: not panel.display)


async def test_without_colour_a_picture_says_it_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto epoch 40 batch 1 W[1]", "view matrix")
        lines = screen_lines(app)
        assert any("██" in line for line in lines)
        assert any("xx" in line for line in lines)
        assert not any("▀" in line for line in lines)
