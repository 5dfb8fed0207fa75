"""The keys of a model file, with their types and bounds; `parse` checks a file against them.

A message names the key as the file does, layers counted from 1 as in W[2]; the door (`loader.load`) puts the
file's name in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from nnstep.errors import ModelError, harmless
from nnstep.model.messages import clipped, nearest, refuse_control

Activation = Literal["identity", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu"]
Init = Literal["he", "xavier", "normal", "zeros"]
LossName = Literal[
    "mean_squared_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
]
Optimizer = Literal["sgd", "momentum", "adam"]
Generator = Literal["moons", "spiral", "blobs", "line"]
Scale = Literal["standard", "minmax", "none"]
DType = Literal["float64", "float32"]

ACTIVATIONS: tuple[str, ...] = get_args(Activation)
LOSSES: tuple[str, ...] = get_args(LossName)
OPTIMIZERS: tuple[str, ...] = get_args(Optimizer)

# A step's number stays within 64 bits with these bounds, whatever the number of batches and instructions.
Count = Annotated[int, Meta(ge=1, le=10**9)]
NotNegative = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, lt=1)]


MOST_LAYERS = 1000
LARGEST_SEED = 2**64
"""A seed is below this."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: its fields are the only keys it may have."""


class DataTable(Table, frozen=True, kw_only=True):
    """[data]: features and targets, or a file, or a generator; then what is done with the rows."""

    features: Any = None
    targets: Any = None
    file: str | None = None
    target: str | None = None
    columns: Annotated[list[str], Meta(min_length=1)] | None = None
    generate: Generator | None = None
    samples: Count | None = None
    noise: NotNegative | None = None
    scale: Scale = "none"
    limit: Count | None = None
    holdout: Fraction = 0.0


class LayerTable(Table, frozen=True, kw_only=True):
    """[[network.layer]]."""

    units: Count
    activation: Activation = "identity"
    init: Init | None = None
    weights: Any = None
    bias: Any = True
    trainable: bool = True


class NetworkTable(Table, frozen=True, kw_only=True):
    """[network]: the layers, from the input on."""

    layer: Annotated[list[LayerTable], Meta(min_length=1, max_length=MOST_LAYERS)]


class ParameterTable(Table, frozen=True, kw_only=True):
    """[graph.parameters.NAME]: values, or a shape with an init; without one, xavier for matrices, zeros for vectors."""

    values: Any = None
    shape: list[Count] | None = None
    init: Init | None = None
    trainable: bool = True


class GraphTable(Table, frozen=True, kw_only=True):
    """[graph]: equations and their parameters, instead of [network] and [loss].

    equations: texts; from Python also equations that are built already.
    """

    equations: Annotated[list[Any], Meta(min_length=1)]
    parameters: dict[str, Any] = {}


class LossTable(Table, frozen=True, kw_only=True):
    """[loss]; without a name, the usual loss for the last activation."""

    name: LossName | None = None
    l2: NotNegative = 0.0


class TrainingTable(Table, frozen=True, kw_only=True):
    """[training]; without a learning rate, the optimizer's usual one."""

    optimizer: Optimizer = "sgd"
    learning_rate: NotNegative | None = None
    momentum: NotNegative = 0.9
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: NotNegative = 1e-8
    batch_size: Count | Literal["all"] = 32
    epochs: Count = 100
    shuffle: bool = True


class ModelTable(Table, frozen=True, kw_only=True):
    """A whole model file."""

    title: str = ""
    seed: Annotated[int, Meta(ge=0)] = 0
    dtype: DType = "float64"
    data: DataTable = DataTable()
    network: NetworkTable | None = None
    graph: GraphTable | None = None
    loss: LossTable = LossTable()
    training: TrainingTable = TrainingTable()


_TABLES: dict[str, type[Table]] = {
    "": ModelTable,
    "data": DataTable,
    "network": NetworkTable,
    "network.layer": LayerTable,
    "graph": GraphTable,
    "graph.parameters": ParameterTable,
    "loss": LossTable,
    "training": TrainingTable,
}
# By key: what its value is called in a message, and the values it may have.
_CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "dtype": ("dtype", get_args(DType)),
    "data.generate": ("generator", get_args(Generator)),
    "data.scale": ("scale", get_args(Scale)),
    "network.layer.activation": ("activation", ACTIVATIONS),
    "network.layer.init": ("init", get_args(Init)),
    "graph.parameters.init": ("init", get_args(Init)),
    "loss.name": ("loss", LOSSES),
    "training.optimizer": ("optimizer", OPTIMIZERS),
}
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
}
_BOUNDS = {">=": "at least", "<=": "at most", "<": "less than"}


