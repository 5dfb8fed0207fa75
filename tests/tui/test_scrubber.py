from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.paint import Role
from nnstep.tui.scrubber import Run, Sign, cell_of, line, step_of, track
from nnstep.tui.text import width_of

HIT = Sign("●", "error")


def run_of(length: int, size: int, reached: int, kept: list[int], signs: dict[int, Sign] | None = None) -> Run:
    def before(iteration: int) -> int:
        return max((each for each in kept if each <= iteration), default=0)

    return Run(length, size, reached, before, len(kept), signs or {})


def text(cells: list[tuple[str, Role]]) -> str:
    return "".join(piece for piece, _ in cells)


def test_what_has_not_been_run_is_dotted_and_far_checkpoints_are_drawn() -> None:
    # 100 iterations on 101 cells: a cell an iteration, each cell the iterations up to its middle.
    run = run_of(1000, 10, 50, [0, 20, 40])
    assert text(track(run, 101)) == "─" * 20 + "┆" + "─" * 19 + "┆" + "─" * 10 + "┄" * 50


def test_checkpoints_nearer_than_the_eye_can_part_are_not_drawn() -> None:
    assert "┆" not in text(track(run_of(1000, 10, 100, [*range(100)]), 50))


def test_nothing_run_is_dotted_from_the_start() -> None:
    assert text(track(run_of(1000, 10, 0, [0]), 20)) == "┄" * 20


def test_signs_stand_where_they_happened_and_a_click_on_one_goes_to_its_step() -> None:
    signs = {503: HIT, 999: Sign("▼", "strong")}
    cells = track(run_of(1000, 10, 100, [0], signs), 41)
    assert cells[20] == ("●", "error")
    assert cells[40] == ("▼", "strong")
    assert step_of(20, 1000, 41, signs) == 503
    assert step_of(10, 1000, 41, signs) == 250


def test_the_place_parts_what_is_behind_from_what_is_ahead() -> None:
    cells = track(run_of(1000, 10, 100, [0], {0: HIT}), 11)
    assert text(list(line(cells, 5, moving=False))) == "●━━━━┃─────"
    assert text(list(line(cells, 5, moving=True)))[5] == "▶"


@given(st.integers(1, 10**9), st.integers(8, 120), st.data())
def test_the_ends_of_the_line_are_the_ends_of_the_run(length: int, width: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, length))
    assert 0 <= cell_of(step, length, width) < width
    assert step_of(0, length, width, {}) == 0
    assert step_of(width - 1, length, width, {}) == length
    cells = track(run_of(length, 1, length // 2, [0]), width)
    assert width_of(line(cells, cell_of(step, length, width), moving=False)) == width


def test_a_long_run_costs_no_more_questions_than_a_short_one() -> None:
    asked: list[int] = []

    def kept(iteration: int) -> int:
        asked.append(iteration)
        return iteration

    track(Run(10**9, 10, 10**8, kept, 0, {}), 60)
    assert len(asked) <= 60
