"""Which lines keys and clicks type, by where the keyboard is."""

from __future__ import annotations

import re
import threading

from textual import events

from nnstep.tui.app import NnstepApp
from nnstep.tui.checkup import Checkup, Errand
from tests.tui.seen import screen_lines, screen_text
from tests.tui.test_app import Opened, opened, prompt_line, run, until


async def press(opened_app: Opened, *keys: str) -> str:
    """The command that the prompt shows after some keys."""
    app, pilot = opened_app
    for key in keys:
        app.post_message(events.Key(key, None))
    await pilot.pause()
    await until(opened_app, lambda: not app.mover.busy)
    return prompt_line(app)


def line_of(app: NnstepApp, text: str) -> int:
    return next(y for y, line in enumerate(screen_lines(app)) if text in line)


async def test_the_tape_takes_the_keyboard_and_goes_to_what_is_under_its_cursor() -> None:
    async with opened("xor") as (app, pilot):
        both = app, pilot
        assert (await press(both, "t")).startswith(": focus tape   ↵ go there")
        assert await press(both, "down", "down", "down") == ": cursor down"
        # From before the first instruction: Y, the heading of the forward phase, Z[1].
        assert (await press(both, "enter")).startswith(": goto 3 ")
        assert app.debugger.position.step == 3
        assert (await press(both, "b")).startswith(": break Z[1]")
        y = line_of(app, "▶ Z[1]")
        assert screen_lines(app)[y].startswith("●▶ Z[1]")
        assert (await press(both, "b")).startswith(": delete 1")
        assert (await press(both, "home", "b")).startswith(": break data")
        assert await press(both, "escape") == ": focus matrices"
        assert (await press(both, "b")).startswith(": break")
        assert app.main.attending == "matrices"


async def test_keys_in_one_burst_mean_what_they_mean_one_by_one() -> None:
    async with opened("xor") as (app, pilot):
        for key in ("s", "s", "s", "t", "down", "down", "b", "s", "b", "escape"):
            app.post_message(events.Key(key, None))
        await until((app, pilot), lambda: len(app.debugger.session.stops) == 2)
        assert [str(stop) for stop in app.debugger.session.stops] == ["break Z[2]", "break A[1]"]


async def test_the_tape_folds_and_unfolds() -> None:
    async with opened("xor") as (app, pilot):
        both = app, pilot
        await run(both, "goto 12", "focus tape")
        assert await press(both, "left") == ": fold backward layer 2"
        assert "▶ ▸ layer 2  dW[2]" not in screen_text(app)
        assert "▸ layer 2  db[2]  4/4" in screen_text(app)
        assert await press(both, "left") == ": fold backward"
        assert "dA[1]" not in "\n".join(line[:30] for line in screen_lines(app))
        # The place is never lost: a step inside moves the sign along.
        await press(both, "s")
        assert "▶ ▸ backward  dA[1]  5/8" in screen_text(app)
        assert await press(both, "right") == ": unfold backward"
        await run(both, "fold all")
        assert sum("▸" in line for line in screen_lines(app)) == 4
        await pilot.click(offset=(10, line_of(app, "▸ forward")))
        await pilot.pause()
        assert prompt_line(app) == ": unfold forward"
        await run(both, "fold layer 7")
        assert "fold: must be all, a phase, layer N" in prompt_line(app)


async def test_finding_in_the_tape_goes_from_line_to_line() -> None:
    async with opened("xor") as (app, pilot):
        both = app, pilot
        await run(both, "focus tape", "fold backward", "find dW")
        assert prompt_line(app).startswith(": find dW   dW: 1 of 4 lines")
        assert app.main.tape.row.first == app.debugger.tape.named("dW[2]").index
        assert (await press(both, "full_stop")).startswith(": find next   dW: 2 of 4")
        assert (await press(both, "comma", "comma")).startswith(": find previous   dW: 4 of 4")
        await run(both, "find delta[1]")
        # Its own line, dW[1] and db[1].
        assert re.search(r"δ\[1\]: \d of 3 lines", prompt_line(app))
        await run(both, "find nonsense")
        assert "no line of the tape has 'nonsense'" in prompt_line(app)


