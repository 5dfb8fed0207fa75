from __future__ import annotations

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError
from nnstep.session.survey import finished
from nnstep.tui.content import Content, Order
from nnstep.tui.finding import Matches, Spot, condition, count

SESSION = nnstep.open("xor").session
VALUES = np.array([[1.0, -2.0, 0.0], [np.nan, 3.0, -np.inf]])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nan", [(1, 0)]),
        ("inf", [(1, 2)]),
        ("> 1", [(1, 1)]),
        (">= 1", [(0, 0), (1, 1)]),
        ("== 0", [(0, 2)]),
        ("abs > 1", [(0, 1), (1, 1), (1, 2)]),
        ("abs>1+1", [(1, 1), (1, 2)]),
        ("< lr - 1", [(0, 1), (1, 2)]),
        ("!= 0", [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]),
    ],
)
def test_a_condition_finds_values(text: str, found: list[tuple[int, int]]) -> None:
    assert [tuple(each) for each in np.argwhere(condition(SESSION, text).test(VALUES))] == found


@pytest.mark.parametrize("text", ["", "many", "> W[1]", "abs 1", "> nothing"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CommandError):
        condition(SESSION, text)


def content(array: np.ndarray, **more: object) -> Content:
    return Content("slot", "K", (), array.shape, "K", array, **more)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize("axis", ["rows", "columns", None])
def test_next_and_previous_go_through_all_matches_as_they_are_shown(axis: str | None) -> None:
    rng = np.random.default_rng(7)
    array = rng.integers(-2, 3, size=(5, 4)).astype(float)
    units = rng.permutation(5 if axis == "rows" else 4)
    order = Order(axis, units) if axis else None  # type: ignore[arg-type]  # one of the two
    shown = array[units] if axis == "rows" else array[:, units] if axis else array
    each = content(array, order=order)
    what = condition(SESSION, "== 1")
    matches = Matches(each, what, finished(count(each, what)))
    expected = [Spot(0, int(row), int(column)) for row, column in np.argwhere(shown == 1)]
    assert matches.total == len(expected) > 2
    spot: Spot | None = Spot(0, 4, 3) if expected[-1] != Spot(0, 4, 3) else expected[-1]
    walked = []
    for _ in expected:
        assert spot is not None
        spot = matches.beyond(spot, forward=True)
        walked.append(spot)
    assert walked == expected
    assert [matches.number(each) for each in expected] == list(range(1, len(expected) + 1))
    assert matches.beyond(expected[0], forward=False) == expected[-1]
    assert matches.beyond(expected[2], forward=False) == expected[1]
    values = [array[each.index(spot.row, spot.column)] for spot in expected]
    assert values == [1.0] * len(expected)


def test_matches_lead_from_page_to_page_of_a_stack() -> None:
    array = np.zeros((3, 2, 2))
    array[0, 1, 1] = array[2, 0, 1] = 5
    each, what = content(array), condition(SESSION, "> 1")
    matches = Matches(each, what, finished(count(each, what)))
    assert matches.beyond(Spot(0, 1, 1), forward=True) == Spot(2, 0, 1)
    assert matches.beyond(Spot(2, 0, 1), forward=True) == Spot(0, 1, 1)
    assert matches.beyond(Spot(1, 1, 0), forward=False) == Spot(0, 1, 1)


def test_a_single_match_is_found_again_and_none_is_none() -> None:
    each, what = content(np.eye(1, 4, 2)), condition(SESSION, "== 1")
    matches = Matches(each, what, finished(count(each, what)))
    assert matches.beyond(Spot(0, 0, 2), forward=True) == Spot(0, 0, 2)
    none = condition(SESSION, "nan")
    assert Matches(each, none, finished(count(each, none))).beyond(Spot(0, 0, 0), forward=True) is None
