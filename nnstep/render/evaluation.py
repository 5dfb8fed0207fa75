"""Losses and accuracies by epoch, and the confusion matrix, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.render.canvas import joined
from nnstep.render.fitting import cells_of
from nnstep.render.numbers import number
from nnstep.render.text import Colour, Line, Role, Span, line
from nnstep.session import Session
from nnstep.session.evaluation import Score, Scores

MOST_EPOCHS = 20
"""Epochs listed, at even distances where there are more."""
MOST_CLASSES = 16


def evaluation_lines(session: Session) -> list[Line]:
    """The scores of the epochs finished so far and of this step, then which classes are taken for which."""
    evaluation = session.evaluation
    epochs = evaluation.epochs()
    chosen = _spread(epochs)
    here = evaluation.here()
    holdout = len(session.model.data.holdout_features)
    heads = ["epoch", "training loss", *(["accuracy"] if here.training.accuracy is not None else [])]
    if holdout:
        heads += ["holdout loss", *(["accuracy"] if here.training.accuracy is not None else [])]
    widths = [max(len(head), 8) for head in heads]
    lines = [line(Span("  ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)), "heading"))]
    lines += [_row(f"{scores.epoch}", scores, widths) for scores in chosen]
    lines.append(_row("here", here, widths))
    rows = f"{len(session.model.data.features)} training rows"
    kept = f", {holdout} kept from training" if holdout else "; `holdout = 0.2` in [data] keeps some from training"
    lines.append(line(Span(rows + kept, "dim")))
    if evaluation.classes:
        lines += [line(""), *confusion_lines(evaluation.confusion(holdout=bool(holdout)), evaluation.classes)]
    return lines


def confusion_lines(counts: npt.NDArray[Any], classes: Sequence[str]) -> list[Line]:
    """How many rows of each class (down) are taken for each (across): the right ones on the diagonal."""
    if len(classes) > MOST_CLASSES:
        return [line(Span(f"{len(classes)} classes are too many to show which is taken for which", "dim"))]
    width = max(*(cells_of(name) for name in classes), len(str(counts.max(initial=0))), 3) + 1
    lines = [
        line(Span(f"{'is, taken for':<14}" + "".join(" " * (width - cells_of(name)) + name for name in classes), "dim"))
    ]
    for place, name in enumerate(classes):
        cells: list[tuple[str, Role | Colour]] = [(" " * max(13 - cells_of(name), 0) + f"{name} ", "dim")]
        for other, count in enumerate(counts[place].tolist()):
            role: Role = "good" if place == other else "error" if count else "dim"
            cells.append((f"{count:>{width}}", role))
        lines.append(joined(cells))
    return lines


def _row(name: str, scores: Scores, widths: Sequence[int]) -> Line:
    texts = [name, *_texts(scores.training), *(_texts(scores.holdout) if scores.holdout else [])]
    return line("  ".join(f"{text:>{width}}" for text, width in zip(texts, widths, strict=True)))


def _texts(score: Score) -> list[str]:
    return [number(score.loss), *([] if score.accuracy is None else [percentage(score.accuracy)])]


def percentage(part: float) -> str:
    """A part of all rows in hundredths: 100 % is all of them, not nearly all."""
    text = f"{100 * part:.1f}"
    return "99.9 %" if text == "100.0" and part < 1 else f"{text} %"


def _spread(scores: Sequence[Scores]) -> list[Scores]:
    if len(scores) <= MOST_EPOCHS:
        return list(scores)
    return [scores[i] for i in np.unique(np.linspace(0, len(scores) - 1, MOST_EPOCHS).round().astype(int))]
