from __future__ import annotations

import re

import numpy as np
import pytest

from nnstep.session.earlier import Earlier
from nnstep.tui.paint import CURSOR, FOUND, VALUES
from tests.commands.test_surveying import STACK
from tests.tui.seen import screen_text
from tests.tui.test_app import LONG, Opened, opened, prompt_line, run, until


def body(opened_app: Opened) -> str:
    """What stands beside the tape."""
    return "\n".join(line.partition("│")[2] for line in screen_text(opened_app[0]).splitlines())


async def test_an_update_shows_what_alpha_makes_of_the_gradient_and_what_moved_most() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto W[1]", "select lr*dW[1][2,1]")
        seen = body((app, pilot))
        assert re.search(r"W\[1\] before  4×2 +dW\[1\]  4×2 +α·dW\[1\]  4×2 +→ W\[1\]  4×2", seen)
        gradient = app.debugger.value("dW[1]")
        assert f"= 0.5 · ({gradient[2, 1]:.4g})" in seen
        assert f"= {0.5 * gradient[2, 1]:.4g}" in seen
        largest = np.unravel_index(np.argmax(abs(gradient)), gradient.shape)
        assert f"moved most: [{largest[0]},{largest[1]}] by {-0.5 * gradient[largest]:.3g}" in seen
        await pilot.press("enter")
        assert prompt_line(app).startswith(": print lr*dW[1][2,1]   lr*dW[1][2,1] = ")


async def test_compare_shows_old_new_and_difference_and_says_where_there_is_no_earlier() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto L", "view layer", "compare old")
        assert "W[2] old  1×4" in body((app, pilot))
        assert "no earlier batch" in body((app, pilot))
        await run((app, pilot), "goto +1 batch")
        await pilot.press("o")
        seen = body((app, pilot))
        assert "new − old" in seen
        assert "δ[2] − old" in seen
        assert re.search(r"not yet", seen)
        gap = app.debugger.execute("change W[2]").value
        assert isinstance(gap, np.ndarray)
        assert all(f"{value:.5f}" in seen for value in gap.ravel())
        await run((app, pilot), "select W[2][0,1]")
        await pilot.press("enter")
        assert prompt_line(app).startswith(": change W[2][0,1]   W[2][0,1]: ")
        await run((app, pilot), "compare")
        assert " − old" not in body((app, pilot))
        await run((app, pilot), "compare other")
        assert "compare: must be new, old, difference" in screen_text(app)


async def test_sorted_units_keep_their_numbers_and_the_cursor_its_cell() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto dW[1]", "select dW[1][1,0]", "sort gradient")
        gradient = app.debugger.value("dW[1]")
        order = np.argsort(-np.linalg.norm(gradient, axis=1)).tolist()
        assert order != [0, 1, 2, 3]
        labels = [line.split("→")[0] for line in body((app, pilot)).splitlines()]
        result = next(place for place, line in enumerate(labels) if "dW[1]" in body((app, pilot)).splitlines()[place])
        assert result
        board = app.main.step_board.matrices["result"]
        rows = [re.match(r" *(\d+)", "".join(text for text, _ in line)) for line in board.lines()[2:6]]
        assert [int(row[1]) for row in rows if row] == order
        assert "dW[1][1,0] = Σ" in body((app, pilot))
        content, row, column = app.main.view.cell or pytest.fail("no cell")
        assert (row, content.index(row, column)) == (order.index(1), (1, 0))
        # What the cell reads is marked where it is shown: column 1 of δ[1], which is sorted too.
        marks = app.main.step_board._marks["operand 1"]  # noqa: SLF001  # marks are seen in colours alone
        assert set(marks) == {0, 1, 2, 3}
        assert all(columns == {order.index(1)} for columns in marks.values())
        await run((app, pilot), "step", "select db[1][3]")
        assert app.main.view.cell is not None
        assert app.main.view.cell[2] == order.index(3)
        # Until this iteration has a gradient, the one before tells.
        await run((app, pilot), "goto +1 batch", "goto -5")
        assert app.main.view.focused() is not None
        await pilot.press("x")
        assert prompt_line(app) == ": sort   units in their own order"


