"""An explained cell as lines."""

from __future__ import annotations

import nnstep
from nnstep.render.explanation import explanation_lines, show
from nnstep.render.text import plain
from tests.worked import MODEL


def lines(name: str, index: tuple[int, ...], step: int) -> list[str]:
    debugger = nnstep.open(MODEL)
    debugger.goto(step)
    return [plain(spans) for spans in explanation_lines(debugger.session.explain(name, index, show))]


def test_the_signs_of_equality_stand_in_one_column() -> None:
    assert lines("dW[1]", (0, 0), 15) == [
        "dW[1][0,0] = Σᵢ δ[1][i,0] · X[i,0]",
        "           = 3 · 1 + 6 · 2",
        "           = 3 + 12",
        "           = 15",
        "in PyTorch: part of loss.backward(), left in W[1].grad",
    ]


def test_an_update_begins_with_an_arrow() -> None:
    assert lines("b[2]", (0,), 20) == [
        "b[2][0] ← b[2][0] − α · db[2][0]",
        "        = 0.5 − 0.125 · 4.5",
        "        = 0.5 − 0.5625",
        "        = -0.0625",
        "in PyTorch: part of optimizer.step() of torch.optim.SGD",
    ]


def test_what_nothing_computes() -> None:
    assert lines("W[1]", (1, 0), 0) == ["W[1][1,0]: its initial value", "= -1"]
    assert lines("X", (1, 0), 1) == [
        "X[1,0] ← features[1,0]",
        "       = 2",
        "in PyTorch: one batch of a torch.utils.data.DataLoader",
    ]
