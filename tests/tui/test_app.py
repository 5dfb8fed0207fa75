from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

import nnstep
from nnstep.commands import COMMANDS, Result
from nnstep.tui.app import NnstepApp
from nnstep.tui.bindings import bindings
from nnstep.tui.own import OWN
from nnstep.tui.paint import CURSOR, OPERAND
from nnstep.tui.pane import paint_of
from tests.tui.seen import caught_up, painted, screen_lines, screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]
Opened = tuple[NnstepApp, Pilot[None]]
LONG = {
    "data": {"features": [[0.0, 1.0], [1.0, 0.5]], "targets": [[0.0], [1.0]]},
    "network": {"layer": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "identity"}]},
    "loss": {"name": "mean_squared_error"},
    "training": {"epochs": 30_000_000, "learning_rate": 0.001},
}


@asynccontextmanager
async def opened(model: object, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Opened]:
    app = NnstepApp(nnstep.open(model))  # type: ignore[arg-type]  # a name or a dict
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def run(opened_app: Opened, *lines: str) -> None:
    app, pilot = opened_app
    for line in lines:
        app.run_line(line)
        await until(opened_app, lambda: not app.mover.busy)
    await pilot.pause()


async def until(opened_app: Opened, holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            break
        # Not pilot.pause, which waits for the CPU to be idle.
        await asyncio.sleep(0.02)
    assert holds()
    await opened_app[1].pause()


def prompt_line(app: NnstepApp) -> str:
    return screen_lines(app)[-2].strip()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_step_shows_where_it_is_and_what_it_computed(size: tuple[int, int]) -> None:
    async with opened("xor", size) as (app, pilot):
        assert "step 0/10000" in screen_text(app)
        await pilot.press("s", "s", "s")
        seen = screen_text(app)
        assert all(len(line) == size[0] for line in screen_lines(app))
        assert "step 3/10000" in seen
        assert "epoch 1/500" in seen
        assert re.search(r"▶ Z\[1\] *= X W\[1\]ᵀ \+ b\[1\]", seen)
        assert prompt_line(app).startswith(": step")
        values = app.debugger.session.read("Z[1]")
        assert f"{values[0, 0]:.4f}" in seen
        assert "Σₖ X[0,k] · W[1][0,k] + b[1][0]" in seen
        await pilot.press("S")
        assert re.search(r"▶ Y *← ", screen_text(app))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_update_shows_before_gradient_and_after(size: tuple[int, int]) -> None:
    async with opened("xor", size) as (app, pilot):
        await run((app, pilot), "goto 17")
        seen = screen_text(app)
        assert re.search(r"W\[1\] before .*dW\[1\] .*→ W\[1\]", seen)
        old, gradient, new = (app.debugger.value(text)[0, 0] for text in ("old(W[1])", "dW[1]", "W[1]"))
        assert np.isclose(old - 0.5 * gradient, new)
        assert all(f"{value:.4f}" in seen for value in (old, new))


@pytest.mark.parametrize("area", ["matrices", "tape", "side"])
async def test_every_bound_key_shows_the_command_that_ran(area: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    run_line = NnstepApp.run_line

    def spied(app: NnstepApp, line: str) -> None:
        ran.append(line)
        run_line(app, line)

    monkeypatch.setattr(NnstepApp, "run_line", spied)
    app = NnstepApp(nnstep.open("xor", {"training.epochs": 4}))
    async with app.run_test(size=(80, 24)):
        # Keys that leave or stop the app, and those that open or close something without a line of their own.
        apart = {"q", "ctrl+z", "colon", "escape"}
        typed = 0
        app.run_line("break L")
        for binding in bindings():
            if binding.key in apart:
                continue
            for line in ("goto 50%", "find none", f"focus {area}"):
                app.run_line(line)
                await caught_up(app)
            ran.clear()
            app.post_message(events.Key(binding.key, None))
            await caught_up(app)
            line = binding.action[5:-2] if binding.action.startswith("run(") else ""
            prompt = app.main.prompt
            if prompt.typing:
                # A line that ends in a blank waits in the prompt for the rest of it.
                assert line.endswith(" "), binding.key
                assert prompt.text.startswith(line), binding.key
                assert not ran, binding.key
            elif ran:
                typed += 1
                assert prompt_line(app).startswith(f": {ran[-1]}"), binding.key
                # The tape's b takes a stop away where there is one.
                assert not line or ran[-1].startswith(line.split()[0]) or (area, line) == ("tape", "break"), binding.key
            else:
                # A line of the side panel may offer nothing.
                assert binding.key == "delete" or (area, binding.key) == ("side", "enter"), binding.key
            app.post_message(events.Key("escape", None))
            await caught_up(app)
        assert typed > 30
        app.post_message(events.Key("q", None))
        await caught_up(app)
        assert ran[-1] == "quit"


def test_every_command_of_the_app_is_carried_out_by_it() -> None:
    assert {command.name for command in COMMANDS.values() if command.app_only} <= set(OWN)


async def test_quitting_leaves_with_zero() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 0


async def test_the_cursor_explains_its_cell_and_marks_what_it_reads() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.press("s", "s", "s", "down", "right")
        assert "Z[1][1,1] = Σₖ X[1,k] · W[1][1,k] + b[1][1]" in screen_text(app)
        assert prompt_line(app) == ": select Z[1][1,1]"
        paint = paint_of(app)
        grounds = {style.bgcolor for number in (OPERAND, CURSOR) for style in [paint.styles[number + 40]]}
        marked = {getattr(style, "bgcolor", None) for line in painted(app) for _, style in line}
        assert grounds <= marked
        await pilot.press("enter")
        assert "esc close" in screen_text(app)
        await pilot.press("escape")
        assert "esc close" not in screen_text(app)


async def test_tab_moves_from_matrix_to_matrix_and_on_to_the_layer() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.press("s", "s", "s")
        names = []
        for _ in range(11):
            cell = app.main.view.cell
            assert cell is not None
            names.append(cell[0].name)
            await pilot.press("tab")
        assert names[:4] == ["Z[1]", "Z[1]", "A[1]", "delta[1]"]
        assert names[8:] == ["X", "W[1]", "b[1]"]


async def test_one_thing_at_a_time_where_there_is_little_room() -> None:
    async with opened("xor", (80, 24)) as (app, pilot):
        await run((app, pilot), "goto 14")
        assert "dW[1]  4×2" not in screen_text(app)
        await pilot.press("tab")
        assert "dW[1]  4×2" in screen_text(app)
        await pilot.press("shift+tab")
        assert "dW[1]  4×2" not in screen_text(app)


async def test_the_layer_follows_the_tape_until_another_is_chosen() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.press("s", "s", "s")
        assert "layer 1 of 2" in screen_text(app)
        await pilot.press("u", "s")
        assert "layer 2 of 2" in screen_text(app)
        await pilot.press("s", "s", "s", "d")
        assert "layer 1 of 2" in screen_text(app)
        await run((app, pilot), "layer 7")
        assert "must be up, down or a number from 1 to 2" in prompt_line(app)


async def test_what_is_not_computed_says_when_it_is() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto 3")
        assert "not yet (step 14)" in screen_text(app)


async def test_zoom_gives_a_matrix_all_the_room_and_takes_it_back() -> None:
    async with opened("digits") as (app, pilot):
        await run((app, pilot), "step 3")
        await pilot.press("z")
        await pilot.pause()
        assert "layer 1 of 3" not in screen_text(app)
        assert "→ Z[1]  32×64" in screen_text(app)
        assert not re.search(r"\bX  32×64", screen_text(app))
        await pilot.press("z")
        await pilot.pause()
        assert "layer 1 of 3" in screen_text(app)


async def test_the_prompt_runs_lines_and_says_what_is_wrong_in_place() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.press("colon", *"step 4", "enter")
        assert "step 4/10000" in screen_text(app)
        await pilot.press("colon", *"stpe", "enter")
        assert "no command 'stpe'; did you mean 'step'?" in prompt_line(app)
        await pilot.press("colon", *"s", "up", "up", "enter")
        assert "step 8/10000" in screen_text(app)
        await pilot.press("colon", *"quit", "escape", "s")
        assert "step 9/10000" in screen_text(app)


async def test_keys_in_one_burst_are_carried_out_in_their_order() -> None:
    async with opened("xor") as (app, pilot):
        for key in ["s"] * 20 + ["colon", *"goto 7", "enter", "s", "S", "s"]:
            app.post_message(events.Key("space" if key == " " else key, {"colon": ":", "enter": "\r"}.get(key, key)))
        await pilot.pause()
        await pilot.pause()
        assert "step 8/10000" in screen_text(app)


async def test_an_answer_of_many_lines_can_be_scrolled_and_closed() -> None:
    async with opened("digits", (80, 24)) as (app, pilot):
        await run((app, pilot), "info tape")
        assert "↑↓ scroll" in screen_text(app)
        assert "dW[1]" not in "\n".join(screen_lines(app)[4:])
        await pilot.press("end")
        assert "b[3]" in screen_text(app)
        await pilot.press("escape")
        assert "↑↓ scroll" not in screen_text(app)


async def test_a_long_move_shows_progress_refuses_keys_and_is_interrupted() -> None:
    async with opened(LONG) as (app, pilot):
        app.run_line("continue")
        await until((app, pilot), lambda: app.debugger.session.progress is not None)
        await asyncio.sleep(0.15)
        assert "running: ctrl+c interrupts" in prompt_line(app)
        app.run_line("step")
        await asyncio.sleep(0.1)
        assert "continue is running" in prompt_line(app)
        await pilot.resize_terminal(140, 45)
        await pilot.pause()
        assert all(len(line) == 140 for line in screen_lines(app))
        app.post_message(events.Key("ctrl+c", None))
        await until((app, pilot), lambda: not app.mover.busy)
        session = app.debugger.session
        assert 0 < session.step < session.length
        assert session.step % len(session.tape) == 0
        assert f"step {session.step}/" in screen_text(app)
        assert "interrupted" in prompt_line(app)


async def test_quitting_does_not_wait_for_a_long_move() -> None:
    async with opened(LONG) as (app, pilot):
        app.run_line("continue")
        await until((app, pilot), lambda: app.debugger.session.progress is not None)
        app.run_line("quit")
        await until((app, pilot), lambda: not app.mover.busy)
        assert app.return_code == 0


async def test_a_click_goes_to_an_instruction_a_place_in_the_run_or_a_cell() -> None:
    async with opened("xor") as (app, pilot):
        y = next(y for y, line in enumerate(screen_lines(app)) if "A[1]  = tanh" in line)
        for button, step in ((2, 0), (3, 0), (1, 4)):
            # What the other buttons do, paste for one, is the terminal's business.
            await pilot.click(offset=(10, y), button=button)
            assert f"step {step}/10000" in screen_text(app)
        assert app.main.phases._bar  # noqa: SLF001  # where the bar stands is nobody else's business
        x = app.main.phases._bar[len(app.main.phases._bar) // 2]  # noqa: SLF001
        await pilot.click(offset=(x, 1))
        await until((app, pilot), lambda: app.debugger.session.step > 4500)
        assert app.debugger.session.step < 5500
        await run((app, pilot), "goto 4")
        line, y = next((line, y) for y, line in enumerate(screen_lines(app)) if re.search(r"│ 2 +-?[01]\.", line))
        x = re.search(r"│ 2 +-?[01]\.", line).end()  # type: ignore[union-attr]  # just found
        await pilot.click(offset=(x, y))
        await pilot.pause()
        assert prompt_line(app) == ": select Z[1][2,0]"


async def test_opening_another_model_shows_it() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "step 5", "open iris", "step 3")
        assert "iris" in screen_lines(app)[0]
        assert "step 3/" in screen_text(app)
        assert "X  16×4" in screen_text(app)


async def test_themes_and_colourless_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "step 3")
        # The health of the step comes by itself.
        await caught_up(app, settled=True)
        dark = painted(app)
        await run((app, pilot), "theme light")
        light = painted(app)
        assert [[c for c, _ in line] for line in dark[:-2]] == [[c for c, _ in line] for line in light[:-2]]
        assert dark != light
        await run((app, pilot), "theme neon")
        assert "must be dark, light or contrast" in prompt_line(app)
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened("xor") as (app, pilot):
        await pilot.press("s", "s", "s", "right")
        styles = {style for line in painted(app) for _, style in line}
        colours = {colour for style in styles if style for colour in (style.color, style.bgcolor)}  # type: ignore[attr-defined]  # rich's
        assert all(colour is None or colour.is_default for colour in colours)
        assert any(style.reverse for style in styles if style)  # type: ignore[attr-defined]  # rich's


async def test_any_size_at_any_time() -> None:
    rng = np.random.default_rng(3)
    async with opened("iris") as (app, pilot):
        for _ in range(8):
            size = int(rng.integers(20, 220)), int(rng.integers(8, 70))
            await pilot.resize_terminal(*size)
            await run((app, pilot), f"step {int(rng.integers(1, 9))}")
            lines = screen_lines(app)
            assert len(lines) == size[1]
            assert all(len(line) == size[0] for line in lines)


async def test_keys_that_come_while_a_step_still_runs_are_carried_out_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a step takes longer than the screen waits for it: no key may be lost."""
    async with opened("xor") as (app, pilot):
        gate = threading.Event()
        run_line = app.debugger.execute

        def slowly(line: str) -> Result:
            gate.wait(10)
            return run_line(line)

        monkeypatch.setattr(app.debugger, "execute", slowly)
        for key in ("s", "s", "n"):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert app.debugger.position.step == 0
        gate.set()
        await until((app, pilot), lambda: not app.mover.busy and app.debugger.position.step == 4)