async def test_find_marks_counts_and_goes_on() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto Z[1]")
        await pilot.press("slash")
        assert prompt_line(app).startswith(": find")
        await pilot.press("<", "0", "enter")
        values = app.debugger.value("Z[1]")
        cells = [tuple(each) for each in np.argwhere(values < 0)]
        assert f"< 0: 1 of {len(cells)} in Z[1]" in prompt_line(app)
        assert f"find < 0: 1 of {len(cells)}" in body((app, pilot))
        await pilot.press("full_stop")
        content, row, column = app.main.view.cell or pytest.fail("no cell")
        assert content.index(row, column) == cells[1]
        await pilot.press("comma", "comma")
        content, row, column = app.main.view.cell or pytest.fail("no cell")
        assert content.index(row, column) == cells[-1]
        board = app.main.step_board.matrices["result"]
        test = app.main.view.wanted
        assert test is not None
        marked = [
            role for line in board.lines((row, column), {}, test.test) for _, role in line if isinstance(role, int)
        ]
        assert sum(role >= FOUND for role in marked) == len(cells) - 1
        assert sum(CURSOR <= role < CURSOR + VALUES for role in marked) == 1
        texts = "".join(text for line in board.lines((row, column), {}, test.test) for text, _ in line)
        assert texts.count("*") == len(cells)
        await run((app, pilot), "find nan")
        assert "no nan in Z[1]" in prompt_line(app)
        await run((app, pilot), "find none", "find next")
        assert "find: say what first" in screen_text(app)


async def test_stacks_are_paged_and_at_goes_to_a_cell_of_another_page() -> None:
    async with opened(STACK, (80, 24)) as (app, pilot):
        await run((app, pilot), "goto s")
        assert re.search(r"q\[0\] of 2  2×2 +k\[0\] of 2  2×2 +→ s\[0\] of 2  2×2", screen_text(app))
        await pilot.press("right_parenthesis")
        assert prompt_line(app) == ": page next   2 of 2"
        assert "→ s[1] of 2  2×2" in screen_text(app)
        await pilot.press("left_parenthesis", "at")
        assert prompt_line(app).startswith(": select s[")
        await pilot.press("1", ",", "0", ",", "1", "]", "enter")
        seen = screen_text(app)
        assert "→ s[1] of 2  2×2" in seen
        assert "s[1,0,1] = Σₖ q[1,0,k] · k[1,k,1]" in seen
        await run((app, pilot), "focus next", "page 5")
        assert "page: must be next, previous or a number from 0 to 1" in screen_text(app)


async def test_a_large_matrix_is_measured_while_nothing_else_is_to_do() -> None:
    model = {
        "data": {"generate": "moons", "samples": 4},
        "network": {
            "layer": [
                {"units": 600, "activation": "relu"},
                {"units": 600, "activation": "relu"},
                {"units": 1, "activation": "sigmoid"},
            ]
        },
        "loss": {"name": "binary_cross_entropy"},
        "training": {"epochs": 2},
    }
    async with opened(model) as (app, pilot):
        await run((app, pilot), "goto dW[2]")
        assert app.main.view.slowly.waiting
        assert "measuring …" in screen_text(app)
        for _ in range(100):
            app.main._work()  # noqa: SLF001  # what the timer does
        await pilot.pause()
        low = app.debugger.value("dW[2]").min()
        assert f"min {low:.4g}"[:8] in body((app, pilot))


async def test_nothing_earlier_is_looked_for_while_another_thread_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(LONG) as (app, pilot):
        await run((app, pilot), "goto +3 batch", "compare old")
        app.run_line("continue")
        assert app.mover.busy
        with monkeypatch.context() as patched:
            patched.setattr(Earlier, "of", lambda *_: pytest.fail("the worker's iteration was left"))
            # As when the worker has arrived, and the app does not know it yet.
            app.debugger.session.changed += 1
            app.action_run("select ")
            assert app.main.view.cell is not None
        app.action_interrupt()
        await until((app, pilot), lambda: not app.mover.busy)
