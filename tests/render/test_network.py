"""The network's picture: numbers where they belong, only what is computed, nothing cut off."""

from __future__ import annotations

import re

import pytest

from nnstep.render.network import network_picture
from nnstep.render.text import plain
from nnstep.session import Session
from tests.worked import MODEL, step_of


def rows(source: object, step: int, size: tuple[int, int] = (120, 24), row: int | None = 0) -> list[str]:
    session = Session(source)
    session.move(step)
    return [plain(line) for line in network_picture(session, *size, row=row).lines]


def test_before_the_first_step_there_are_weights_alone() -> None:
    text = "\n".join(rows("logistic_regression", 0))
    assert re.findall(r"-?\d+\.\d+", text) == ["0.5", "0.2", "-0.25", "0.1"]


def test_logistic_regression_as_it_is_drawn_in_textbooks() -> None:
    lines = rows("logistic_regression", 4)
    [neuron] = [place for place, line in enumerate(lines) if "→ L" in line]
    # z = 0.5·1 − 0.25·2 + 0.1·3 + 0.2 at the left, σ(0.5) at the right, the bias inside.
    assert re.search(r"│\s+0\.5\s+│ 0\.6225\s*│", lines[neuron])
    assert "╭ b 0.2 ─" in lines[neuron - 1]
    # Features stand at the left, one under the other, the middle one beside the neuron.
    features = [place for place, line in enumerate(lines) if "○" in line]
    assert [lines[place].split("○")[0].split() for place in features] == [["x₁", "1"], ["x₂", "2"], ["x₃", "3"]]
    assert features[1] == neuron


def test_inactive_units_are_marked() -> None:
    # In the second row Z[1] is 1.25 and −3.
    assert not any(" off " in line for line in rows(MODEL, step_of("A[1]"), row=0))
    [mark] = [line for line in rows(MODEL, step_of("A[1]"), row=1) if " off " in line]
    assert mark.count("╯") == 1


def test_deltas_come_back_and_edges_turn_to_gradients() -> None:
    before, after = rows(MODEL, step_of("dA[2]")), rows(MODEL, step_of("dW[2]"))
    assert "δ" not in "".join(before)
    assert "W[2]" in before[0]
    assert "dW[2]" in after[0]
    text = "\n".join(after)
    assert "δ 1.5" in text
    # The edges into the output carry dW[2] = 6, 1.5.
    assert re.search(r"[⠀-⣿ ]6[⠀-⣿ ]", text)
    assert "W[2]" in rows(MODEL, step_of("W[2]"))[0].replace("dW[2]", "")


def test_the_mean_of_the_batch() -> None:
    lines = rows(MODEL, step_of("A[2]"), row=None)
    # (2.5 + 3) / 2 of Z[2] and A[2].
    assert sum(len(re.findall(r"2\.75", line)) for line in lines) == 2
    assert lines[-1].startswith("mean of 2 rows")


@pytest.mark.parametrize("size", [(80, 22), (120, 30), (200, 50)])
@pytest.mark.parametrize("name", ["xor", "mlp", "moons", "digits", "logistic_regression", "vanishing_gradient"])
def test_nothing_is_cut_and_everything_accounted_for(name: str, size: tuple[int, int]) -> None:
    session = Session(name)
    session.move(len(session.tape))
    picture = network_picture(session, *size)
    assert len(picture.lines) == size[1]
    lines = ["".join(span.text for span in line) for line in picture.lines]
    assert all(len(line) == size[0] for line in lines)
    text = "\n".join(lines)
    assert text.count("(") == text.count(")")
    assert text.count("╭") == text.count("╮") == text.count("╰") == text.count("╯")
    # Units drawn and units left out are all there are, for the layers in sight.
    shown = sum(int(n) for n in re.findall(r"… (\d+) more", text)) + len(
        {area.command for area in picture.areas if area.command.startswith(("select Z", "select X"))}
    )
    layers = session.model.layers
    units = [session.model.data.features.shape[1], *(layer.units for layer in layers)]
    first, last = map(int, (re.findall(r"layers (\d+) to (\d+)", text) or [(0, len(layers))])[0])
    assert shown in (sum(units[first : last + 1]), sum(units[first - 1 : last + 1]))


def test_the_selected_unit_is_always_there() -> None:
    session = Session("digits")
    session.move(6)
    picture = network_picture(session, 80, 22, selected=(1, 60))
    assert any(area.command == "select Z[1][0,60]" for area in picture.areas)


def test_neurons_can_be_clicked() -> None:
    session = Session("logistic_regression")
    session.move(4)
    picture = network_picture(session, 80, 20)
    row = next(place for place, line in enumerate(picture.lines) if "→ L" in plain(line))
    text = plain(picture.lines[row])
    left = text.index("│")
    assert picture.at(left + 3, row) == "select Z[1][0,0]"
    assert picture.at(text.rindex("│") - 3, row) == "select A[1][0,0]"
    assert picture.at(text.index("○"), row) == "select X[0,1]"
