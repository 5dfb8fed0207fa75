"""Every rule of the linter finds the fault planted for it, and a sound network shows none."""

from __future__ import annotations

import pytest

import nnstep
from nnstep.engine.graph import Graph, Parameter
from nnstep.engine.lint import RULES, lint


def graph(*activations: str, loss: str, targets: object) -> Graph:
    model = {
        "data": {"features": [[0.0, 1.0], [1.0, 0.0]], "targets": targets},
        "network": {"layer": [{"units": 2, "activation": name} for name in activations]},
        "loss": {"name": loss},
    }
    model["network"]["layer"][-1]["units"] = len(targets[0])  # type: ignore[index]  # nested lists
    return nnstep.open(model).session.timeline.graph


CLASSES = [[0, 1], [1, 0]]
BINARY = [[0], [1]]

FAULTS = {
    "softmax-twice": graph("tanh", "softmax", loss="cross_entropy_with_logits", targets=CLASSES),
    "sigmoid-twice": graph("tanh", "sigmoid", loss="binary_cross_entropy_with_logits", targets=BINARY),
    "unusual-output": graph("tanh", "tanh", loss="cross_entropy_with_logits", targets=CLASSES),
    "all-linear": graph("identity", "identity", "sigmoid", loss="binary_cross_entropy", targets=BINARY),
}
SOUND = graph("relu", "softmax", loss="cross_entropy", targets=CLASSES)
FAULTS["unused-parameter"] = Graph(SOUND.inputs, (*SOUND.parameters, Parameter("W[9]", (2, 2), 9)), SOUND.nodes)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_its_fault_and_no_other_does(rule: str) -> None:
    assert [finding.rule for finding in lint(FAULTS[rule])] == [rule]


@pytest.mark.parametrize(
    ("activation", "loss", "targets"),
    [
        ("softmax", "cross_entropy", CLASSES),
        ("identity", "cross_entropy_with_logits", CLASSES),
        ("sigmoid", "binary_cross_entropy", BINARY),
        ("identity", "binary_cross_entropy_with_logits", BINARY),
        ("identity", "mean_squared_error", BINARY),
    ],
)
def test_the_usual_pairs_show_no_fault(activation: str, loss: str, targets: object) -> None:
    assert lint(graph("relu", activation, loss=loss, targets=targets)) == []
    assert lint(graph(activation, loss=loss, targets=targets)) == []


def test_messages_say_what_where_and_the_way_out() -> None:
    messages = {rule: lint(fault)[0].message for rule, fault in FAULTS.items()}
    assert messages["softmax-twice"] == (
        "cross_entropy_with_logits takes logits, but A[2] has been through softmax: "
        "use activation identity, or the loss cross_entropy (which takes the probabilities)"
    )
    assert messages["unusual-output"] == (
        "cross_entropy_with_logits usually follows identity (more classes, the softmax being in the loss), not tanh: "
        "is A[2] meant so?"
    )
    assert messages["unused-parameter"] == "W[9] does not reach the loss: it will never move; use it or leave it out"
    assert messages["all-linear"].startswith("3 layers in a row without a nonlinear activation are one affine map")


def test_the_bundled_linear_collapse_is_found() -> None:
    assert [finding.rule for finding in lint(nnstep.open("linear_collapse").session.timeline.graph)] == ["all-linear"]