def parse(tables: Mapping[str, object]) -> ModelTable:
    """The checked tables of a model file; ModelError names the first key that is not what it must be."""
    for key, value in _scalars("", tables):
        if isinstance(value, str):
            refuse_control(key, value)
        elif isinstance(value, float) and not isfinite(value):
            raise ModelError(f"{key} must be a finite number, got {value}")
    try:
        table = msgspec.convert(tables, ModelTable)
    except msgspec.ValidationError as error:
        raise ModelError(_explain(str(error), tables)) from error
    if table.seed >= LARGEST_SEED:
        raise ModelError(f"seed must be below 2^64, got {clipped(table.seed)}")
    return table


def parameter_table(name: str, value: object) -> ParameterTable:
    """What [graph.parameters] says of one parameter: values alone, or a table."""
    if not isinstance(value, Mapping):
        return ParameterTable(values=value)
    try:
        return msgspec.convert(value, ParameterTable)
    except msgspec.ValidationError as error:
        message = _explain(str(error), {"graph": {"parameters": value}}, "graph.parameters")
        # What is known of the keys does not depend on the parameter's name, which only the message needs.
        raise ModelError(message.replace("graph.parameters", f"graph.parameters.{name}", 1)) from error


def _scalars(place: str, value: object) -> Iterator[tuple[str, object]]:
    """Every single value with its key, lists of numbers left out."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str):
                raise ModelError(f"{place}: keys must be texts, got {clipped(name)}".removeprefix(": "))
            key = f"{place}.{name}" if place else name
            refuse_control(harmless(key), name)
            yield from _scalars(key, item)
    elif isinstance(value, list) and value and isinstance(value[0], (Mapping, str)):
        for number, item in enumerate(value, 1):
            yield from _scalars(f"{place}[{number}]", item)
    elif isinstance(value, (str, float)):
        yield place, value


def _explain(message: str, tables: Mapping[str, object], place: str = "") -> str:
    """One of msgspec's messages about the table at a place, in the words of the file."""
    text, _, path = message.partition(" - at `$.")
    path = ".".join(filter(None, (place, path.rstrip("`"))))
    key = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", path)
    value = _value(path, tables)
    if found := re.fullmatch(r"Object (contains unknown|missing required) field `(.*)`", text):
        if found[1] == "missing required":
            return f"{key}.{found[2]} is missing"
        known = _TABLES[re.sub(r"\[\d+\]", "", path)].__struct_fields__
        where = f"{key}: " if key else ""
        return f"{where}no key '{found[2]}'; {nearest(found[2], known, 'the keys here are')}"
    if text.startswith("Invalid enum value") and key != "training.batch_size":
        return _no_such_choice(key, str(value))
    if text.startswith("Expected `array` of length"):
        return f"{key} must have at most {MOST_LAYERS} layers" if "<=" in text else f"{key} must not be empty"
    return f"{key} {_demand(key, text)}, got {clipped(value)}"


def _demand(key: str, text: str) -> str:
    """What the value of a key must be."""
    if key == "training.batch_size" and ">" not in text and "<=" not in text:
        return "must be a whole number or 'all'"
    if key == "network.layer":
        return "must be a list of tables, each under [[network.layer]]"
    if found := re.fullmatch(r"Expected `\w+` (>=|<=|<) ([\d.]+)", text):
        return f"must be {_BOUNDS[found[1]]} {float(found[2]):.0f}"
    if found := re.match(r"Expected `(\w+)", text):
        return f"must be {_TYPES[found[1]]}"
    return f"is refused ({text})"


def _no_such_choice(key: str, word: str) -> str:
    what, known = _CHOICES[re.sub(r"\[\d+\]", "", key)]
    kinds = [other for other, words in _CHOICES.values() if word in words]
    remedy = nearest(word, known, "choose from")
    return f"{key}: no {what} {clipped(word)}{f' (a kind of {kinds[0]})' if kinds else ''}; {remedy}"


def _value(path: str, tables: object) -> object:
    """The value at one of msgspec's paths, or None where there is none."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if name and isinstance(tables, Mapping):
            tables = tables.get(name)
        elif index and isinstance(tables, (list, tuple)):
            tables = tables[int(index)]
        else:
            return None
    return tables
