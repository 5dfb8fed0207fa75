"""[graph] models: the tape that equations give, and the numbers on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnstep
from nnstep.errors import ModelError
from nnstep.model import load
from nnstep.model.value import Value

DATA: Mapping[str, Any] = {"features": [[1, 2, 3], [0, 1, -1], [1, 1, 1]], "targets": [[1], [0], [1]]}
W = [[0.5, -0.2, 0.1]]

GRAPHS = ["chain_rule", "mazur", "residual", "rnn"]


def described(equations: list[str], parameters: Mapping[str, object], **training: object) -> dict[str, Any]:
    graph = {"equations": equations, "parameters": parameters}
    return {"data": DATA, "graph": graph, "training": {"batch_size": 2, "epochs": 4, **training}}


def opened(*equations: str, **parameters: object) -> nnstep.Debugger:
    return nnstep.open(described(list(equations), parameters))


def formulas(debugger: nnstep.Debugger) -> list[str]:
    return [instruction.formula for instruction in debugger.tape]


EVERYTHING = [
    "a = tanh(x @ w.T + b) / (1 + exp(-k * x[:, 0:1]))",
    "s = reshape(concat(a, a ** 2, sqrt(1 + a ** 2), axis=1), -1, 3, 2)",
    "o = softmax(s @ s.T) @ s[:, ::-1] - max(s, axis=-1, keepdims=True)",
    "u = where(o > 0.1, log(1 + abs(o)), minimum(o, k * o)) + maximum(b[0], 0.05) * o.T[:, 0:1, 0:1]",
    "v = mean(leaky_relu(u) - gelu(u) * softplus(u), axis=1)",
    "q = v[:, 0] @ v + 2 ** k * sum(relu(v) * sigmoid(v), axis=0) - min(v) * identity(k)",
    "E = binary_cross_entropy(sigmoid(v), concat(y, 1 - y, axis=-1)) + mean_squared_error(v, v * k)",
    "L = mean(E) + 0.1 * sum(q ** 2)",
    "accuracy = mean((v[:, 0:1] > 0) == y)",
]
PARAMETERS: Mapping[str, object] = {
    "w": [[0.5, -0.2, 0.1], [-0.3, 0.4, 0.25]],
    "b": [0.1, -0.2],
    "k": 0.7,
    "unused": [1.0],
}


def everything(**training: object) -> dict[str, Any]:
    return described(EVERYTHING, PARAMETERS, **training)


def test_the_tape_of_the_design() -> None:
    debugger = opened("z = x @ w.T + b", "a = sigmoid(z)", "L = mean((a - y) ** 2)", w=W, b=[0.0])
    assert [(k.layer, k.formula) for k in debugger.tape] == [
        (None, "X ← rows of the features"),
        (None, "Y ← rows of the targets"),
        (1, "z.1 = wᵀ"),
        (1, "z.2 = X z.1"),
        (1, "z = z.2 + b"),
        (2, "a = σ(z)"),
        (3, "L.1 = a − Y"),
        (3, "L.2 = L.1²"),
        (3, "L = mean(L.2)"),
        (3, "dL.2 = 1/2"),
        (3, "dL.1 = dL.2 ⊙ 2·L.1"),
        (2, "da = dL.1"),
        (1, "dz = da ⊙ σ′(z)"),
        (1, "db = Σᵢ dzᵢ"),
        (1, "dz.2 = dz"),
        (1, "dz.1 = Xᵀ dz.2"),
        (1, "dw = dz.1ᵀ"),
        (1, "w ← w − α dw"),
        (1, "b ← b − α db"),
    ]
    # X Y · z · a · L · L's, a's and z's gradients · the update of equation 1
    assert debugger.tape.layer_ends == (2, 5, 6, 9, 11, 12, 17, 19)
    assert debugger.session.model.summary == "3 equations · 2 parameters · sgd α 0.1"


def test_next_moves_by_equation() -> None:
    debugger = opened("z = x @ w.T + b", "a = sigmoid(z)", "L = mean((a - y) ** 2)", w=W, b=[0.0])
    debugger.step(2)
    assert [debugger.step(1, "layer").instruction for _ in range(4)] == [5, 6, 9, 11]
    assert debugger.reverse_step(1, "layer").instruction == 9


def test_every_backward_stretch_of_an_equation_is_one() -> None:
    for name in GRAPHS:
        for phase in ("forward", "backward", "update"):
            layers = [instruction.layer for instruction in nnstep.open(name).tape if instruction.phase == phase]
            runs = [layer for place, layer in enumerate(layers) if place == 0 or layers[place - 1] != layer]
            assert len(runs) == len(set(runs)), (name, phase)


def test_python_gives_the_same_tape_and_the_same_numbers() -> None:
    def unit(x: Value, w: Value, b: Value) -> Value:
        return x @ w.T + b

    graph = nnstep.Graph(w=W, b=[0.0])
    graph["z"] = unit(graph.x, graph.w, graph.b)
    graph["a"] = graph.sigmoid(graph.z)
    graph["L"] = graph.mean((graph.a - graph.y) ** 2)
    python = nnstep.open({**described([], {}), "graph": graph})
    text = opened("z = x @ w.T + b", "a = sigmoid(z)", "L = mean((a - y) ** 2)", w=W, b=[0.0])
    assert python.tape.instructions == text.tape.instructions
    assert python.tape.equations == text.tape.equations
    for debugger in (python, text):
        debugger.goto("end")
    assert_array_equal(python.losses, text.losses)


def test_a_value_that_python_uses_twice_is_computed_once() -> None:
    graph = nnstep.Graph(w=W)
    product = graph.x @ graph.w.T
    graph["p"] = product * product
    graph["q"] = product + graph.p
    graph["r"] = product
    graph["L"] = graph.mean(graph.q + graph.r)
    tape = nnstep.open({**described([], {}), "graph": graph}).tape
    assert [k.formula for k in tape if k.phase == "forward"] == [
        "p.1 = wᵀ",
        "p.2 = X p.1",
        "p = p.2 ⊙ p.2",
        "q = p.2 + p",
        "r = p.2",
        "L.1 = q + r",
        "L = mean(L.1)",
    ]
    written = [k.name for k in tape if k.name.startswith("dp.2")]
    assert written == ["dp.2:1", "dp.2:2", "dp.2:3", "dp.2:4", "dp.2"]


NETWORKS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "layer": [
                {"units": 4, "activation": "tanh", "weights": [[0.3, -0.1], [0.5, 0.8], [-0.7, 0.2], [0.1, 0.4]]},
                {"units": 1, "activation": "sigmoid", "weights": [[0.2, -0.4, 0.6, 0.9]], "bias": [0.1]},
            ]
        },
        [
            "z1 = x @ w1.T + b1",
            "a1 = tanh(z1)",
            "z2 = a1 @ w2.T + b2",
            "a2 = sigmoid(z2)",
            "E = binary_cross_entropy(a2, y)",
            "L = mean(E)",
        ],
    ),
    (
        {
            "layer": [
                {"units": 3, "activation": "gelu", "weights": [[0.3, -0.1], [0.5, 0.8], [-0.7, 0.2]]},
                {"units": 3, "weights": [[0.2, -0.4, 0.6], [0.5, 0.1, -0.3], [0.7, 0.2, 0.1]], "bias": [0.1, 0, -0.1]},
            ]
        },
        [
            "z1 = x @ w1.T + b1",
            "a1 = gelu(z1)",
            "z2 = a1 @ w2.T + b2",
            "a2 = z2",
            "E = cross_entropy_with_logits(a2, y)",
            "L = mean(E) + 0.5 * 0.01 * (sum(w1 ** 2) + sum(w2 ** 2))",
        ],
    ),
]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize(("network", "equations"), NETWORKS)
def test_a_network_and_the_equations_that_say_the_same_agree(
    network: dict[str, Any], equations: list[str], optimizer: str
) -> None:
    draw = np.random.default_rng(3)
    targets: Any = draw.integers(2, size=11) if len(equations[-1]) < 20 else draw.integers(3, size=11)
    common = {
        "data": {"features": draw.normal(size=(11, 2)), "targets": targets},
        "training": {"optimizer": optimizer, "learning_rate": 0.05, "batch_size": 4, "epochs": 7},
    }
    loss = {"name": "binary_cross_entropy"} if len(equations[-1]) < 20 else {"name": "cross_entropy_with_logits"}
    layers = nnstep.open(
        {**common, "network": network, "loss": {**loss, "l2": 0.0 if len(equations[-1]) < 20 else 0.01}}
    )
    parameters: dict[str, object] = {}
    for number, layer in enumerate(network["layer"], 1):
        parameters |= {f"w{number}": layer["weights"], f"b{number}": layer.get("bias", [0.0] * layer["units"])}
    graph = nnstep.open({**common, "graph": {"equations": equations, "parameters": parameters}})
    names = {f"{a}[{n}]": f"{b}{n}" for n in (1, 2) for a, b in (("Z", "z"), ("A", "a"), ("W", "w"), ("b", "b"))}
    names |= {f"delta[{n}]": f"dz{n}" for n in (1, 2)} | {
        f"d{a}[{n}]": f"d{b}{n}" for n in (1, 2) for a, b in ("Ww", "bb")
    }
    names |= {"E": "E", "L": "L"}
    assert layers.session.model.iterations >= 20
    for iteration in range(20):
        layers.goto((iteration + 1) * len(layers.tape))
        graph.goto((iteration + 1) * len(graph.tape))
        for one, other in names.items():
            expected, value = layers.value(one), graph.value(other)
            assert_allclose(value, expected, rtol=0, atol=1e-12 * np.abs(expected).max(), err_msg=f"{iteration} {one}")


def test_mazurs_example_gives_his_numbers() -> None:
    debugger = nnstep.open("mazur")
    debugger.goto("epoch 1 L")
    assert_allclose(debugger.value("net_h"), [[0.3775, 0.3925]], rtol=1e-12)
    assert_allclose(debugger.value("out_h"), [[0.593269992, 0.596884378]], atol=5e-10)
    assert_allclose(debugger.value("net_o")[0, 0], 1.105905967, atol=5e-10)
    assert_allclose(debugger.value("out_o"), [[0.75136507, 0.772928465]], atol=5e-9)
    assert_allclose(debugger.value("L"), 0.298371109, atol=5e-10)
    debugger.goto(len(debugger.tape))
    assert_allclose(debugger.value("dout_o")[0, 0], 0.74136507, atol=5e-9)
    assert_allclose(debugger.value("dnet_o"), [[0.138498562, -0.0380982366]], atol=5e-9)
    assert_allclose(debugger.value("dw_o")[0, 0], 0.082167041, atol=5e-9)
    assert_allclose(debugger.value("dout_h")[0, 0], 0.036350306, atol=5e-9)
    assert_allclose(debugger.value("dw_h")[0, 0], 0.000438568, atol=5e-9)
    assert_allclose(debugger.value("w_o"), [[0.35891648, 0.408666186], [0.511301270, 0.561370121]], atol=5e-9)
    assert_allclose(debugger.value("w_h"), [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=5e-9)
    assert_array_equal(debugger.value("b_h"), 0.35)
    debugger.goto("epoch 2 L")
    assert_allclose(debugger.value("L"), 0.2910277737, atol=5e-11)


def test_the_chain_rule_gives_the_numbers_of_cs231n() -> None:
    debugger = nnstep.open("chain_rule")
    debugger.goto(len(debugger.tape))
    values = {"r": 4, "z": 1, "e": 0.37, "u": 1.37, "L": 0.73, "du": -0.53, "dn": -0.20, "dz": 0.20, "dw0": -0.20}
    for name, value in {**values, "dw1": -0.39, "dw2": 0.20}.items():
        assert round(float(debugger.value(name)), 2) == value, name
    # σ′(1) = σ(1)(1 − σ(1))
    assert_allclose(debugger.value("dz"), 0.19661193324148185, rtol=1e-14)
    assert all(instruction.shape == () for instruction in debugger.tape if instruction.phase != "data")


def test_the_residual_block_learns_and_its_gradient_comes_both_ways() -> None:
    debugger = nnstep.open("residual")
    debugger.goto(len(debugger.tape))
    assert_array_equal(debugger.value("dh:1 + dh:2"), debugger.value("dh"))
    assert_array_equal(debugger.value("dh:1"), debugger.value("dr"))
    debugger.goto("end")
    assert debugger.losses[-5:].mean() < 0.1


def test_the_rnn_learns_parity_with_shared_weights() -> None:
    debugger = nnstep.open("rnn")
    debugger.goto(len(debugger.tape))
    assert_allclose(debugger.value("dw_x:1 + dw_x:2 + dw_x:3"), debugger.value("dw_x"), rtol=1e-15)
    debugger.goto("end")
    assert_array_equal(debugger.value("z > 0"), debugger.value("Y == 1"))


@pytest.mark.parametrize("name", [*GRAPHS, "everything"])
def test_every_gradient_is_the_derivative(name: str) -> None:
    debugger = nnstep.open(everything() if name == "everything" else name)
    checker = debugger.session.gradient_checker()
    if name == "everything":
        assert {"w", "b", "k", "q", "s.3", "u.9"} <= set(checker.names)
    for each in checker.names:
        check = checker.check(each)
        # Where a gradient is zero, its relative error is made of rounding alone.
        assert check.error <= 1e-6 or abs(check.analytic - check.numeric) <= 1e-11, check


@pytest.mark.parametrize("name", [*GRAPHS, "everything"])
def test_every_explained_cell_equals_its_matrix(name: str) -> None:
    session = nnstep.open(everything() if name == "everything" else name).session
    session.move(len(session.tape))
    for instruction in session.tape:
        matrix = session.read(instruction.name)
        assert matrix.shape == instruction.shape
        for at in list(np.ndindex(matrix.shape))[:24]:
            explanation = session.explain(instruction.name, at, str)
            assert_allclose(explanation.value, matrix[at], rtol=1e-12, atol=1e-13, err_msg=instruction.formula)
            assert all(len(index) == session.read(read).ndim for read, index in explanation.reads)


def test_smaller_last_batches_and_float32() -> None:
    double = nnstep.open(everything())
    single = nnstep.open(everything(), {"dtype": "float32"})
    for debugger in (double, single):
        debugger.goto("end")
    assert single.value("u").dtype == np.float32
    assert double.value("X").shape == (1, 3)
    assert_allclose(single.losses, double.losses, rtol=1e-4)


def test_slices_of_the_batch_are_taken_from_the_batch_at_hand() -> None:
    debugger = opened("a = x[::-1, 1:] @ x[:, :2].T", "L = sum(a)")
    for epoch in range(1, 5):
        debugger.goto(f"epoch {epoch} L")
        x = debugger.value("X")
        assert_array_equal(debugger.value("a"), x[::-1, 1:] @ x[:, :2].T)


def test_what_the_loss_does_not_depend_on_has_no_gradient_and_stays() -> None:
    for optimizer in ("sgd", "momentum", "adam"):
        debugger = nnstep.open(
            described(
                ["z = x @ w.T", "c = z > k", "L = mean(where(c, z, 0))", "seen = sum(v * L)"],
                {"w": W, "k": 0.1, "v": [1.0], "never": 2.0},
                optimizer=optimizer,
            )
        )
        written = [instruction.name for instruction in debugger.tape if instruction.phase in ("backward", "update")]
        assert "dw" in written
        assert not {"dk", "dv", "dnever", "k", "v", "dc", "dseen"}.intersection(written)
        debugger.goto("end")
        for name, value in {"k": 0.1, "v": [1.0], "never": 2.0}.items():
            assert_array_equal(debugger.value(name), value)
        assert debugger.value("seen") == debugger.value("L")
        with pytest.raises(nnstep.CommandError, match="no matrix"):
            debugger.value("mk")


def test_a_graph_without_parameters_runs() -> None:
    debugger = opened("L = mean(x ** 2)")
    assert formulas(debugger)[2:] == ["L.1 = X²", "L = mean(L.1)"]
    debugger.goto("end")
    assert debugger.position.epoch == 4


def test_a_graph_need_not_use_the_batch() -> None:
    debugger = opened("L = (k - 3) ** 2", k=1.0)
    debugger.goto("end")
    assert len(debugger.losses) == 8
    # k − 3 shrinks by 1 − 2·0.1 at every update
    assert_allclose(debugger.value("k"), 3 - 2 * 0.8**8, rtol=1e-13)


def test_frozen_parameters_have_no_gradient() -> None:
    frozen = {"values": W, "trainable": False}
    debugger = opened("L = mean((x @ w.T - y) ** 2 + b)", w=frozen, b=1)
    assert [k.name for k in debugger.tape if k.phase == "update"] == ["b"]
    debugger.goto("end")
    assert_array_equal(debugger.value("w"), W)


def test_parameters_are_drawn_from_streams_of_their_own() -> None:
    shapes: dict[str, object] = {
        "w": {"shape": [2, 3]},
        "b": {"shape": [2]},
        "n": {"shape": [40, 50], "init": "normal"},
    }
    one = load(described(["L = sum(x @ w.T + b) + sum(n)"], shapes)).parameters
    other = load(described(["L = sum(x @ w.T)"], {"w": {"shape": [2, 3]}})).parameters
    assert_array_equal(one["w"], other["w"])
    assert np.abs(one["w"]).max() <= np.sqrt(6 / 5)
    assert_array_equal(one["b"], [0, 0])
    assert_allclose(one["n"].std(), 0.01, rtol=0.1)
    stack = load(described(["L = sum(k)"], {"k": {"shape": [4, 5, 6], "init": "he"}})).parameters["k"]
    assert stack.shape == (4, 5, 6)
    assert_allclose(stack.std(), np.sqrt(2 / 30), rtol=0.2)


def test_targets_are_encoded_for_the_loss_that_judges_by_them() -> None:
    classes = {"features": [[1.0], [2.0], [3.0]], "targets": ["b", "a", "c"]}
    graph = {"equations": ["L = mean(cross_entropy_with_logits(x @ w.T, y))"], "parameters": {"w": {"shape": [3, 1]}}}
    model = load({"data": classes, "graph": graph})
    assert model.data.class_names == ("a", "b", "c")
    assert_array_equal(model.data.targets, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    numbers = {"features": [[1.0], [2.0], [3.0]], "targets": [3, 7, 3]}
    plain = load({"data": numbers, "graph": {"equations": ["L = mean((x - y) ** 2)"]}})
    assert_array_equal(plain.data.targets, [[3], [7], [3]])


@pytest.mark.parametrize(
    ("equations", "parameters", "message"),
    [
        (
            ["z = x @ w", "L = mean(z)"],
            {"w": W},
            "graph.equations[1]: 2×3 @ 1×3: the last axis of the left, 3, must equal the last but one of the right, 1",
        ),
        (
            ["z = x @ w.T", "L = mean(z - k)"],
            {"w": W, "k": [[1, 2], [3, 4], [5, 6]]},
            "graph.equations[2]: 2×1 and 3×2 do not broadcast: no axis pairs 2 with 3 (z is 2×1, k is 3×2)",
        ),
        (
            ["L = mean(mean_squared_error(x, y))"],
            {},
            "graph.equations[1]: a loss takes outputs and targets of one shape, got 2×3 and 2×1 (x is 2×3, y is 2×1)",
        ),
        (["L = x @ w.T"], {"w": W}, "graph.equations[1]: L must be one number, got 2×1: use mean(…) or sum(…)"),
        (["L = mean(k.T)"], {"k": [1, 2]}, "graph.equations[1]: .T swaps the last two axes, and 2 has no two (k is 2)"),
        (["L = mean(x @ 2)"], {}, "graph.equations[1]: a matrix product takes matrices or vectors, got one number"),
        (["L = mean(x, axis=2)"], {}, "graph.equations[1]: there is no axis 2 in 2×3 (x is 2×3)"),
        (["L = mean(x[0:0])"], {}, "graph.equations[1]: no axis may be empty, this one would be 0×3 (x is 2×3)"),
        (["L = mean(x[:, 3])"], {}, "graph.equations[1]: [:, 3]: there is no index 3 on an axis of 3 (counted from 0)"),
        (["L = mean(x[0, 0, 0])"], {}, "graph.equations[1]: [0, 0, 0] has 3 indices, 2×3 has 2 axes (x is 2×3)"),
        (["L = mean(concat(x, y))"], {}, "graph.equations[1]: 2×3 and 2×1 do not join along axis 0"),
        (
            ["L = mean(reshape(x, 4, -1))"],
            {},
            "graph.equations[1]: 2×3 has 6 cells, which do not fill 4, -1 (x is 2×3)",
        ),
        (
            ["L = mean(softmax(k))"],
            {"k": 1.0},
            "graph.equations[1]: softmax takes a matrix or a vector, got one number",
        ),
        (
            ["L = mean(reshape(x, 2, 3))"],
            {},
            "graph.equations[1]: 1×3 has 3 cells, which do not fill 2, 3 (x is 1×3) (in the last batch of an epoch",
        ),
        (["L = mean(x)"], {"w": {}}, "graph.parameters.w needs values, or a shape such as [3, 2]"),
        (["L = mean(x)"], {"w": {"values": W, "init": "he"}}, "graph.parameters.w: init and values are both given"),
        (["L = mean(x)"], {"w": {"values": W, "shape": [2]}}, "graph.parameters.w.values must have the shape [2]"),
        (["L = mean(x)"], {"w": {"shape": [1, 3], "init": "hee"}}, "graph.parameters.w.init: no init 'hee'; did you"),
        (["L = mean(x)"], {"w": {"values": W, "trainble": False}}, "graph.parameters.w: no key 'trainble'; did you"),
        (["L = mean(x)"], {"w": {"shape": [0]}}, "graph.parameters.w.shape[1] must be at least 1, got 0"),
        (["L = mean(x)"], {"w": {"shape": [10**9, 10**9]}}, "graph.parameters: training all that are drawn would take"),
        (["L = mean(x)"], {"w": "a"}, "graph.parameters.w must be a number, a list of numbers, or a table, got 'a'"),
        (["L = mean(x)"], {"w": [[1, 2], [3]]}, "graph.parameters.w must have rows of one length"),
        (["L = mean(x)"], {"w": []}, "graph.parameters.w must not be empty"),
        (["L = mean(x)"], {"x": 1.0}, "graph.parameters: x is the batch; choose another name"),
        (["L = mean(x)"], {"lambda": 1.0}, "graph.parameters: lambda is a word of Python's; choose another name"),
        (["L = mean(x)"], {"L": 1.0}, "graph.parameters: L is the loss, which an equation sets; choose another name"),
        (["da = x", "a = x", "L = mean(a)"], {}, "graph: da is the name of the gradient of a; choose another one"),
        (["ata = x", "L = mean(x)"], {}, "graph: the gradient of ata would be data, which is a phase"),
        (["L = sum(outer_" + "a" * 40 + ")"], {}, "graph.equations[1]: no matrix"),
    ],
)
def test_what_does_not_fit_is_named(equations: list[str], parameters: Mapping[str, object], message: str) -> None:
    with pytest.raises(ModelError) as error:
        load(described(equations, parameters))
    assert str(error.value).startswith(f"model: {message}")


def test_slots_have_names_of_their_own() -> None:
    model = described(["ma = x @ a.T", "L = mean(ma)"], {"a": W})
    load(model)
    with pytest.raises(ModelError, match="graph: ma is the name of the optimizer's slot of a; choose another one"):
        load(model, {"training.optimizer": "adam"})


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"loss": {"l2": 0.1}}, "loss goes with network, not with graph: there the loss is the equation L = …"),
        ({"network": {"layer": [{"units": 1}]}}, "network and graph are both given; leave one out"),
        ({"graph": {"equations": []}}, "graph.equations must not be empty"),
        ({"graph": {"equation": ["L = mean(x)"]}}, "graph: no key 'equation'; did you mean 'equations'?"),
        ({"graph": 3}, "graph must be a table, got 3"),
    ],
)
def test_the_tables_of_a_graph(tables: Mapping[str, object], message: str) -> None:
    with pytest.raises(ModelError) as error:
        load({**described(["L = mean(x)"], {}), **tables})
    assert str(error.value) == f"model: {message}"


def test_overrides_reach_the_parameters() -> None:
    model = load(described(["L = mean(x @ w.T)"], {"w": W}), {"graph.parameters.w": [[1.0, 1.0, 1.0]]})
    assert_array_equal(model.parameters["w"], [[1, 1, 1]])
    graph = nnstep.Graph(k=1.0)
    graph["L"] = graph.mean(graph.x * graph.k)
    source = {"data": DATA, "graph": graph}
    assert load(source, {"graph.parameters.k": 3.0}).parameters["k"] == 3


def test_the_tape_is_listed_under_its_equations() -> None:
    debugger = opened("z = x @ w.T", "L = mean((z - y) ** 2)", w=W)
    debugger.goto("L")
    assert debugger.execute("list 4").text.splitlines() == [
        "forward",
        "  z = x @ w.T",
        "     3  z.1  = wᵀ  3×1",
        "     4  z    = X z.1  2×1",
        "  L = mean((z - y) ** 2)",
        "     5  L.1  = z − Y  2×1",
        "     6  L.2  = L.1²  2×1",
        " ▶   7  L    = mean(L.2)",
        "backward",
        "  L = mean((z - y) ** 2)",
        "     8  dL.2 = 1/2  2×1",
        "     9  dL.1 = dL.2 ⊙ 2·L.1  2×1",
        "  z = x @ w.T",
        "    10  dz   = dL.1  2×1",
        "    11  dz.1 = Xᵀ dz  3×1",
    ]
    assert "equations   z = x @ w.T\n            L = mean((z - y) ** 2)\n" in debugger.execute("info model").text


def test_stacks_of_matrices_are_shown_and_their_cells_picked() -> None:
    debugger = opened("k = reshape(x, -1, 1, 3) * c", "L = sum(k)", c=[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    debugger.goto("epoch 1 L")
    x = debugger.value("X")
    assert debugger.value("k").shape == (2, 2, 3)
    text = debugger.execute("print k").text
    assert [line for line in text.splitlines() if "k" in line] == ["k  2×2×3", "  k[0]", "  k[1]"]
    assert debugger.execute("print k[1][0, 2]").value == x[1, 2] * 3
    explained = [debugger.execute(f"explain {cell}").text for cell in ("k[1,0,2]", "k[1][0,2]", "k[1][0][2]")]
    assert explained[0] == explained[1] == explained[2]
    assert explained[0].startswith("k[1,0,2] = k.1[1,0,2] · c[0,0,2]")
    debugger.goto("dc")
    assert debugger.execute("explain dc[0,1,1]").value == x[:, 1].sum()
    large = opened("k = reshape(x, -1, 1, 1, 1) * c", "L = sum(k)", c=np.ones((20, 1, 1)).tolist())
    large.goto("L")
    lines = large.execute("print k").text.splitlines()
    assert (lines[1], lines[9], lines[10]) == ("  k[0,0]", "  …", "  k[5,16]")
