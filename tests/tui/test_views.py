from __future__ import annotations

import re
from itertools import pairwise

import pytest

import nnstep
from nnstep.tui.frame import STEP_VIEW, Needs, frame
from nnstep.tui.scene import layer_contents
from nnstep.tui.views import VIEWS
from tests.tui.seen import screen_text
from tests.tui.test_app import opened, prompt_line, run

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("parts", [STEP_VIEW, VIEWS["layer"].parts, ("formula", "network", "explained")], ids=str)
def test_the_parts_of_a_view_stand_under_one_another_and_fill_the_body(
    size: tuple[int, int], parts: tuple[str, ...]
) -> None:
    places = frame(*size, Needs(36, 20, 20), parts=parts)
    shown = [places[part] for part in parts if places[part].height]
    for above, below in pairwise(shown):
        assert above.y + above.height == below.y
    bottom = size[1] - (3 if places["bottom-rule"].height else 2)
    assert shown[-1].y + shown[-1].height == bottom
    assert all(not places[part].height for part in STEP_VIEW if part not in parts)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_layer_view_shows_all_matrices_of_a_layer(size: tuple[int, int]) -> None:
    async with opened("xor", size) as (app, pilot):
        await run((app, pilot), "goto 16", "view layer")
        seen = screen_text(app)
        for title in ("layer 1 of 2", "Z[1]  4×4", "A[1]  4×4", "δ[1]  4×4", "W[1]  4×2", "dW[1]  4×2", "b[1]  1×4"):
            assert title in seen
        assert "layer 2 of 2" not in seen
        await pilot.press("u")
        assert re.search(r"layer 2 of 2.*Z\[2\]  4×1", screen_text(app), re.DOTALL)
        await pilot.press("z")
        assert len(set(re.findall(r"\w+\[2\]  \d×\d", screen_text(app)))) == 1
        await pilot.press("z", "1")
        assert prompt_line(app) == ": view step"


def test_the_layer_view_shows_the_optimizers_slots_after_the_gradient_that_moves_them() -> None:
    session = nnstep.open("moons").session
    names = [content.name for content in layer_contents(session, 2, slots=True)]
    assert names == ["Z[2]", "A[2]", "delta[2]", "W[2]", "dW[2]", "mW[2]", "sW[2]", "b[2]", "db[2]", "mb[2]", "sb[2]"]
    assert not {"mW[2]", "sb[2]"} & {content.name for content in layer_contents(session, 2)}


async def test_what_is_not_computed_yet_leaves_its_room_to_others() -> None:
    async with opened("residual") as (app, pilot):
        # Of layer 2, f and its parameters are there, and no gradient.
        await run((app, pilot), "goto f")
        board = app.main.layer_board
        assert "not yet (step " in screen_text(app)
        absent = [matrix for matrix in board.matrices.values() if matrix.content.array is None]
        assert absent
        assert all(matrix.height <= 2 for matrix in absent)


async def test_an_unknown_view_is_refused() -> None:
    async with opened("xor", (200, 60)) as (app, pilot):
        await run((app, pilot), "view nothing")
        assert "view: must be step, layer, network, graph, training, data, weights or matrix, got" in prompt_line(app)


async def test_an_equation_shows_the_parameters_that_it_reads_with_their_gradients() -> None:
    async with opened("residual") as (app, pilot):
        await run((app, pilot), "goto dw2", "view layer")
        names = [matrix.content.name for matrix in app.main.layer_board.matrices.values()]
        assert names == ["f", "df", "w2", "dw2", "b2", "db2"]


async def test_escape_ends_a_search() -> None:
    async with opened("xor") as (app, pilot):
        await run((app, pilot), "goto Z[1]", "find > 0")
        assert "find > 0: " in screen_text(app)
        await pilot.press("escape")
        assert "find > 0" not in screen_text(app)
        assert prompt_line(app).startswith(": find none")
