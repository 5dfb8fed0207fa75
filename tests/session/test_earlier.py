from __future__ import annotations

import numpy as np
import pytest

import nnstep

NAMES = ["X", "Z[1]", "delta[2]", "dW[1]", "W[1]", "b[2]", "L"]


def test_a_matrix_is_compared_with_the_same_rows_one_iteration_earlier() -> None:
    debugger = nnstep.open("xor")
    debugger.goto("epoch 5 batch 1 db[1]")
    rows = debugger.value("X")
    found = debugger.session.earlier.of(NAMES)
    debugger.goto("-1 batch")
    before = debugger.value("X")
    order = [int(np.flatnonzero((before == row).all(axis=1))[0]) for row in rows]
    for name, each in found.items():
        value = debugger.value(name)
        expected = value[order] if name in ("X", "Z[1]", "delta[2]") else value
        assert each.comparable
        assert np.array_equal(each.value, expected), name  # type: ignore[arg-type]  # it is there
        # An initial value apart, it is the step that wrote it.
        assert each.step in (debugger.session.tape.named(name).index + 60, debugger.session.tape.named(name).index + 40)


def test_a_parameter_just_updated_is_compared_with_its_old_value() -> None:
    debugger = nnstep.open("xor")
    debugger.goto("W[1]")
    found = debugger.session.earlier.of(["W[1]", "b[1]", "Z[1]"])
    assert np.array_equal(found["W[1]"].value, debugger.value("old(W[1])"))  # type: ignore[arg-type]  # it is there
    assert found["W[1]"].step == 0
    assert found["b[1]"].note == found["Z[1]"].note == "no earlier batch"
    debugger.goto("+1 epoch")
    assert debugger.session.earlier.of(["W[1]"])["W[1]"].step == 17


def test_other_rows_are_not_compared() -> None:
    debugger = nnstep.open("iris")
    debugger.goto("epoch 2 batch 2 dW[1]")
    found = debugger.session.earlier.of(["Z[1]", "dW[1]"])
    assert (found["Z[1]"].note, found["Z[1]"].comparable) == ("other rows before", False)
    assert found["dW[1]"].comparable


def test_it_leaves_the_step_as_it_is() -> None:
    debugger = nnstep.open("iris")
    debugger.goto("epoch 2 batch 2 dW[1]")
    before = {name: debugger.value(name) for name in ("Z[1]", "A[2]", "W[1]")}
    debugger.session.earlier.of(["Z[1]", "W[1]"])
    assert all(np.array_equal(debugger.value(name), value) for name, value in before.items())


@pytest.mark.parametrize("line", ["step 3", "rs 2"])
def test_a_branch_has_its_own(line: str) -> None:
    debugger = nnstep.open("xor")
    for each in ("goto epoch 3 batch 1 L", "set W[1][0,0] = 2", "goto epoch 4 batch 1 dA[2]", line):
        debugger.execute(each)
    value = debugger.session.earlier.of(["Z[1]"])["Z[1]"].value
    debugger.execute("goto -1 batch")
    assert value is not None
    assert np.allclose(np.sort(value, axis=0), np.sort(debugger.value("Z[1]"), axis=0))
