from __future__ import annotations

import numpy as np
import pytest

from nnstep.render.scale import INFINITE, NAN, SCALE, ZERO
from nnstep.tui.cells import colour_numbers
from nnstep.tui.content import Content
from nnstep.tui.format import Extent, choose, extent
from nnstep.tui.matrix import Matrix
from nnstep.tui.paint import Line


def content(array: np.ndarray | None, name: str = "Z[1]", **more: object) -> Content:
    shape = array.shape if array is not None else (4, 4)
    return Content("result", name, ((name, "strong"),), shape, array=array, **more)  # type: ignore[arg-type]  # a test's shorthand


def drawn(matrix: Matrix, width: int, height: int, cursor: tuple[int, int] | None = None) -> list[str]:
    matrix.place(width, height)
    lines = matrix.lines(cursor)
    texts = ["".join(text for text, _ in line) for line in lines]
    assert [len(text) for text in texts] == [width] * height
    return texts


def role_at(line: Line, x: int) -> object:
    for text, role in line:
        if x < len(text):
            return role
        x -= len(text)
    raise AssertionError(x)


def test_a_small_matrix_is_shown_whole() -> None:
    matrix = Matrix(content(np.array([[0.5, -1.25], [2.0, 0.0]])))
    assert drawn(matrix, matrix.wish.width, matrix.wish.height) == [
        "Z[1]  2×2        ",
        "        0       1",
        "0  0.5000 -1.2500",
        "1  2.0000       0",
    ]


def test_only_whole_columns_are_drawn_and_more_is_marked() -> None:
    matrix = Matrix(content(np.linspace(-1, 1, 40).reshape(2, 20)))
    lines = drawn(matrix, 28, 4)
    assert lines[1].split() == ["0", "1", "2", "›"]
    assert all(len(number) == 7 for number in lines[2].split()[1:])
    matrix.reach(0, 7)
    lines = drawn(matrix, 28, 4)
    assert lines[1].split() == ["‹", "5", "6", "7", "›"]
    matrix.reach(0, 19)
    assert drawn(matrix, 28, 4)[1].split() == ["‹", "17", "18", "19"]


def test_rows_out_of_sight_are_told_in_the_title() -> None:
    matrix = Matrix(content(np.zeros((100, 6))))
    assert drawn(matrix, 30, 7)[0].endswith("↓ 0-4" + " " * 12) or "↓ 0-4" in drawn(matrix, 30, 7)[0]
    matrix.reach(50, 0)
    assert "↑↓ 46-50" in drawn(matrix, 30, 7)[0]


def test_vectors_have_one_row_and_scalars_one_number() -> None:
    vector = Matrix(content(np.array([1.5, -2.5]), "b[1]"))
    assert drawn(vector, 20, 3)[0].startswith("b[1]  1×2")
    assert drawn(vector, 20, 3)[2].split() == ["1.5000", "-2.5000"]
    assert vector.content.index(0, 1) == (1,)
    scalar = Matrix(content(np.array(0.25), "L"))
    assert drawn(scalar, 12, 2)[1].split() == ["0.2500"]
    assert scalar.content.index(0, 0) == ()


def test_a_stack_shows_one_matrix_under_its_own_index() -> None:
    stack = content(np.arange(24.0).reshape(2, 3, 4), "K", page=1)
    assert stack.index(1, 2) == (1, 1, 2)
    assert stack.page_of((1, 1, 2)) == 1
    assert stack.place((1, 1, 2)) == (1, 2)
    assert stack.mark([(0, 2, 2), (1, 1, 2), (1, 1, 3)]) == {1: {2, 3}}
    lines = drawn(Matrix(stack), 30, 5)
    assert lines[0].startswith("K[1] of 2  3×4")
    assert lines[2].split() == ["0", "12", "13", "14", "15"]
    deep = content(np.zeros((2, 3, 2, 5)), "K", page=4)
    assert drawn(Matrix(deep), 40, 4)[0].startswith("K[1,1] of 2×3  2×5")


def test_what_is_not_computed_says_when_it_is() -> None:
    lines = drawn(Matrix(content(None, note="not yet (step 235)")), 30, 5)
    assert lines[1].strip() == "not yet (step 235)"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.0312, -0.041], ["0.03120", "-0.04100"]),
        ([12345.678, -1.0], ["12345.7", "-1.0"]),
        ([1e-7, -3e-8], ["1.00e-07", "-3.00e-08"]),
        ([8e307, -1e-300], ["8.00e+307", "-1.00e-300"]),
        ([0.0, 7.0, 16.0], ["0", "7", "16"]),
        ([1.0, np.nan, np.inf, -np.inf], ["1", "NaN", "∞", "-∞"]),
        ([0.25, 0.0, -0.0], ["0.2500", "0", "0"]),
        ([np.nan, np.nan], ["NaN", "NaN"]),
    ],
)
def test_one_format_fits_all_numbers_of_a_matrix(values: list[float], texts: list[str]) -> None:
    matrix = Matrix(content(np.array([values])))
    assert drawn(matrix, 60, 3)[2].split()[1:] == texts


def test_no_number_is_cut_whatever_its_size() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        array = rng.normal(size=(3, 5)) * 10.0 ** rng.integers(-300, 300, size=(3, 5))
        form = choose(extent(array))
        matrix = Matrix(content(array))
        for row, line in zip(array, drawn(matrix, 100, 5)[2:], strict=True):
            for value, text in zip(row, line.split()[1:], strict=True):
                near = abs(float(text.replace("∞", "inf")) - value)
                assert near <= max(abs(value) * 0.5, 10.0 ** -(int(form.pattern.split(".")[1][0])))


def test_colours_go_from_the_smallest_over_zero_to_the_largest() -> None:
    block = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0, np.nan, np.inf, -np.inf]])
    assert colour_numbers(block, 2.0) == [[0, 16, ZERO, 48, SCALE - 1, NAN, INFINITE, INFINITE]]
    assert colour_numbers(np.array([[5e-324]]), 5e-324) == [[SCALE - 1]] or colour_numbers(np.array([[5e-324]]), 5e-324)


def test_the_cursor_and_what_it_reads_are_marked() -> None:
    matrix = Matrix(content(np.ones((3, 3)) / 3))
    matrix.place(40, 5)
    plain = role_at(matrix.lines()[3], 4)
    marked = matrix.lines((1, 0), {1: {0, 2}})
    assert isinstance(plain, int)
    assert len({plain, role_at(marked[3], 8), role_at(marked[3], 24), role_at(marked[3], 16)}) == 3


def test_a_huge_matrix_is_measured_once_and_drawn_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []

    def measured(array: np.ndarray) -> Extent:
        seen.append(array.shape)
        return extent(array)

    def coloured(block: np.ndarray, largest: float) -> list[list[int]]:
        seen.append(block.shape)
        return colour_numbers(block, largest)

    monkeypatch.setattr("nnstep.tui.format.extent", measured)
    monkeypatch.setattr("nnstep.tui.matrix.colour_numbers", coloured)
    array = np.ones((4096, 4096))
    matrix = Matrix(content(array, version=1))
    seen.clear()
    for step in range(5):
        matrix.show(content(array, version=1))
        matrix.reach(step * 900, step * 900)
        drawn(matrix, 60, 20)
    assert seen
    assert max(seen) <= (18, 30)
