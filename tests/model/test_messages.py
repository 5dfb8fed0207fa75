"""What a user reads when a model is wrong: one line with the file, the key and the remedy."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import ModelError
from nnstep.model import load

XOR = """
[data]
features = [[0, 0], [0, 1], [1, 0], [1, 1]]
targets = [[0], [1], [1], [0]]
[[network.layer]]
units = 4
activation = "tanh"
[[network.layer]]
units = 1
activation = "sigmoid"
[loss]
name = "binary_cross_entropy"
[training]
learning_rate = 0.5
"""

ACTIVATIONS = "identity, relu, leaky_relu, sigmoid, tanh, softmax, softplus, gelu"
BCE = "binary_cross_entropy"
LOSSES = (
    "mean_squared_error, binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, "
    "cross_entropy_with_logits"
)

# What is replaced in XOR, by what, and the line that follows "xor.toml: ".
MISTAKES = [
    ('"sigmoid"', '"rellu"', "network.layer[2].activation: no activation 'rellu'; did you mean 'relu'?"),
    (
        '"sigmoid"',
        '"Sigmoid"',
        "network.layer[2].activation: no activation 'Sigmoid'; did you mean 'sigmoid'?",
    ),
    (
        '"sigmoid"',
        '"swish"',
        f"network.layer[2].activation: no activation 'swish'; choose from {ACTIVATIONS}",
    ),
    ('"sigmoid"', "1", "network.layer[2].activation must be a text, got 1"),
    ('"binary_cross_entropy"', '"bce"', "loss.name: no loss 'bce'; did you mean 'binary_cross_entropy'?"),
    (
        '"binary_cross_entropy"',
        '"softmax"',
        f"loss.name: no loss 'softmax' (a kind of activation); choose from {LOSSES}",
    ),
    (
        '"binary_cross_entropy"',
        '"cross_entropy"',
        "network.layer[2].units must be 2 under cross_entropy, one for each class, got 1",
    ),
    ("units = 4", "units = 0", "network.layer[1].units must be at least 1, got 0"),
    ("units = 4", "units = 4.0", "network.layer[1].units must be a whole number, got 4.0"),
    ("units = 4", "unit = 4", "network.layer[1]: no key 'unit'; did you mean 'units'?"),
    ("units = 4", "", "network.layer[1].units is missing"),
    (
        "units = 4",
        "units = 900_000_000",
        (
            "network.layer[1].units: training all up to W[1] would take 201.2 GiB, the limit is 2 GiB; "
            "NNSTEP_MEMORY sets another"
        ),
    ),
    (
        "units = 4",
        "units = 4\nweights = [[1, 2]]",
        "network.layer[1].weights must be 4×2 (units × inputs), got 1×2",
    ),
    (
        "units = 4",
        "units = 4\nweights = [[1, 2], [3]]",
        "network.layer[1].weights must have rows of one length: row 1 has 2, row 2 has 1",
    ),
    (
        "units = 4",
        'units = 4\ninit = "he"\nweights = [[1, 2]]',
        "network.layer[1]: init and weights are both given; leave one out",
    ),
    (
        "units = 4",
        "units = 4\nbias = [1]",
        "network.layer[1].bias must be 4 numbers, one per unit, got 1 numbers",
    ),
    (
        "units = 4",
        'units = 4\nbias = "no"',
        "network.layer[1].bias must be a list of numbers, true or false, got 'no'",
    ),
    ("units = 4", "units = 4\ntrainable = 1", "network.layer[1].trainable must be true or false, got 1"),
    ("[loss]", "[los]", "no key 'los'; did you mean 'loss'?"),
    (
        "[loss]",
        "[optimizer]",
        "no key 'optimizer'; the keys here are title, seed, dtype, data, network, graph, loss, training",
    ),
    ("[data]", "seed = -1\n[data]", "seed must be at least 0, got -1"),
    ("[data]", 'dtype = "float16"\n[data]', "dtype: no dtype 'float16'; did you mean 'float64'?"),
    (
        "[data]",
        'title = "\\u001b[31mred"\n[data]',
        "title must be without control characters, got '\\x1b[31mred'",
    ),
    ("[1, 1]]", "[1]]", "data.features must have rows of one length: row 1 has 2, row 4 has 1"),
    ("[1, 1]]", '[1, "a"]]', "data.features must be rows of numbers, got 'a' in row 4"),
    (", [1, 1]]", "]", "data.targets must have one row per row of features: 3, got 4"),
    (
        "[[0], [1], [1], [0]]",
        "[[0, 1], [1, 0], [1, 0], [0, 1]]",
        f"network.layer[2].units must be 2 under {BCE}, one for each column of the targets, got 1",
    ),
    (
        "[[0], [1], [1], [0]]",
        '["a", "b", "c", "a"]',
        "network.layer[2].units must be 3 under binary_cross_entropy, one for each class, got 1",
    ),
    (
        "[[0], [1], [1], [0]]",
        '["a", 1, 1, 0]',
        "data.targets must be all texts or all numbers, got 1 among texts",
    ),
    ("targets = [[0], [1], [1], [0]]", "", "data.targets is missing: one row for each row of features"),
    (
        "features = [[0, 0], [0, 1], [1, 0], [1, 1]]\n",
        "",
        "data.features is missing: give features and targets, a file, or generate",
    ),
    ("targets =", 'file = "x.csv"\ntargets =', "data has both features and file; leave one out"),
    (
        "targets =",
        "noise = 0.1\ntargets =",
        "data.noise goes with generate, not with features; leave one out",
    ),
    ("targets =", 'scale = "std"\ntargets =', "data.scale: no scale 'std'; did you mean 'standard'?"),
    ("targets =", "holdout = 1\ntargets =", "data.holdout must be less than 1, got 1"),
    (
        "targets =",
        "holdout = 0.9\ntargets =",
        "data.holdout must leave a row for training, 0.9 of 4 leaves none",
    ),
    ("learning_rate = 0.5", "learning_rate = nan", "training.learning_rate must be a finite number, got nan"),
    ("learning_rate = 0.5", "learning_rate = -1", "training.learning_rate must be at least 0, got -1"),
    ("learning_rate = 0.5", 'learning_rate = "x"', "training.learning_rate must be a number, got 'x'"),
    ("learning_rate = 0.5", "epoch = 5", "training: no key 'epoch'; did you mean 'epochs'?"),
    (
        "learning_rate = 0.5",
        'optimizer = "adm"',
        "training.optimizer: no optimizer 'adm'; did you mean 'adam'?",
    ),
    (
        "learning_rate = 0.5",
        'batch_size = "full"',
        "training.batch_size must be a whole number or 'all', got 'full'",
    ),
    ("learning_rate = 0.5", "batch_size = 0", "training.batch_size must be at least 1, got 0"),
    ("learning_rate = 0.5", "learning_rate =", "line 14, column 16: Invalid value"),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[message[:50] for *_, message in MISTAKES])
def test_a_mistake_in_a_file_is_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert XOR.count(old) >= 1
    path = tmp_path / "xor.toml"
    path.write_text(XOR.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModelError) as error:
        load(path)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[data", "end of document: Expected ']' at the end of a table declaration"),
        (b"a = 1\na = 2\n", "line 2, column 6: Cannot overwrite a value"),
        (b"\xff", "is not UTF-8 text: invalid start byte at byte 0"),
        (b"a = " + b"[" * 100_000, "is nested too deeply"),
        (b"a" + b".a" * 100_000 + b" = 1", "is nested too deeply"),
        (b"", "network is missing: a model has at least one [[network.layer]], or a [graph]"),
        (
            b"[network.layer]\nunits = 1",
            "network.layer must be a list of tables, each under [[network.layer]], got a table",
        ),
        (b"[network]\nlayer = []", "network.layer must not be empty"),
        (
            b'[graph]\nequations = ["L = 1"]\n[[network.layer]]\nunits = 1',
            "network and graph are both given; leave one out",
        ),
        (b'"\\u001b" = 1', "\\x1b must be without control characters, got '\\x1b'"),
    ],
)
def test_a_file_that_is_no_model_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        load(path)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("xro", "no model 'xro'; did you mean 'xor'?"),
        ("models/iris_.toml", "models/iris_.toml: there is no such file; did you mean 'iris'?"),
        ("xor\x1b.toml", "xor\\x1b.toml: there is no such file; did you mean 'xor'?"),
        (".", ".: is a directory, a model is a .toml file"),
        ({}, "model: network is missing: a model has at least one [[network.layer]], or a [graph]"),
        ({1: 2}, "model: keys must be texts, got 1"),
        ({"data": {1: 2}}, "model: data: keys must be texts, got 1"),
        (
            {"network": {"layer": [{"units": 1}]}},
            "model: data.features is missing: give features and targets, a file, or generate",
        ),
    ],
)
def test_a_source_that_is_no_model_says_what_there_is(
    source: str | dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as error:
        load(source)
    assert str(error.value) == message


def test_every_name_of_a_key_leads_to_the_nearest_known_one() -> None:
    model = {"data": {"generate": "line"}, "network": {"layer": [{"units": 1, "activaton": "relu"}]}}
    with pytest.raises(
        ModelError, match=r"^model: network.layer\[1\]: no key 'activaton'; did you mean 'activation'\?$"
    ):
        load(model)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "title",
    "seed",
    "dtype",
    "unknown",
    "graph",
    "network",
    "network.layer",
    *(f"network.layer[1].{key}" for key in ("units", "activation", "init", "weights", "bias", "trainable", "x")),
    "data",
    *(f"data.{key}" for key in ("features", "targets", "file", "target", "columns", "generate", "samples")),
    *(f"data.{key}" for key in ("noise", "scale", "limit", "holdout")),
    "loss",
    *(f"loss.{key}" for key in ("name", "l2")),
    "training",
    *(f"training.{key}" for key in ("optimizer", "learning_rate", "momentum", "beta1", "epsilon", "batch_size")),
    *(f"training.{key}" for key in ("epochs", "shuffle")),
]


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=2))
def test_any_value_of_any_key_is_taken_or_refused_in_one_line(overrides: dict[str, object]) -> None:
    message = "model: "
    try:
        load(tomllib.loads(XOR), overrides)
    except ModelError as error:
        message = str(error)
    assert message.startswith("model: ")
    assert not re.search("[\x00-\x1f\x7f-\x9f]", message)
