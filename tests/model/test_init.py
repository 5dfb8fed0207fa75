"""The parameters at step 0: shapes, distributions, streams, and what the file gives."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from nnstep.model import Model, load


def network(*layers: dict[str, object], inputs: int = 2, **keys: object) -> Model:
    targets = [[0.0] * int(str(layers[-1]["units"]))]
    data = {"features": [[0.0] * inputs], "targets": targets}
    loss = {"name": "mean_squared_error"}
    return load({"data": data, "network": {"layer": list(layers)}, "loss": loss, **keys})


def test_weights_are_output_by_input_and_in_the_order_of_the_layers() -> None:
    model = network({"units": 3}, {"units": 5, "bias": False}, {"units": 1})
    shapes = {name: array.shape for name, array in model.parameters.items()}
    assert shapes == {"W[1]": (3, 2), "b[1]": (3,), "W[2]": (5, 3), "W[3]": (1, 5), "b[3]": (1,)}
    assert list(shapes) == ["W[1]", "b[1]", "W[2]", "W[3]", "b[3]"]
    assert [layer.bias for layer in model.layers] == [True, False, True]


# 400 inputs and 100 units: he √(2/400), xavier a uniform distribution within √(6/500), whose deviation is bound/√3.
@pytest.mark.parametrize(
    ("init", "deviation"), [("he", 0.0707107), ("xavier", 0.0632456), ("normal", 0.01), ("zeros", 0.0)]
)
def test_each_init_has_the_deviation_of_its_paper(init: str, deviation: float) -> None:
    weights = network({"units": 100, "init": init}, inputs=400).parameters["W[1]"]
    assert_allclose(weights.std(), deviation, rtol=0.01)
    assert_allclose(weights.mean(), 0, atol=0.002)


def test_xavier_is_uniform_and_he_is_normal() -> None:
    xavier, he = (network({"units": 100, "init": init}, inputs=400).parameters["W[1]"] for init in ("xavier", "he"))
    bound = np.sqrt(6 / 500)
    assert 0.999 * bound < abs(xavier).max() < bound
    # Of a normal distribution 68.27 % lie within one deviation.
    assert_allclose((abs(he) < np.sqrt(2 / 400)).mean(), 0.6827, atol=0.01)


@pytest.mark.parametrize(
    ("activation", "init"),
    [
        ("relu", "he"),
        ("leaky_relu", "he"),
        ("softplus", "he"),
        ("gelu", "he"),
        ("identity", "xavier"),
        ("sigmoid", "xavier"),
        ("tanh", "xavier"),
        ("softmax", "xavier"),
    ],
)
def test_the_init_follows_the_activation(activation: str, init: str) -> None:
    drawn = network({"units": 4, "activation": activation})
    named = network({"units": 4, "activation": activation, "init": init})
    assert drawn.layers[0].init == init
    assert_array_equal(drawn.parameters["W[1]"], named.parameters["W[1]"])


def test_biases_start_at_zero() -> None:
    assert_array_equal(network({"units": 3, "init": "normal"}).parameters["b[1]"], np.zeros(3))
    assert_array_equal(network({"units": 3, "bias": True}).parameters["b[1]"], np.zeros(3))


def test_given_weights_and_biases_are_taken() -> None:
    weights, bias = [[1, 2], [3, 4], [5, 6.5]], [7, 8, 9]
    model = network({"units": 3, "weights": weights, "bias": bias})
    assert_array_equal(model.parameters["W[1]"], weights)
    assert_array_equal(model.parameters["b[1]"], bias)
    assert model.layers[0].init == "given"


def test_each_parameter_has_a_stream_of_its_own() -> None:
    small = network({"units": 3}, {"units": 2})
    wide = network({"units": 3}, {"units": 4}, {"units": 2})
    assert_array_equal(small.parameters["W[1]"], wide.parameters["W[1]"])
    square = network({"units": 2}, {"units": 2})
    assert not np.array_equal(square.parameters["W[1]"], square.parameters["W[2]"])


def test_the_seed_decides_and_float32_has_the_same_numbers() -> None:
    same, other = network({"units": 3}), network({"units": 3}, seed=1)
    single = network({"units": 3}, dtype="float32")
    assert_array_equal(same.parameters["W[1]"], network({"units": 3}).parameters["W[1]"])
    assert not np.array_equal(same.parameters["W[1]"], other.parameters["W[1]"])
    assert single.parameters["W[1]"].dtype == single.parameters["b[1]"].dtype == np.float32
    assert_array_equal(single.parameters["W[1]"], same.parameters["W[1]"].astype(np.float32))


def test_the_initial_parameters_cannot_be_written() -> None:
    parameters = network({"units": 3, "weights": [[1, 2]] * 3, "bias": [1, 2, 3]}, {"units": 1}).parameters
    assert not any(array.flags.writeable for array in parameters.values())
