"""Data that no one would choose: what becomes of it is defined, from opening it to explaining its cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import nnstep
from nnstep import Debugger
from nnstep.errors import ModelError

Rows = Sequence[Sequence[float]]
NAN, INF = float("nan"), float("inf")


def opened(features: Rows, targets: Rows | list[str], output: str = "sigmoid", **settings: object) -> Debugger:
    """A small network on some rows, with settings such as `training__shuffle`."""
    model = {
        "data": {"features": features, "targets": targets},
        "network": {"layer": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": output}]},
        "training": {"epochs": 3},
    }
    return nnstep.open(model, {key.replace("__", "."): value for key, value in settings.items()})


def looked_at(debugger: Debugger) -> Debugger:
    """Everything asked that can be: none of it may fail or warn, whatever the numbers are."""
    debugger.goto("end")
    for line in ("info health", "why", "history", "explain dW[1][0,0]", "print X", "summary X", "restart", "goto 50%"):
        debugger.execute(line)
    return debugger


@pytest.mark.parametrize(
    "features",
    [[[5e-324, 1e-310], [1, 2]], [[1e308, -1e308], [1, 2]], [[0, -0.0], [0, 0]]],
    ids=["subnormal", "huge", "zeros"],
)
def test_extreme_numbers_train_and_their_gradients_are_checked(features: Rows) -> None:
    debugger = looked_at(opened(features, [[0], [1]]))
    assert np.isfinite(debugger.losses).all()
    assert "wrong" not in debugger.execute("gradcheck").text


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_data_that_is_not_finite_is_where_the_trouble_began(bad: float) -> None:
    debugger = looked_at(opened([[bad, 1], [1, 2]], [[0], [1]], output="identity", training__shuffle=False))
    debugger.goto("epoch 1 Z[1]")
    # The first instruction of the first iteration loads it.
    assert debugger.execute("why").text.splitlines()[-1].startswith("here it began: goto 1 ")


def test_a_number_beyond_the_dtype_is_infinite() -> None:
    assert looked_at(opened([[1e300, 1], [1, 2]], [[0], [1]], dtype="float32")).execute("print max(X)").value == INF


@pytest.mark.parametrize(("features", "targets"), [([], []), ([[], []], [[0], [1]])])
def test_no_rows_or_no_columns_are_refused(features: Rows, targets: Rows) -> None:
    with pytest.raises(ModelError, match=r"^model: data.features must not be empty$"):
        opened(features, targets)


def test_one_row_is_a_batch() -> None:
    assert looked_at(opened([[1, 2]], [[1]], training__batch_size=32)).execute("print m").value == 1


def test_one_class_is_learned_at_once() -> None:
    # softmax of one logit is 1, so the loss is −log 1 and nothing is left to learn.
    debugger = looked_at(opened([[1, 2], [3, 4]], ["a", "a"], output="softmax", loss__name="cross_entropy"))
    assert debugger.session.model.data.class_names == ("a",)
    assert debugger.losses.tolist() == [0.0] * len(debugger.losses)


@pytest.mark.parametrize("scale", ["standard", "minmax"])
def test_a_constant_column_is_scaled_to_zero(scale: str) -> None:
    debugger = looked_at(opened([[7, 2], [7, 4]], [[0], [1]], data__scale=scale))
    assert debugger.session.model.data.features[:, 0].tolist() == [0, 0]


def test_a_huge_learning_rate_is_caught() -> None:
    debugger = looked_at(opened([[1, 2], [3, 4]], [[0], [1]], output="identity", training__learning_rate=1e308))
    debugger.goto("start")
    debugger.execute("catch nan")
    assert debugger.continue_() is not None
