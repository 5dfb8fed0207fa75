"""The models that travel with nnstep: each loads, and does what its comments say."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from nnstep.model import bundled, load
from tests.model.training import end, forward, predict, train

NAMES = [
    "linear_regression",
    "logistic_regression",
    "logits",
    "softmax_regression",
    "xor",
    "xor_one_layer",
    "xor_product",
    "mlp",
    "mlp_by_hand",
    "iris",
    "moons",
    "digits",
    "linear_collapse",
    "coin_tosses",
    "dead_relu",
    "vanishing_gradient",
    "vanishing_cured",
    "exploding_gradient",
    "outlier_sgd",
    "outlier_minibatch",
    "outlier_batch",
    "chain_rule",
    "mazur",
    "residual",
    "rnn",
]


def test_all_of_them_are_there() -> None:
    assert set(NAMES) <= set(bundled())


@pytest.mark.parametrize("name", bundled())
def test_every_model_loads_and_teaches(name: str) -> None:
    model = load(name)
    text = bundled()[name].read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert model.title == tomllib.loads(text)["title"]
    assert len(model.title) <= 60
    assert max(map(len, text.splitlines())) <= 110
    assert np.isfinite(model.data.features).all()


def test_iris_is_fishers() -> None:
    data = load("iris", {"data.scale": "none"}).data
    assert data.feature_names == ("sepal_length", "sepal_width", "petal_length", "petal_width")
    assert data.class_names == ("setosa", "versicolor", "virginica")
    assert_array_equal(data.targets.sum(0), [50, 50, 50])
    # The means that Fisher's table 2 gives, and the two rows in which UCI's copy is wrong.
    assert_allclose(data.features[:50].mean(0), [5.006, 3.428, 1.462, 0.246])
    assert_allclose(data.features[50:100].mean(0), [5.936, 2.770, 4.260, 1.326])
    assert_allclose(data.features[100:].mean(0), [6.588, 2.974, 5.552, 2.026])
    assert_array_equal(data.features[34], [4.9, 3.1, 1.5, 0.2])
    assert_array_equal(data.features[37], [4.9, 3.6, 1.4, 0.1])


def test_digits_are_ucis_test_set() -> None:
    data = load("digits", {"data.scale": "none"}).data
    assert data.features.shape == (1797, 64)
    # The class distribution of optdigits.tes, as its description gives it.
    assert_array_equal(data.targets.sum(0), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert_array_equal(data.features[0, :8], [0, 0, 5, 13, 9, 1, 0, 0])
    assert (data.features.min(), data.features.max()) == (0, 16)


def test_xor_is_learned() -> None:
    model = load("xor")
    assert model.iterations == 500
    outputs = predict(model, end(model).parameters)
    assert_array_equal(outputs.round(), [[0], [1], [1], [0]])


def test_one_layer_learns_xor_with_the_product_as_a_feature_only() -> None:
    alone, helped = load("xor_one_layer"), load("xor_product")
    assert_array_equal(helped.data.features[:, :2], alone.data.features)
    assert_array_equal(helped.data.features[:, 2], alone.data.features.prod(1))
    assert_allclose(predict(alone, end(alone).parameters), 0.5, atol=1e-4)
    # ln 2: the loss of answering 0.5.
    assert_allclose(end(alone).loss, 0.6931471805599453, rtol=1e-9)
    assert_array_equal(predict(helped, end(helped).parameters).round(), helped.data.targets)


def test_mlp_by_hand_comes_out_as_by_hand() -> None:
    model = load("mlp_by_hand")
    first = next(train(model))
    assert_array_equal(first.sums[0], [[1, 2, 0, -2], [-3, 1, 3, 2]])
    assert_array_equal(first.sums[1], [[-0.5], [2]])
    # σ(−0.5) and σ(2), to the four decimals of a table.
    assert_allclose(first.outputs[1], [[0.3775], [0.8808]], atol=5e-5)


def test_relu_learns_coin_tosses_by_heart() -> None:
    model = load("coin_tosses")
    final = end(model)
    assert final.loss < 0.02
    assert_array_equal(predict(model, final.parameters).round(), model.data.targets)
    assert (final.outputs[0] == 0).mean() > 0.4


@pytest.mark.parametrize(("name", "accuracy"), [("iris", 0.97), ("softmax_regression", 0.94), ("mlp", 1.0)])
def test_classes_are_learned(name: str, accuracy: float) -> None:
    model = load(name)
    outputs = predict(model, end(model).parameters)
    if outputs.shape[1] == 1:
        right = outputs.round() == model.data.targets
    else:
        right = outputs.argmax(1) == model.data.targets.argmax(1)
    assert right.mean() >= accuracy


def test_digits_are_learned() -> None:
    model = load("digits", {"training.epochs": 5})
    right = predict(model, end(model).parameters).argmax(1) == model.data.targets.argmax(1)
    assert right.mean() > 0.9


def test_linear_regression_finds_the_line() -> None:
    parameters = end(load("linear_regression")).parameters
    assert_allclose(parameters["W[1]"], [[2]], atol=0.1)
    assert_allclose(parameters["b[1]"], [1], atol=0.1)


def test_logistic_regression_starts_as_its_comment_reckons() -> None:
    first = next(train(load("logistic_regression")))
    assert_allclose(first.sums[0], [[0.5]], rtol=1e-14)
    # σ(0.5) = 0.622459…, −log of it 0.474077…
    assert_allclose(first.loss, 0.4740769841801067, rtol=1e-12)


def test_identity_layers_collapse_into_one_affine_map() -> None:
    model = load("linear_collapse")
    final = end(model)
    w1, w2, w3 = (final.parameters[f"W[{place}]"] for place in (1, 2, 3))
    b1, b2, b3 = (final.parameters[f"b[{place}]"] for place in (1, 2, 3))
    collapsed = model.data.features @ (w3 @ w2 @ w1).T + (w3 @ (w2 @ b1 + b2) + b3)
    assert_allclose(predict(model, final.parameters), collapsed, rtol=1e-12)
    assert_allclose(collapsed, 0.5, atol=0.01)
    assert_allclose(final.loss, 0.25, atol=1e-4)


def test_most_units_of_dead_relu_never_fire() -> None:
    model = load("dead_relu")
    assert model.batches >= 12
    for iteration in train(load("dead_relu", {"training.epochs": 2})):
        assert (iteration.outputs[0] == 0).all(0).mean() > 0.5
        dead = [0, 1, 3, 4, 6, 7]
        assert not iteration.gradients[0][dead].any()
    hidden = forward(model, model.parameters, model.data.features)[1][0]
    assert_array_equal(np.flatnonzero(hidden.max(0)), [2, 5])


def test_the_first_layer_of_vanishing_gradient_stands_still() -> None:
    for iteration in train(load("vanishing_gradient", {"training.epochs": 3})):
        first, final = (np.linalg.norm(iteration.gradients[place]) for place in (0, -1))
        assert first < 1e-5
        assert first < 1e-3 * final or final < 1e-2
        assert 0.5 < iteration.loss < 1


def test_the_loss_of_exploding_gradient_grows_then_is_infinite_then_nan() -> None:
    with np.errstate(all="ignore"):
        losses = [iteration.loss for _, iteration in zip(range(80), train(load("exploding_gradient")), strict=False)]
    bad = [not np.isfinite(loss) for loss in losses].index(True)
    assert bad > 5
    assert losses[bad] == np.inf
    assert np.isnan(losses[-1])
    assert losses[0] < 10
    assert losses[bad - 1] > 1e9
    cured = load("exploding_gradient", {"training.learning_rate": 0.05})
    assert end(cured).loss < 0.2


def test_the_outlier_models_differ_in_the_batch_size_alone() -> None:
    files = {name: tomllib.loads(bundled()[name].read_text(encoding="utf-8")) for name in NAMES if "outlier" in name}
    assert [table["training"].pop("batch_size") for table in files.values()] == [1, 8, "all"]
    for table in files.values():
        table.pop("title")
    first, *others = files.values()
    assert others == [first, first]
    data = load("outlier_sgd").data
    distance = abs(data.targets - 2 * data.features - 1)[:, 0]
    assert len(distance) == 24
    assert_array_equal(distance > 0.1 + 1e-9, data.targets[:, 0] == 12)
    assert (data.targets == 12).sum() == 1


def test_the_smaller_the_batch_the_more_the_outlier_throws_the_loss() -> None:
    noise = []
    for name in ("outlier_sgd", "outlier_minibatch", "outlier_batch"):
        model = load(name)
        losses = [iteration.loss for iteration in train(model)]
        noise.append(np.std(losses[-5 * model.batches :]))
    assert noise[0] > 2 * noise[1] > 100 * noise[2]
