"""Holdout, accuracy and the confusion matrix; predictions on any rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnstep.commands import execute
from nnstep.session import Session
from tests.worked import MODEL, VALUES

CLASSES: dict[str, Any] = {
    "data": {"features": [[1.0], [2.0], [-1.0], [3.0]], "targets": [[0], [1], [0], [0]]},
    "network": {"layer": [{"units": 1, "activation": "sigmoid", "weights": [[1.0]], "bias": [-1.5]}]},
    "loss": {"name": "binary_cross_entropy"},
    "training": {"learning_rate": 0.0001, "batch_size": 2, "epochs": 3, "shuffle": False},
}
"""z is −0.5, 0.5, −2.5 and 1.5: of the three rows of class 0 the last is taken for 1."""


def test_a_pass_gives_the_bits_of_the_run() -> None:
    session = Session(MODEL)
    session.move(8)
    arrays = session.evaluation.at_hand().run(session.model.data.features, session.model.data.targets)
    for name in ("Z[1]", "A[1]", "Z[2]", "A[2]", "E", "L"):
        assert arrays[name].tobytes() == session.read(name).tobytes()
        assert np.array_equal(arrays[name], VALUES[name])


def test_a_pass_uses_the_parameters_of_the_step() -> None:
    session = Session(MODEL)
    session.move(20)
    output = session.evaluation.output
    assert output is not None
    found = session.evaluation.at_hand().predictions(output, np.array([[1.0, 0.0], [-2.0, 0.0]]))
    # W[1] x + b[1]: −2.0, −0.625 → 0, 0 → b[2]; and 2.125, 1.8125 → 1.25·2.125 − 1.1875·1.8125 − 0.0625.
    assert found.tolist() == [[-0.0625], [1.25 * 2.125 - 1.1875 * 1.8125 - 0.0625]]


def test_scores_by_hand() -> None:
    session = Session(CLASSES)
    here = session.evaluation.here()
    z = np.array([-0.5, 0.5, -2.5, 1.5])
    probability = 1 / (1 + np.exp(-z))
    loss = -np.mean([np.log(1 - probability[0]), np.log(probability[1]), *np.log(1 - probability[2:])])
    assert here.training.loss == pytest.approx(loss, rel=1e-12)
    assert here.training.accuracy == 0.75
    assert here.holdout is None
    assert session.evaluation.confusion().tolist() == [[2, 1], [0, 1]]


def test_epochs_are_those_finished_here() -> None:
    session = Session(CLASSES)
    assert session.evaluation.epochs() == []
    session.move(session.calendar.span("epoch"))
    [first] = session.evaluation.epochs()
    assert (first.epoch, first.step) == (1, session.step)
    assert first == session.evaluation.here()
    session.move(session.length)
    step = session.step
    assert [scores.epoch for scores in session.evaluation.epochs()] == [1, 2, 3]
    assert session.step == step


def test_rows_kept_from_training() -> None:
    session = Session({**CLASSES, "data": {**CLASSES["data"], "holdout": 0.25}})
    assert len(session.model.data.features) == 3
    holdout = session.evaluation.here().holdout
    assert holdout is not None
    assert holdout.accuracy in (0.0, 1.0)
    assert session.evaluation.confusion(holdout=True).sum() == 1
    lines = execute(session, "info evaluation").text.splitlines()
    assert lines[0].split() == ["epoch", "training", "loss", "accuracy", "holdout", "loss", "accuracy"]


def test_a_branch_has_its_own_scores_from_its_edit_on() -> None:
    session = Session(CLASSES)
    session.move(session.length)
    main = session.evaluation.epochs()
    session.move(session.calendar.span("epoch") + 1)
    execute(session, "set W[1][0,0] = -4")
    session.move(session.length)
    branch = session.evaluation.epochs()
    assert branch[0] is main[0]
    assert branch[1].training.loss > main[1].training.loss
    # z = −4x − 1.5 is positive for the third row alone: nothing but the first and the last row is right.
    assert branch[2].training.accuracy == 0.5


def test_targets_that_are_no_classes_have_no_accuracy() -> None:
    session = Session(MODEL)
    assert session.evaluation.here().training == type(session.evaluation.here().training)(5.625, None)
    assert session.evaluation.classes == ()
    assert "accuracy" not in execute(session, "info evaluation").text


def test_a_graph_without_predictions_has_losses_alone() -> None:
    session = Session("chain_rule")
    assert session.evaluation.output is None
    assert session.evaluation.here().training.accuracy is None
