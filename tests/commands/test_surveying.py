from __future__ import annotations

import numpy as np
import pytest

import nnstep
from nnstep.errors import CommandError
from nnstep.tui.scene import step_contents

STACK = {
    "data": {"features": [[0.0, 1.0, 2.0, -1.0], [1.0, 0.5, 1.0, 1.0]], "targets": [[0.0], [1.0]]},
    "graph": {
        "equations": ["q = reshape(x, -1, 2, 2)", "s = q @ k", "L = mean(s ** 2)"],
        "parameters": {"k": {"shape": [2, 2, 2], "init": "normal"}},
    },
    "training": {"epochs": 20, "batch_size": "all", "shuffle": False},
}


def test_summary_says_shape_range_and_classes_in_one_line() -> None:
    debugger = nnstep.open("xor")
    debugger.goto("Z[1]")
    text = debugger.execute("summary Z[1] * 0 - 2").text
    assert text == "Z[1] * 0 - 2  4×4  min -2  max -2  mean -2  norm 8   −∞ 0  − 16  0 0  + 0  +∞ 0  NaN 0"
    assert debugger.execute("summary log(Z[1] * 0)").text.endswith("−∞ 16  − 0  0 0  + 0  +∞ 0  NaN 0")
    with pytest.raises(CommandError, match=r"not computed yet"):
        debugger.execute("summary dW[1]")


@pytest.mark.parametrize(
    ("model", "at", "titles"),
    [
        ("xor", "W[1]", ["W[1] before  4×2", "dW[1]  4×2", "α·dW[1]  4×2", "W[1] after  4×2"]),
        ("moons", "mW[1]", ["mW[1] before  16×2", "dW[1]  16×2", "mW[1] after  16×2"]),
        (
            "moons",
            "b[1]",
            ["b[1] before  16", "db[1]  16", "mb[1]  16", "sb[1]  16", "before − after  16", "b[1] after  16"],
        ),
    ],
)
def test_info_update_shows_what_an_update_is_made_of(model: str, at: str, titles: list[str]) -> None:
    debugger = nnstep.open(model)
    debugger.goto(at)
    lines = debugger.execute("info update").text.splitlines()
    assert lines[0].startswith(f"{at} ← ")
    assert [line for line in lines[1:-1] if not line.startswith(" ")] == titles
    before, after = debugger.value(f"old({at})"), debugger.value(at)
    where = np.unravel_index(np.argmax(abs(after - before)), after.shape)
    assert lines[-1].startswith(f"moved most: [{','.join(map(str, where))}] by {after[where] - before[where]:.3g} (")


def test_a_number_moves_by_so_much() -> None:
    debugger = nnstep.open("chain_rule")
    debugger.goto("w0")
    assert debugger.execute("info update").text.splitlines()[-1] == "moved by 0.0197 (0.98 %)"


def test_momentum_moves_by_its_velocity() -> None:
    debugger = nnstep.open("xor", {"training.optimizer": "momentum"})
    debugger.goto("W[1]")
    text = debugger.execute("info update").text
    assert [each for each in ("dW[1]  4×2", "vW[1]  4×2", "α·vW[1]  4×2") if each not in text] == []


def test_info_update_elsewhere_says_where_there_is_one() -> None:
    with pytest.raises(CommandError, match=r"`goto W\[1\]` goes to one"):
        nnstep.open("xor").execute("info update")


def test_before_an_update_is_what_it_read_though_an_edit_came_after_the_iterations_start() -> None:
    debugger = nnstep.open("logits")
    debugger.execute("set b[1] = -120.3")
    debugger.execute("goto b[1]")
    # The gradient is σ(−120) − 1, which is −1; α is 0.1.
    lines = debugger.execute("info update").text.splitlines()
    assert lines[2].strip() == "-120.3"
    assert lines[-1] == "moved most: [0] by 0.1 (0.083 %)"
    first = step_contents(debugger.session)[0]
    assert (first.title[-1][0], np.asarray(first.array).tolist()) == (" before", [-120.3])


def test_change_is_what_the_last_batch_changed() -> None:
    debugger = nnstep.open("xor")
    debugger.goto("epoch 3 batch 1 L")
    now = debugger.value("W[2]")
    debugger.goto("-1 batch")
    before = debugger.value("W[2]")
    debugger.goto("+1 batch")
    assert np.array_equal(debugger.execute("change W[2]").value, now - before)  # type: ignore[arg-type]  # an array
    cell = debugger.execute("change W[2][0,1]").text
    assert cell.startswith(f"W[2][0,1]: {before[0, 1]:.4g} → {now[0, 1]:.4g}, by ")
    assert cell.endswith("since step 19")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("change W[1]", "no earlier batch: this is the first one"),
        ("change Z[1][9,9]", r"no cell Z\[1\]\[9,9\]"),
        ("change lr", "change: α: no earlier batch"),
        ("change nothing", "no matrix nothing"),
    ],
)
def test_what_cannot_be_compared_is_said(line: str, said: str) -> None:
    debugger = nnstep.open("xor")
    debugger.goto("Z[1]")
    with pytest.raises(CommandError, match=said):
        debugger.execute(line)


def test_a_stack_has_a_summary_and_changes_like_any_matrix() -> None:
    debugger = nnstep.open(STACK)
    debugger.goto("k")
    assert debugger.execute("summary k").text.startswith("k  2×2×2  min ")
    before, after = debugger.value("old(k)"), debugger.value("k")
    page, row, column = np.unravel_index(np.argmax(abs(after - before)), after.shape)
    assert f"moved most: [{page},{row},{column}] by" in debugger.execute("info update").text
    assert (
        debugger.execute(f"change k[{page},{row},{column}]").value
        == after[page, row, column] - before[page, row, column]
    )
