"""Models to choose from, as lines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnstep.errors import NnstepError, harmless
from nnstep.model import Model, load
from nnstep.model.shelf import Listed, comment
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line

MOST_LAYERS = 8
"""Layers and equations listed one by one."""


def shelf_lines(models: Iterable[Listed]) -> list[Line]:
    """A name and a title each."""
    models = list(models)
    width = max((len(each.source) for each in models), default=0)
    return [line(Span(f"{each.source:<{width}}", "name"), f"  {each.title}") for each in models]


def preview_lines(path: Path) -> list[Line]:
    """What a model is, and what its file says of it; for one that cannot be opened, why."""
    try:
        model = load(path)
    except NnstepError as error:
        return [line(Span(harmless(path.name), "heading")), line(Span(str(error), "error"))]
    return [
        line(Span(model.title, "heading")),
        line(Span(model.summary, "name")),
        *(line(text) for text in comment(path)),
        *_data(model),
        *_network(model),
        *_training(model),
    ]


def _fact(name: str, text: str) -> Line:
    return line(Span(f"{name:<9}", "dim"), text)


def _data(model: Model) -> list[Line]:
    data = model.data
    rows, features = data.features.shape
    held = f", {len(data.holdout_features)} held out" if len(data.holdout_features) else ""
    lines = [_fact("data", f"{rows} rows{held} · {features} features · {data.targets.shape[1]} targets")]
    if data.class_names:
        lines.append(_fact("classes", ", ".join(data.class_names)))
    return lines


def _network(model: Model) -> list[Line]:
    if model.equations:
        facts = [("equation" if place == 0 else "", text) for place, text in enumerate(model.equations)]
    else:
        facts = [
            (f"layer {place}", f"{layer.units} {layer.activation}{'' if layer.trainable else ', not trained'}")
            for place, layer in enumerate(model.layers, start=1)
        ]
    shown = [_fact(*fact) for fact in facts[:MOST_LAYERS]]
    return [*shown, _fact("", f"… and {len(facts) - MOST_LAYERS} more")] if len(facts) > MOST_LAYERS else shown


def _training(model: Model) -> list[Line]:
    training = model.training
    loss = [] if model.equations else [_fact("loss", model.loss.name.replace("_", " "))]
    count = f"{training.epochs} epochs of {model.batches} {'batch' if model.batches == 1 else 'batches'}"
    rule = f"{training.optimizer}, α {number(training.learning_rate)}, batches of {training.batch_size}"
    return [*loss, _fact("training", rule), _fact("run", count)]
