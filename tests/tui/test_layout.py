from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.arrange import NOWHERE, Place, Wish, arrange, shares
from nnstep.tui.frame import Needs, frame
from nnstep.tui.paint import Line
from nnstep.tui.text import cut, ends, fill, width_of, wrap


def overlap(one: Place, other: Place) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    rows, columns = draw(st.integers(1, 5000)), draw(st.integers(1, 5000))
    label, pitch, title = draw(st.integers(0, 4)), draw(st.integers(2, 11)), draw(st.integers(4, 20))
    return Wish(max(title, label + columns * pitch), rows + 2, title, label, pitch, columns)


@given(st.lists(wishes(), min_size=1, max_size=7), st.integers(1, 220), st.integers(1, 60))
def test_matrices_stand_inside_the_board_and_never_on_each_other(wanted: list[Wish], width: int, height: int) -> None:
    _, places = arrange(tuple(wanted), width, height)
    standing = [place for place in places if place.width > 0 and place.height > 0]
    assert not any(overlap(one, other) for one, other in combinations(standing, 2))
    for place in standing:
        assert place.x >= 0
        assert place.y >= 0
        assert place.y + place.height <= height


def test_what_fits_side_by_side_stands_side_by_side_and_whole() -> None:
    small = Wish(30, 6, 10, 1, 7, 4)
    score, places = arrange((small, small, small), 100, 20)
    assert [(place.x, place.y, place.width, place.height) for place in places] == [
        (0, 0, 30, 6),
        (33, 0, 30, 6),
        (66, 0, 30, 6),
    ]
    assert score > 0.95


def test_what_does_not_fit_side_by_side_goes_below_where_that_shows_more() -> None:
    wide = Wish(90, 4, 10, 1, 8, 11)
    _, places = arrange((wide, wide), 100, 20)
    assert [place.y for place in places] == [0, 5]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(0, 300))
def test_shares_never_exceed_the_room_or_what_is_wanted(wanted: list[int], room: int) -> None:
    given_ = shares(wanted, room)
    assert sum(given_) <= room
    assert all(0 <= got <= want for got, want in zip(given_, wanted, strict=True))
    assert sum(given_) == min(room, sum(wanted))


@given(
    st.integers(1, 260),
    st.integers(1, 90),
    st.builds(Needs, st.integers(10, 90), st.integers(3, 80), st.integers(0, 80)),
    st.booleans(),
)
def test_the_parts_of_the_screen_stand_inside_it_and_never_on_each_other(
    width: int,
    height: int,
    needs: Needs,
    zoomed: bool,  # noqa: FBT001
) -> None:
    places = frame(width, height, needs, zoomed=zoomed)
    standing = {name: place for name, place in places.items() if place.height > 0 and place.width > 0}
    if width >= 40 and height >= 12:
        for one, other in combinations(standing, 2):
            assert not overlap(standing[one], standing[other]), (one, other)
        assert all(p.x + p.width <= width and p.y + p.height <= height for p in standing.values())
        assert {"summary", "phases", "tape", "step", "explained", "prompt", "keys"} <= set(standing)
    if width >= 100 and height >= 40 and needs.layer and not zoomed:
        assert places["layer"] != NOWHERE


lines = st.lists(st.tuples(st.text("abc δ∂σ深層 ", max_size=12), st.just("text")), max_size=5).map(tuple)


@given(lines, st.integers(1, 30))
def test_cut_and_filled_lines_are_as_wide_as_they_must_be(line: Line, width: int) -> None:
    assert width_of(cut(line, width)) <= width
    assert width_of(fill(line, width)) == width
    assert width_of(ends(line, (("x", "text"),), width)) == width


@given(lines, st.integers(8, 30))
def test_wrapped_lines_fit_and_lose_no_word(line: Line, width: int) -> None:
    wrapped = wrap(line, width, 2)
    assert all(width_of(each) <= width for each in wrapped)
    text = "".join(piece for piece, _ in line)
    assert "".join(piece for each in wrapped for piece, _ in each).replace(" ", "") == text.replace(" ", "")