async def test_a_click_in_the_gutter_sets_a_stop_and_takes_it_away() -> None:
    async with opened("xor") as (app, pilot):
        await pilot.click(offset=(0, line_of(app, "dW[1] = ")))
        await pilot.pause()
        assert prompt_line(app).startswith(": break dW[1]")
        await pilot.click(offset=(0, line_of(app, "dW[1] = ")))
        await pilot.pause()
        assert prompt_line(app).startswith(": delete 1")
        assert app.debugger.position.step == 0


async def test_the_side_panel_leads_to_stops_and_takes_them_away() -> None:
    async with opened("xor") as (app, pilot):
        both = app, pilot
        await run(both, "break L", "continue", "display norm(W[1])", "goto start")
        size = len(app.debugger.tape)
        assert "1 norm(W[1])" in screen_text(app)
        await press(both, "j")
        assert (await press(both, "enter")).startswith(f": goto {app.debugger.tape.named('L').index} ")
        assert (await press(both, "right", "delete")).startswith(": undisplay 1")
        assert (await press(both, "left", "delete")).startswith(": delete 1")
        assert "none: b sets one" in screen_text(app)
        assert size == len(app.debugger.tape)


async def test_on_a_small_screen_the_side_panel_comes_when_it_is_asked_for() -> None:
    async with opened("xor", (80, 24)) as (app, pilot):
        both = app, pilot
        await run(both, "break L")
        assert "─ stops ─" not in screen_text(app)
        await press(both, "j")
        assert "─ stops ─" in screen_text(app)
        assert "1 ● break L" in screen_text(app)
        await press(both, "escape")
        assert "─ stops ─" not in screen_text(app)
        tall = app.main.tape.size.height
        await press(both, "t")
        assert app.main.tape.size.height > 2 * tall


async def test_health_comes_by_itself_once_no_key_has_come_for_a_while() -> None:
    async with opened("xor") as (app, pilot):
        both = app, pilot
        await run(both, "step 3")
        assert "not known yet" in screen_lines(app)[line_of(app, "─ health ─") + 1]
        await until(both, lambda: app.debugger.session.known_health is not None)
        await until(both, lambda: "fine" in screen_lines(app)[line_of(app, "─ health ─") + 1])


async def test_a_line_ends_what_runs_quietly() -> None:
    async with opened("xor") as (app, pilot):
        asked = []

        def work(go_on: object) -> None:
            assert callable(go_on)
            while go_on(0):
                asked.append(1)

        quiet = app.mover.run_quietly(work)
        await until((app, pilot), lambda: bool(asked))
        assert not app.mover.busy
        await press((app, pilot), "s")
        assert quiet.done()
        assert app.debugger.position.step == 1


async def test_a_drag_along_the_run_goes_to_its_last_place_alone() -> None:
    async with opened("xor") as (app, pilot):
        bar = app.main.phases._bar  # noqa: SLF001  # where the bar stands is nobody else's business
        await pilot.mouse_down(offset=(bar.start, 1))
        for part in (0.2, 0.9, 0.5):
            x = bar.start + int(part * (len(bar) - 1))
            await pilot.hover(offset=(x, 1))
        assert app.debugger.position.step == 0
        await pilot.mouse_up(offset=(x, 1))
        await until((app, pilot), lambda: app.debugger.position.step > 0)
        await until((app, pilot), lambda: not app.mover.busy)
        assert abs(app.debugger.position.step - 5000) < 10000 / len(bar)
        await press((app, pilot), "less_than_sign")
        assert app.debugger.position.step == 0


async def test_what_is_worked_out_when_the_app_ends_is_told_nobody() -> None:
    async with opened("xor") as both:
        app, _ = both
        told: list[bool] = []
        gate = threading.Event()
        checkup = Checkup(app.mover, lambda: told.append(True))
        checkup.ask([Errand(gate.is_set, lambda _: gate.wait(10))])
        await until(both, lambda: checkup._working)  # noqa: SLF001  # nobody else needs to know
        assert not checkup.resting
        checkup.close()
        gate.set()
        await until(both, lambda: checkup.resting)
        assert not told
