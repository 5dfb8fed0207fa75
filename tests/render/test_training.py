"""The training's panels, the data's and the weights' pictures, and heat maps."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.commands import execute
from nnstep.errors import CommandError
from nnstep.render.data import data_picture, weights_picture
from nnstep.render.evaluation import confusion_lines
from nnstep.render.heat import beside, extremes, heat_picture, side_of
from nnstep.render.learnt import boundary_picture, surface_picture
from nnstep.render.plot import MARGIN
from nnstep.render.scale import MIDDLE, SCALE
from nnstep.render.text import Span, plain, text_of
from nnstep.render.training import PANELS, Choice, training_picture
from nnstep.session import Session
from nnstep.session.surface import surface
from tests.worked import MODEL

LINE = {
    "data": {"features": [[-1.0, 0.0], [1.0, 0.0]], "targets": [[0], [1]]},
    "network": {"layer": [{"units": 1, "activation": "sigmoid", "weights": [[20.0, 0.0]], "bias": [0.0]}]},
    "loss": {"name": "binary_cross_entropy"},
    "training": {"learning_rate": 0.1, "batch_size": "all", "epochs": 4, "shuffle": False},
}
"""The border is x₁ = 0."""


def test_a_model_has_the_panels_that_fit_it() -> None:
    def names(source: object) -> list[str]:
        return [panel.name for panel in PANELS if panel.fits(Session(source))]

    assert names("moons") == [
        *("loss", "boundary", "accuracy", "gradients", "updates", "zeros", "confusion", "surface"),
    ]
    assert names("linear_regression") == ["loss", "fit", "gradients", "updates", "surface"]
    assert names("chain_rule") == ["loss", "gradients", "updates", "surface"]


@pytest.mark.parametrize("size", [(80, 22), (120, 30), (200, 50)])
@pytest.mark.parametrize("name", ["xor", "iris", "linear_regression", "chain_rule"])
def test_the_panels_fill_the_picture_and_no_more(name: str, size: tuple[int, int]) -> None:
    session = Session(name)
    session.move(session.calendar.span("epoch") * 3 + 1)
    picture = training_picture(session, *size)
    assert len(picture.lines) <= size[1]
    assert max(len(plain(line)) for line in picture.lines) <= size[0]
    assert [len(plain(line)) <= size[0] for line in picture.colourless] == [True] * len(picture.lines)


def test_a_click_in_the_loss_goes_to_the_end_of_a_batch() -> None:
    session = Session("xor")
    session.move(20 * len(session.tape))
    picture = training_picture(session, 80, 22, choice=Choice("loss"))
    assert picture.at(MARGIN + 1, 5) == f"goto {len(session.tape)}"
    assert picture.at(79, 5) == f"goto {session.step}"


def test_branches_are_drawn_together() -> None:
    session = Session("xor")
    session.move(30 * len(session.tape))
    execute(session, "set lr = 5")
    session.move(60 * len(session.tape))
    [title, *_] = training_picture(session, 80, 22, choice=Choice("loss")).lines
    assert "main" in plain(title)
    assert "b1" in plain(title)


def test_what_is_measured_by_hand() -> None:
    session = Session(MODEL)
    session.move(20)
    record = session.measures.of(session.timeline)
    steps, gradients = record.curves("gradient", session.step)
    assert steps.tolist() == [20]
    # dW[1] is 15, 0, −1.5, −3; half of the four cells of A[1] … one of them is 0.
    assert gradients["dW[1]"][0] == pytest.approx((15**2 + 1.5**2 + 3**2) ** 0.5)
    assert record.curves("zeros", 20)[1] == {"A[1]": [0.25]}
    # W[2] = 2, −1 moved by 0.125 · (6, 1.5).
    expected = 0.125 * (36 + 2.25) ** 0.5 / 5**0.5
    assert record.curves("update", 20)[1]["W[2]"][0] == pytest.approx(expected)
    assert record.curves("update", 19)[0].tolist() == []


def test_the_border_lies_where_the_model_puts_it() -> None:
    session = Session(LINE)
    picture = boundary_picture(session, 41, 12)
    for line in picture.lines[1:-1]:
        pairs = [span.role if character == "▀" else "mark" for span in line for character in span.text]
        assert all(max(pair) < MIDDLE for pair in pairs[:18] if isinstance(pair, tuple))
        assert all(min(pair) > MIDDLE for pair in pairs[23:] if isinstance(pair, tuple))
    text = text_of(picture.lines[1:-1])
    assert (text.count("○"), text.count("●")) == (1, 1)


def test_the_loss_surface_holds_the_loss_and_the_way() -> None:
    session = Session(MODEL)
    session.move(session.length)
    found = surface(session)
    assert found is not None
    assert found.path[0].tolist() == [
        float(Session(MODEL).read(name)[index]) for name, index in (found.across[0], found.down[0])
    ]
    assert found.steps[-1] == session.step
    picture = surface_picture(session, 60, 20)
    text = text_of(picture.lines)
    assert text.count("◆") == 2
    assert any(area.command == "goto 0" for area in picture.areas)


def test_rows_that_are_pictures() -> None:
    session = Session("digits")
    session.move(1)
    picture = data_picture(session, 60, 20)
    rows = session.timeline.rows(0)
    captions = plain(picture.lines[4])
    targets = np.argmax(session.model.data.targets[rows], axis=1)
    assert [part.split(" → ")[0].strip() for part in captions.split("   ") if part.strip()][:3] == [
        str(target) for target in targets[:3]
    ]
    assert "more" in plain(picture.lines[-1])
    assert "unit 0" in text_of(weights_picture(session, 60, 20).lines)


def test_rows_that_are_none() -> None:
    session = Session(MODEL)
    session.move(1)
    lines = [plain(line) for line in data_picture(session, 80, 20).lines]
    assert lines[1].split() == ["0", "1", "2", "1", "→", "2.5"]


def test_a_heat_map_by_hand() -> None:
    picture = heat_picture("W", np.array([[1.0, -1.0], [0.0, 0.5], [0.0, 0.0]]), 40, 10)
    # Each of the six values has 8 cells and 2 lines.
    assert picture.lines[1] == (("▀" * 8, (SCALE - 1, SCALE - 1)), ("▀" * 8, (0, 0)))
    assert picture.lines[3] == (("▀" * 8, (MIDDLE, MIDDLE)), ("▀" * 8, (MIDDLE + MIDDLE // 2,) * 2))
    assert plain(picture.colourless[2]) == "█" * 8 + "X" * 8
    assert len(picture.lines) == 8
    assert picture.at(8, 1) == picture.at(15, 2) == "select W[0,1]"
    assert picture.at(16, 1) == picture.at(0, 0) == ""


def test_a_heat_map_marks_a_cell_and_says_its_value() -> None:
    picture = heat_picture("W", np.array([[1.0, -1.0], [0.0, 0.5]]), 40, 10, chosen=(1, 1))
    assert plain(picture.lines[0]) == "W  2×2  [1,1] 0.5"
    # Its cells are three lines high.
    assert [plain(line).find("▐") for line in picture.colourless[3:7]] == [-1, 12, 12, 12]


def test_larger_matrices_keep_their_extremes() -> None:
    matrix = np.zeros((4, 6))
    matrix[1, 1], matrix[2, 5] = -3, 2
    assert extremes(matrix, 2, 3).tolist() == [[-3, 0], [0, 2]]
    picture = heat_picture("W", np.ones((500, 700)), 50, 12)
    assert max(len(plain(line)) for line in picture.lines[1:-1]) <= 50
    assert len(picture.lines) <= 12


def test_sides() -> None:
    assert [side_of(count) for count in (64, 4, 16, 60)] == [8, 0, 4, 0]


def test_views_by_name() -> None:
    session = Session("xor")
    session.move(20)
    with pytest.raises(CommandError, match=r"no plot .fit.; there are loss, boundary"):
        execute(session, "view training fit 80x20")
    assert "loss (log)" in execute(session, "view training loss log 80x20").text
    assert execute(session, "view training loss 80x20").text.lstrip().startswith("loss")
    assert execute(session, "view matrix W[1] 60x20").text.startswith("W[1]  4×2")


@pytest.mark.filterwarnings("error")
def test_where_the_loss_is_no_number_the_surface_says_so() -> None:
    session = Session("exploding_gradient")
    session.move(40 * len(session.tape) + 7)
    lines = [plain(line) for line in surface_picture(session, 60, 12).lines]
    assert lines == ["surface", "near here the loss is no number anywhere"]


def test_a_table_shows_as_many_features_as_have_whole_numbers() -> None:
    session = Session("iris")
    session.move(1)
    for width in (60, 78, 150):
        lines = [plain(line) for line in data_picture(session, width, 20, row=1).lines]
        assert max(map(len, lines)) <= width
        assert ("… 2 more" in lines[0]) == (width == 78)
        assert lines[2].startswith("▶")
    assert data_picture(session, 78, 20).at(3, 4) == "row 3"


def test_wide_characters_take_two_cells() -> None:
    line = beside([((Span("猫 → 犬"),), 10), ((Span("x"),), 3)])
    assert "".join(span.text for span in line) == "猫 → 犬   x  "
    counts = np.array([[3, 1], [0, 2]])
    assert [plain(each) for each in confusion_lines(counts, ("猫", "dog"))] == [
        "is, taken for   猫 dog",
        "           猫    3   1",
        "          dog    0   2",
    ]
