"""The tape that a forward graph gives."""

from __future__ import annotations

import numpy as np

from nnstep.engine.autodiff import tape
from nnstep.engine.graph import Graph, Input, Node, Parameter, Term
from nnstep.engine.machine import Machine, Plan, with_ones
from nnstep.engine.ops import OPS, OPTIMIZERS
from nnstep.engine.tape import Tape

M, N = 3, 2


def affine(name: str, x: str, w: str, b: str) -> Node:
    return Node(name, (Term(OPS["affine"], {"x": x, "w": w, "b": b}),), (M, N), 1)


def skip_graph(rows: int = M) -> Graph:
    """h = relu(X W₁ᵀ + b₁); s = h W₂ᵀ + b₂ with W₂ used twice and h read by both branches."""
    shape = (rows, N)

    def node(name: str, op: str, **operands: str) -> Node:
        return Node(name, (Term(OPS[op], operands),), shape, 1)

    return Graph(
        inputs=(Input("X", shape, "features", ones=True), Input("Y", shape, "targets")),
        parameters=(Parameter("w", (N, N), 1), Parameter("b", (N,), 1), Parameter("v", (N, N), 2)),
        nodes=(
            node("h", "affine", x="X", w="w", b="b"),
            node("p", "linear", x="h", w="v"),
            node("q", "linear", x="p", w="v"),
            Node("E", (Term(OPS["mean_squared_error"], {"a": "q", "y": "Y"}),), (rows,), None, folded=True),
            Node("L", (Term(OPS["mean"], {"x": "E"}), Term(OPS["penalty"], {"w": "v", "l2": "l2"})), (), None),
        ),
    )


def run(machine: Machine) -> float:
    """One iteration on all rows; the loss."""
    losses = []
    machine.run_one(np.arange(M), 0, lambda _t, loss: losses.append(loss))
    return losses[0]


def equations(tape: Tape) -> list[str]:
    return [instruction.formula for instruction in tape]


def test_one_instruction_per_contribution_and_one_that_sums_them() -> None:
    assert equations(tape(skip_graph(), OPTIMIZERS["sgd"])) == [
        "X ← features",
        "Y ← targets",
        "h = X wᵀ + b",
        "p = h vᵀ",
        "q = p vᵀ",
        "E = Σⱼ (q − Y)²/2",
        "L = mean(E) + ½·l2·Σv²",
        "dq = 2(q − Y)/2 · 1/3",
        "dv:1 = dqᵀ p",
        "dp = dq v",
        "dv:2 = dpᵀ h",
        "dv = dv:1 + dv:2 + l2·v",
        "dh = dp v",
        "dw = dhᵀ X",
        "db = Σᵢ dhᵢ",
        "w ← w − α dw",
        "b ← b − α db",
        "v ← v − α dv",
    ]


def test_gradients_of_shared_weights_match_central_differences() -> None:
    draw = np.random.default_rng(0)
    parameters = {"w": draw.normal(size=(N, N)), "b": draw.normal(size=N), "v": draw.normal(size=(N, N))}
    sources = {"X": with_ones(draw.normal(size=(M, N))), "Y": draw.normal(size=(M, N))}

    def machine(values: dict[str, np.ndarray]) -> Machine:
        plan = Plan(skip_graph, OPTIMIZERS["sgd"], np.dtype(float), sources, {"lr": 0.0, "l2": 0.3}, values)
        return Machine(plan)

    base = machine(parameters)
    run(base)
    for name, value in parameters.items():
        for at in np.ndindex(value.shape):
            losses = []
            for sign in (1, -1):
                moved = value.copy()
                moved[at] += sign * 1e-6
                losses.append(run(machine({**parameters, name: moved})))
            slope = (losses[0] - losses[1]) / 2e-6
            np.testing.assert_allclose(base.sheet(M).arrays[f"d{name}"][at], slope, rtol=1e-7, atol=1e-9)


def test_nothing_is_computed_for_frozen_parameters() -> None:
    graph = skip_graph()
    frozen = tuple(Parameter(p.name, p.shape, p.layer, trainable=p.name == "v") for p in graph.parameters)
    written = [instruction.name for instruction in tape(Graph(graph.inputs, frozen, graph.nodes), OPTIMIZERS["adam"])]
    assert written[7:] == ["dq", "dv:1", "dp", "dv:2", "dv", "mv", "sv", "v"]


def test_a_frozen_parameter_never_moves_and_the_others_do() -> None:
    draw = np.random.default_rng(1)
    graph = skip_graph()
    frozen = tuple(Parameter(p.name, p.shape, p.layer, trainable=p.name != "w") for p in graph.parameters)
    initial = {p.name: draw.normal(size=p.shape) for p in frozen}
    machine = Machine(
        Plan(
            lambda rows: Graph(skip_graph(rows).inputs, frozen, skip_graph(rows).nodes),
            OPTIMIZERS["momentum"],
            np.dtype(float),
            {"X": with_ones(draw.normal(size=(M, N))), "Y": draw.normal(size=(M, N))},
            {"lr": 0.1, "momentum": 0.9},
            initial,
        )
    )
    run(machine)
    arrays = machine.sheet(M).arrays
    np.testing.assert_array_equal(arrays["w"], initial["w"])
    assert "vw" not in arrays
    np.testing.assert_allclose(arrays["b"], initial["b"] - 0.1 * arrays["db"], rtol=1e-14)
    np.testing.assert_allclose(arrays["v"], initial["v"] - 0.1 * arrays["dv"], rtol=1e-14)


def test_layer_and_phase_ends() -> None:
    made = tape(skip_graph(), OPTIMIZERS["sgd"])
    assert made.phase_ends == (2, 7, 15, 18)
    # X Y · h p q · E L · dq dv:1 dp dv:2, made by layer 1's nodes · dv, layer 2's · dh dw db · updates of 1, then 2
    assert made.layer_ends == (2, 5, 7, 11, 12, 15, 17, 18)
