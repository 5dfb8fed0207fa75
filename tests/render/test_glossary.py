"""The catalogue is complete in every language, and the glossary finds its terms by any of their names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

import nnstep
from nnstep.engine.ops import OPS
from nnstep.engine.ops.loss import LOSSES
from nnstep.errors import CommandError
from nnstep.model.schema import ACTIVATIONS
from nnstep.render.catalogue import FOLDER, catalogue, said, word
from nnstep.render.glossary import SYMBOLS, find, of_formula, terms
from nnstep.render.language import LANGUAGES, Language, choose
from tests.worked import MODEL

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


@pytest.fixture(autouse=True)
def _nothing_chosen() -> Iterator[None]:
    choose(None)
    yield
    choose(None)


def table(language: Language) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def paths(tables: dict[str, Any], stem: str = "") -> list[str]:
    """Every key of a file, in its order."""
    return [
        path
        for key, value in tables.items()
        for path in (paths(value, f"{stem}{key}.") if isinstance(value, dict) else [stem + key])
    ]


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(LANGUAGES)


def test_all_languages_have_the_same_entries_in_the_same_order() -> None:
    assert paths(table("ja")) == paths(table("en"))


def test_all_languages_fill_in_the_same_values() -> None:
    english, japanese = catalogue("en").words, catalogue("ja").words
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", japanese[key]) == re.findall(r"\{\w+\}", text), key


def test_every_entry_says_something_and_ends_as_a_sentence_does() -> None:
    for language, ending in (("en", ".?"), ("ja", "。")):
        for key, entry in catalogue(language).terms.items():
            assert entry.text[-1] in ending, key
            assert all(entry.names), key
            assert (JAPANESE.search(entry.text) is not None) == (language == "ja"), key


def test_keys_are_those_of_one_entry_and_every_symbol_has_one() -> None:
    keys = [path.split(".")[1] for path in paths(table("en")) if path.endswith(".text")]
    assert len(keys) == len(set(keys))
    assert set(SYMBOLS) == {key for key, term in terms().items() if term.section == "symbols"}


@pytest.mark.parametrize("key", sorted({*ACTIVATIONS, *(loss.name for loss in LOSSES if loss.name in OPS)}))
def test_activations_and_losses_are_explained(key: str) -> None:
    assert key.removesuffix("_with_logits") in terms()


# What the notes that this project grew from call things.
@pytest.mark.parametrize(
    ("asked", "english"),
    [
        ("活性化関数", "activation function"),
        ("誤差逆伝播", "backpropagation"),
        ("ミニバッチ勾配降下法", "mini-batch gradient descent"),
        ("確率的勾配降下法", "stochastic gradient descent (SGD)"),
        ("バッチ勾配降下法", "batch gradient descent"),
        ("隠れ層", "hidden layer"),
        ("入力層", "input layer"),
        ("出力層", "output layer"),
        ("重み", "weight"),
        ("バイアス", "bias"),
        ("損失", "loss"),
        ("外れ値", "outlier"),
        ("連鎖律", "chain rule"),
        ("計算グラフ", "computational graph"),
        ("アダマール積", "Hadamard product"),
        ("恒等関数", "identity function"),
        ("シグモイド関数", "sigmoid function"),
        ("多層パーセプトロン", "multi-layer perceptron (MLP)"),
        ("学習率", "learning rate"),
        ("エポック", "epoch"),
        ("ニューロン", "node"),
        ("エッジ", "edge"),
        ("層", "layer"),
        ("特徴量数", "number of features"),
        ("δ", "error of a layer"),
        ("σ", "an activation function"),
        ("⊙", "Hadamard product"),
        ("α", "learning rate"),
        ("nh", "number of hidden units"),
        ("SGD", "stochastic gradient descent (SGD)"),
        ("Mini-Batch", "mini-batch"),
        ("unit", "node"),
    ],
)
def test_a_term_is_found_by_its_names_in_both_languages(asked: str, english: str) -> None:
    assert find(asked)[0].names[0] == english
    choose("ja")
    assert english in find(asked)[0].others


def test_a_part_of_a_name_finds_all_that_have_it() -> None:
    found = {term.key for term in find("gradient desc")}
    assert found == {"gradient_descent", "mini_batch_descent", "sgd", "batch_descent"}


@pytest.mark.parametrize("asked", ["backpropogation", "xyzzy"])
def test_an_unknown_term_is_an_error_with_the_nearest(asked: str) -> None:
    with pytest.raises(CommandError, match="did you mean 'backpropagation'" if asked[0] == "b" else "lists them all"):
        find(asked)


def test_the_symbols_of_a_formula_are_explained() -> None:
    session = nnstep.open(MODEL).session
    assert of_formula(session) == []

    def keys(name: str) -> list[str]:
        session.step = 1 + [instruction.name for instruction in session.tape].index(name)
        return [term.key for term in of_formula(session)]

    # Z[1] = X W[1]ᵀ + b[1]; δ[1] = dA[1] ⊙ 1[Z[1] > 0]; db[1] = Σᵢ δ[1]ᵢ; W[1] ← W[1] − α dW[1]
    assert keys("Z[1]") == ["Z", "X", "W", "b", "transpose"]
    assert keys("delta[1]") == ["delta", "dA", "Z", "hadamard", "indicator", "relu"]
    assert keys("db[1]") == ["db", "delta", "sum"]
    assert keys("E")[-1] == "mean_squared_error"
    session.step = len(session.tape) - 3
    assert [term.key for term in of_formula(session)] == ["W", "dW", "lr", "update"]


def test_the_command_says_the_symbols_of_the_formula_first() -> None:
    debugger = nnstep.open("mazur")
    debugger.step(6)
    lines = debugger.execute("glossary").text.splitlines()
    assert lines[0] == "in this formula  out_h = σ(net_h)"
    assert lines[1].startswith("sigmoid function  シグモイド関数")
    assert "Symbols" in lines
    choose("ja")
    assert "記号" in debugger.execute("glossary").text.splitlines()


def test_explanations_are_in_the_language_in_use() -> None:
    debugger = nnstep.open(MODEL)
    choose("ja")
    assert debugger.execute("explain W[1][0,0]").text.splitlines() == ["W[1][0,0]: 初期値", "= 0.5"]
    assert debugger.execute("display Z[1]").text == "1: Z[1]  未計算 (step 3)"
    assert word("not_yet", step=3) == "未計算 (step 3)"
    debugger.goto("dW[1]")
    last = debugger.execute("explain dW[1][0,0]").text.splitlines()[-1]
    assert last == "PyTorchでは: loss.backward() の一部。結果は W[1].grad に入る"
    assert said("as the model gives it") == "モデルで与えられた値"
    assert said("what nobody has translated") == "what nobody has translated"
