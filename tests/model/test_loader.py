"""Sources, defaults and overrides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from nnstep.errors import ModelError
from nnstep.model import Layer, Loss, Training, bundled, load

LEAST: Mapping[str, object] = {
    "data": {"features": [[0, 1]] * 50, "targets": [0] * 50},
    "network": {"layer": [{"units": 1}]},
}


def test_a_dict_without_the_optional_keys_gets_their_defaults() -> None:
    model = load(LEAST)
    assert (model.name, model.title, model.path, model.seed) == ("model", "model", None, 0)
    assert model.dtype == np.float64
    assert model.layers == (Layer(1, "identity", bias=True, trainable=True, init="xavier"),)
    assert model.loss == Loss("mean_squared_error", 0.0)
    assert model.training == Training("sgd", 0.1, 0.9, 0.9, 0.999, 1e-8, 32, 100, shuffle=True)


@pytest.mark.parametrize(
    ("activation", "loss"),
    [("sigmoid", "binary_cross_entropy"), ("relu", "mean_squared_error"), ("identity", "mean_squared_error")],
)
def test_the_loss_follows_the_last_activation(activation: str, loss: str) -> None:
    assert load(LEAST, {"network.layer[1].activation": activation}).loss.name == loss


def test_softmax_means_cross_entropy_and_adam_its_own_rate() -> None:
    overrides = {
        "data.targets": ["a", "b"] * 25,
        "network.layer[1].units": 2,
        "network.layer[1].activation": "softmax",
        "training.optimizer": "adam",
    }
    model = load(LEAST, overrides)
    assert model.loss.name == "cross_entropy"
    assert model.training.learning_rate == 0.001


@pytest.mark.parametrize(
    ("given", "size", "batches"), [(1, 1, 50), (8, 8, 7), (50, 50, 1), (64, 50, 1), ("all", 50, 1)]
)
def test_batches_of_every_size(given: object, size: int, batches: int) -> None:
    model = load(LEAST, {"training.batch_size": given, "training.epochs": 3})
    assert model.training.batch_size == size
    assert (model.rows, model.batches, model.iterations) == (50, batches, 3 * batches)


def test_all_rows_are_the_rows_that_are_left_for_training() -> None:
    model = load(LEAST, {"training.batch_size": "all", "data.limit": 20, "data.holdout": 0.25})
    assert (model.rows, model.training.batch_size) == (15, 15)


def test_the_summary_says_the_network_and_its_training() -> None:
    assert load("xor").summary == "2→4→1 tanh, sigmoid · sgd α 0.5"
    assert load("digits").summary == "64→64→32→10 relu, relu, softmax · sgd α 0.1"
    assert load("vanishing_gradient").summary.endswith("→6→1 10×sigmoid · sgd α 0.5")


def test_a_file_has_its_name_and_a_dict_its_title(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text('[data]\ngenerate = "line"\n[[network.layer]]\nunits = 1\n', encoding="utf-8")
    for source in (path, str(path)):
        model = load(source)
        assert (model.name, model.title, model.path) == ("small", "small", path)
    titled = load({**LEAST, "title": "A line"})
    assert (titled.name, titled.title) == ("A line", "A line")


def test_an_existing_path_wins_over_a_bundled_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iris").mkdir()
    assert load("iris").path == bundled()["iris"].absolute()
    Path("xor").write_text('[data]\ngenerate = "line"\n[[network.layer]]\nunits = 1\n', encoding="utf-8")
    assert load("xor").path == tmp_path / "xor"


def test_overrides_set_single_keys_before_anything_is_checked() -> None:
    overrides = {
        "title": "Set",
        "training.epochs": np.int64(7),
        "training.learning_rate": np.float64(0.25),
        "network.layer[1].activation": "tanh",
        "loss.l2": 0.5,
        "data.limit": 3,
    }
    model = load(LEAST, overrides)
    assert (model.title, model.training.epochs, model.training.learning_rate) == ("Set", 7, 0.25)
    assert (model.layers[0].activation, model.loss.l2, model.rows) == ("tanh", 0.5, 3)
    assert load("xor", {"training.epochs": 2}).iterations == 2


def test_overrides_leave_the_dict_alone() -> None:
    source = {"data": {"generate": "line"}, "network": {"layer": [{"units": 1}]}}
    load(source, {"data.samples": 5, "network.layer[1].init": "zeros", "training.epochs": 1})
    assert source == {"data": {"generate": "line"}, "network": {"layer": [{"units": 1}]}}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("training.epoch", "training: no key 'epoch'; did you mean 'epochs'?"),
        ("trainig.epochs", "no key 'trainig'; did you mean 'training'?"),
        ("network.layer[3].units", "cannot set network.layer[3].units: layer goes from 1 to 1"),
        ("network.layer[0].units", "cannot set network.layer[0].units: layer goes from 1 to 1"),
        (
            "network.layer.units",
            "cannot set network.layer.units: layer is not a table; write its number, as in layer[2]",
        ),
        ("data.features[1].x", "cannot set data.features[1].x: features is not a table"),
        ("data[1].file", "cannot set data[1].file: data is not a list of tables"),
        ("seed.x", "cannot set seed.x: seed is not a table"),
        ("", "cannot set ''; a key is written as in training.epochs or network.layer[2].units"),
        ("a b", "cannot set 'a b'; a key is written as in training.epochs or network.layer[2].units"),
    ],
)
def test_an_override_of_no_key_says_so(key: str, message: str) -> None:
    with pytest.raises(ModelError) as error:
        load({**LEAST, "seed": 1}, {key: 1})
    assert str(error.value) == f"model: {message}"


def test_the_cause_of_an_error_is_kept() -> None:
    with pytest.raises(ModelError) as error:
        load(LEAST, {"training.epochs": 0})
    assert isinstance(error.value.__cause__, ModelError)


def test_a_dict_may_hold_arrays() -> None:
    features, weights = np.arange(6.0).reshape(3, 2), np.array([[1.0, 2.0]])
    model = load(
        {
            "data": {"features": features, "targets": np.ones(3)},
            "network": {"layer": [{"units": np.int64(1), "weights": weights, "bias": np.array([3.0])}]},
        }
    )
    assert_array_equal(model.data.features, features)
    assert_array_equal(model.parameters["W[1]"], weights)
    weights[:] = 0
    assert_array_equal(model.parameters["W[1]"], [[1, 2]])


def test_the_bundled_models_are_sorted_by_name() -> None:
    names = list(bundled())
    assert names == sorted(names)
    assert all(path.is_file() and path.stem == name for name, path in bundled().items())


def test_an_installed_package_finds_its_models_inside(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    packages = tmp_path / "site-packages"
    packages.mkdir()
    package = packages / "nnstep"
    package.mkdir()
    for name in ("errors.py", "model"):
        (package / name).symlink_to(root / "nnstep" / name)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import nnstep.model.loader as loader\n"
        "loader.__file__ = sys.argv[1] + '/nnstep/model/loader.py'\n"
        "print(*loader.bundled())"
    )
    (package / "models").mkdir()
    (package / "models" / "mine.toml").touch()
    (packages / "models").mkdir()
    (packages / "models" / "not_ours.toml").touch()
    run = subprocess.run([sys.executable, "-c", script, str(packages)], capture_output=True, text=True, check=True)
    assert run.stdout == "mine\n"
