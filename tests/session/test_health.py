"""Health rules: each on a model made so that the iteration at which it fires can be worked out by hand.

Most models are y = w x with the squared error, one row a batch: L = (w x − y)², dW = 2 (w x − y) x.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import nnstep
from nnstep.engine.machine import Machine
from nnstep.model import load
from nnstep.model.plan import plan
from nnstep.session import Session
from nnstep.session.health import RULES
from nnstep.session.health.measures import Norms, norm
from tests.worked import MODEL

STILL = 1e-12
"""A learning rate that moves nothing worth mentioning."""


def dense(weights: list[list[float]], activation: str = "identity", **more: object) -> dict[str, Any]:
    return {"units": len(weights), "activation": activation, "weights": weights, "bias": False, **more}


def model(
    rows: Sequence[tuple[float, float]],
    *layers: dict[str, Any],
    rate: float = STILL,
    epochs: int = 1,
    loss: str = "mean_squared_error",
    batch: int = 1,
) -> dict[str, Any]:
    return {
        "data": {"features": [[x] for x, _ in rows], "targets": [[y] for _, y in rows]},
        "network": {"layer": list(layers) or [dense([[1.0]])]},
        "loss": {"name": loss},
        "training": {"learning_rate": rate, "batch_size": batch, "epochs": epochs, "shuffle": False},
    }


def steps(debugger: nnstep.Debugger, line: str) -> list[int]:
    found = []
    while debugger.execute(line).stop is not None:
        found.append(debugger.position.step)
    return found


def caught(source: object, line: str) -> list[int]:
    """The steps that a catchpoint matches; the same from both sides."""
    return caught_by(nnstep.open(source), line)  # type: ignore[arg-type]  # a name or a dict


def caught_by(debugger: nnstep.Debugger, line: str) -> list[int]:
    debugger.execute(line)
    forward = steps(debugger, "continue")
    assert debugger.position.step == debugger.session.length
    last = [debugger.session.length] if debugger.session.length in forward else []
    # The step that one stands on does not count.
    assert [*last, *steps(debugger, "reverse-continue")] == forward[::-1]
    return forward


def ends(source: object, line: str) -> list[int]:
    """The iterations, counted from 1, at whose ends a catchpoint matches."""
    debugger = nnstep.open(source)  # type: ignore[arg-type]  # a name or a dict
    found = caught_by(debugger, line)
    size = len(debugger.tape)
    assert all(step % size == 0 for step in found)
    return [step // size for step in found]


ONE = [(1.0, 0.0)]
OVERSHOOT = model(ONE, rate=1.5, epochs=20)  # w ← w − 1.5·2w = −2w, so |dW| = 2, 4, 8 …
HALVING = model(ONE, rate=0.25, epochs=30)  # w ← w/2, so dW = 2, 1, ½ …
RELU = [dense([[1.0]], "relu"), dense([[1.0]])]
ON_5_OFF_15 = model([(1.0, 0.0)] * 5 + [(-1.0, 0.0)] * 15, *RELU, epochs=2)
TWO_SIZES = model([(1.0, 0.0), (2.0, 0.0)], rate=0.04, epochs=3)  # ‖ΔW‖/‖W‖ = 2α x² = 0.08, 0.32, …
UPS = model([(1.0, 0.0)] * 10 + [(1.1, 0.0), (1.0, 0.0), (1.1, 0.0)])  # L = x²: 1 … 1, 1.21, 1, 1.21


def two(first: float, second: float, y: float = 0.0) -> dict[str, Any]:
    """dW[1] / dW[2] = second / first; dW[1] = 2 (first·second − y)·second."""
    return model([(1.0, y)], dense([[first]]), dense([[second]]), epochs=3)


def biased(*biases: float) -> dict[str, Any]:
    """A ReLU layer whose units with a low bias are off for good."""
    hidden = {"units": len(biases), "activation": "relu", "weights": [[1.0]] * len(biases), "bias": list(biases)}
    return model(ONE, hidden, dense([[1.0] * len(biases)]), epochs=12)


def squashed(activation: str, *z: float, rows: Sequence[tuple[float, float]] = ONE, batch: int = 1) -> dict[str, Any]:
    return model(rows, dense([[each] for each in z], activation), dense([[1.0] * len(z)]), epochs=3, batch=batch)


def guess(z: float, y: float = 0.0) -> dict[str, Any]:
    """A first loss of ln(1 + eᶻ) for y = 0."""
    return model([(z, y)], loss="binary_cross_entropy_with_logits", epochs=3)


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        # 2^i > 1e4 first for i = 14, > 100 for i = 7
        (OVERSHOOT, "exploding-gradient", [14]),
        (OVERSHOOT, "exploding-gradient above 100", [7]),
        (OVERSHOOT, "exploding-gradient above 1e9", []),
        (HALVING, "exploding-gradient", []),
        (two(1.0, 100.0), "exploding-gradient", [1]),
        (two(1.0, 50.0), "exploding-gradient", []),
        (two(1.0, 50.0), "exploding-gradient ratio 40", [1]),
        (two(1.0, 100.0), "exploding-gradient above 1e5", []),
        # 2^(2 − i) < 1e-7 first for i = 26, < 1 for i = 3
        (HALVING, "vanishing-gradient", [26]),
        (HALVING, "vanishing-gradient below 1", [3]),
        (OVERSHOOT, "vanishing-gradient", []),
        (two(1.0, 1e-4, 0.1), "vanishing-gradient", [1]),  # dW[1] = −2e-5, the ratio 1e-4
        (two(1.0, 1e-4, 1.0), "vanishing-gradient", []),  # dW[1] = −2e-4 is not small
        (two(1.0, 1e-2, 0.1), "vanishing-gradient", []),  # the ratio is 1e-2
        # off in iterations 6 … 20 and 26 … 40: ten of them are full at 15 and 35
        (ON_5_OFF_15, "dead-relu", [15, 35]),
        (biased(-9.0, -9.0, 1.0), "dead-relu", [10]),
        (biased(-9.0, 1.0, 1.0), "dead-relu", []),
        (biased(-9.0, 1.0, 1.0), "dead-relu above 30%", [10]),
        (biased(-9.0, -9.0, 1.0), "dead-relu above 0.7", []),
        (squashed("sigmoid", 16.119), "saturation", [1]),
        (squashed("sigmoid", -16.119), "saturation", [1]),
        (squashed("sigmoid", 16.118), "saturation", []),
        (squashed("tanh", 8.753), "saturation", [1]),
        (squashed("tanh", 8.752), "saturation", []),
        (squashed("tanh", 9.0, 1.0), "saturation", []),  # half of the units, not more
        (squashed("tanh", 9.0, 1.0), "saturation above 0.4", [1]),
        (squashed("tanh", 9.0, rows=[(1.0, 0.0), (0.1, 0.0)], batch=2), "saturation", []),  # not in every row
        (TWO_SIZES, "update-ratio", [2, 4, 6]),
        (TWO_SIZES, "update-ratio above 0.05", [1]),
        (TWO_SIZES, "update-ratio above 0.4", []),
        (TWO_SIZES, "update-ratio above 0.4 below 0.1", [1, 3, 5]),
        (TWO_SIZES, "update-ratio below 0.01", []),
        (model(ONE, rate=1e-10, epochs=3), "update-ratio", [1]),
        # the second row has x = 0, so its gradient is 0
        (model([(1.0, 0.0), (0.0, 0.0)], rate=0.1, epochs=3), "unchanged-parameter", [2, 4, 6]),
        (HALVING, "unchanged-parameter", []),
        (UPS, "loss-increase", [11, 13]),
        (UPS, "loss-increase above 0.3", []),
        (model([(1.0, 0.0)] * 10 + [(1.02, 0.0)]), "loss-increase", []),  # 4.04 % above
        (model(ONE, epochs=15), "loss-plateau", [11]),
        (HALVING, "loss-plateau", []),
        (model([(1.0, 0.0)] * 10 + [(0.999, 0.0)]), "loss-plateau", []),  # 0.2 % lower
        (model([(1.0, 0.0)] * 10 + [(0.999, 0.0)]), "loss-plateau below 0.5%", [11]),
        (guess(10.0), "initial-loss", [1]),  # 10.00005 − ln 2 ≥ ln 2
        (guess(0.5), "initial-loss", []),  # 0.97
        (guess(0.5), "initial-loss above 0.1", [1]),
    ],
)
def test_a_rule_is_caught_where_it_becomes_true(source: object, line: str, expected: list[int]) -> None:
    assert ends(source, f"catch {line}") == expected


NOT_A_NUMBER = float("nan")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # (1e200)² is ∞: E is instruction 5. The next iteration starts from W[1] = ∞, so Z[1] is the first bad one.
        (model([(1e200, 0.0)], epochs=2), [5, 13]),
        # 1e308 · 2 is ∞ in the update, instruction 10.
        (model(ONE, rate=1e308), [10]),
        (model([(1.0, 0.0), (NOT_A_NUMBER, 0.0), (1.0, 0.0)]), [11, 23]),
        (model([(1.0, 0.0), (1.0, NOT_A_NUMBER)]), [12]),
        # σ(−∞) is 0, and everything behind it is ordinary.
        (model([(-1e200, 0.0)], dense([[1e200]], "sigmoid"), dense([[1.0]])), [3]),
        (HALVING, []),
        (MODEL, []),
    ],
)
def test_nan_is_caught_at_the_first_bad_write_of_an_iteration(source: object, expected: list[int]) -> None:
    assert caught(source, "catch nan") == expected


def test_large_numbers_are_not_taken_for_infinite_ones() -> None:
    # Their squares are ∞, they are not.
    assert caught(model([(1e100, 1e180)], rate=1e-320), "catch nan if max(A[1]) > 1e90") == [5]
    assert caught(model([(1e160, 1e160)], dense([[1.0]], "identity"), rate=0.1), "catch nan") == []


@pytest.mark.parametrize(
    ("name", "rule", "note"),
    [
        ("exploding_gradient", "nan", "nan: NaN or ∞ in 2 of 10 cells of Z[2]"),
        ("dead_relu", "dead-relu", "dead-relu: 6 of 8 units of layer 1 inactive for 10 batches"),
        ("vanishing_gradient", "vanishing-gradient", "vanishing-gradient: ‖dW[1]‖ / ‖dW[10]‖ = 3.066e-6"),
    ],
)
def test_the_bundled_illnesses_are_caught(name: str, rule: str, note: str) -> None:
    debugger = nnstep.open(name)
    debugger.execute(f"catch {rule}")
    stop = debugger.continue_()
    assert getattr(stop, "note", None) == note
    there = debugger.position.step
    debugger.goto(there + 1)
    debugger.reverse_continue()
    assert debugger.position.step == there


def test_a_smaller_last_batch_changes_nothing() -> None:
    # 150 rows in batches of 32: the fifth batch of each epoch has 22.
    overrides = {"training.batch_size": 32, "training.epochs": 12}
    for rule in ("loss-increase", "update-ratio above 0.01", "dead-relu above 0.1", "vanishing-gradient below 0.3"):
        debugger = nnstep.open("iris", overrides)
        debugger.execute(f"catch {rule}")
        forward = steps(debugger, "continue")
        backward = steps(debugger, "reverse-continue")
        assert [step for step in forward if step < debugger.session.length] == backward[::-1]


def test_a_condition_is_looked_at_where_the_rule_is_caught() -> None:
    assert ends(ON_5_OFF_15, "catch dead-relu if epoch == 2") == [35]
    assert ends(UPS, "catch loss-increase if losses[-1] > 1.2 and batch > 11") == [13]
    assert caught(model([(1e200, 0.0)], epochs=2), "catch nan if iteration == 1") == [13]


def test_a_catchpoint_on_a_branch() -> None:
    debugger = nnstep.open(HALVING)
    debugger.execute("catch nan")
    debugger.execute("catch exploding-gradient")
    debugger.goto("epoch 5 Z[1]")
    debugger.execute("set W[1] = 1e9")
    # W[1] is read by Z[1] only, which is computed already; its update then keeps nearly all of 1e9.
    debugger.execute("restart")
    assert steps(debugger, "continue") == [60]
    assert steps(debugger, "reverse-continue") == [60]
    debugger.goto("epoch 8 A[1]")
    debugger.execute("set A[1] = log(0)")
    debugger.execute("restart")
    # The edit's own step has it; from the next iteration on Z[1] is the first.
    assert steps(debugger, "continue")[:3] == [60, 74, 83]
    debugger.goto("epoch 6 E")
    debugger.execute("set Z[1] = log(0)")
    debugger.execute("restart")
    assert steps(debugger, "continue")[0] == 55
    debugger.goto("epoch 6 E")
    assert debugger.session.health()[0].state == "fires"


def states(session: Session) -> dict[str, str]:
    return {status.rule: status.state for status in session.health()}


def test_health_on_demand() -> None:
    session = Session("dead_relu")
    found = states(session)
    assert list(found) == list(RULES)
    assert found["dead-relu"] == found["loss-increase"] == "idle"
    session.move(9 * len(session.tape) + 1)
    # It is asked about the end of the iteration that one stands in.
    assert states(session) == dict.fromkeys(RULES, "fine") | {
        "dead-relu": "fires",
        "loss-increase": "idle",
        "loss-plateau": "idle",
    }
    dead = session.health()[list(RULES).index("dead-relu")]
    assert (dead.value, dead.limit) == (0.75, "above 0.5")
    assert session.health() is session.health()


def test_health_agrees_with_the_catchpoint_at_every_iteration() -> None:
    session = Session(UPS)
    size = len(session.tape)
    fires = []
    for iteration in range(1, 14):
        session.move(iteration * size)
        fires += [iteration] if states(session)["loss-increase"] == "fires" else []
    assert fires == [11, 13]


def test_what_is_no_number_is_neither_fine_nor_does_it_fire() -> None:
    session = Session(model([(NOT_A_NUMBER, 0.0)], epochs=2))
    session.move(session.length)
    found = states(session)
    assert (found["nan"], found["exploding-gradient"], found["update-ratio"]) == ("fires", "idle", "idle")


def test_looking_at_the_health_moves_nothing() -> None:
    session, straight = Session("iris"), Session("iris")
    for place in (0, 777, 3000, 1500):
        session.move(place)
        session.health()
        straight.move(place)
        for name in session.timeline.parameters:
            np.testing.assert_array_equal(session.read(name), straight.read(name))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_norms_from_flat_vectors(dtype: str) -> None:
    machine = Machine(plan(load("iris", {"dtype": dtype})))
    norms = Norms(machine.gradient, machine.layout)
    views = machine.layout.views(machine.gradient)
    random = np.random.default_rng(5)
    for size, of_bias in ((1.0, 1.0), (1e-9, 1.0), (1e-30, 1e-25), (1e30, 1e30), (0.0, 1.0), (1.0, 0.0)):
        for name, view in views.items():
            view[...] = random.normal(size=view.shape) * (of_bias if name.startswith("b") else size)
        exact = [np.linalg.norm(views[name].astype(np.float64)) for name in norms.names]
        with np.errstate(over="ignore"):
            measured = norms.measure()
        np.testing.assert_allclose(measured, exact, rtol=1e-13 if dtype == "float64" else 1e-5)


def test_norms_that_are_no_numbers() -> None:
    assert norm(np.array([3.0, 4.0])) == 5.0
    assert norm(np.array([])) == 0.0
    assert norm(np.array([np.inf, 1.0])) == np.inf
    assert np.isnan(norm(np.array([np.nan, 1.0])))
    assert norm(np.array([3e200, 4e200])) == pytest.approx(5e200)
