"""The data as people look at it: rows that are pictures as pictures, with what the model says of each beside it."""

from __future__ import annotations

import numpy as np

from nnstep.render.canvas import Area, Picture
from nnstep.render.fitting import cells_of, fitted
from nnstep.render.heat import image_grid, side_of
from nnstep.render.text import Line, Role, Span, line
from nnstep.session import Session
from nnstep.session.evaluation import true_classes

MOST_FEATURES = 6
FAR = 10_000
"""Cells: to the end of any line."""


def data_picture(session: Session, width: int, height: int, *, row: int | None = None) -> Picture:
    """The rows of this batch, with the target and what the model says with the parameters of this step.

    row: the one that is marked, and in sight. A click on another one chooses it.
    """
    data = session.model.data
    rows = session.timeline.rows(session.position.iteration)
    features = data.features[rows]
    said = _said(session, rows)
    side = side_of(features.shape[1]) if data.feature_names is None else 0
    if side:
        images = [each.reshape(side, side) for each in features]
        return image_grid(images, said, width, height, chosen=row, command="row {}")
    return _table(session, rows, said, (width, height), row)


def weights_picture(session: Session, width: int, height: int, *, unit: int | None = None) -> Picture:
    """The first layer's weights as pictures of what each unit looks for, where the rows are pictures.

    unit: the one that is marked, and in sight. A click on another one chooses it.
    """
    side = side_of(session.model.data.features.shape[1])
    if not side or not session.model.layers or session.model.data.feature_names:
        return Picture((line(Span("the rows are no square pictures: `view matrix W[1]` shows the weights", "dim")),))
    weights = session.read("W[1]")
    captions: list[tuple[str, Role]] = [(f"unit {place}", "dim") for place in range(len(weights))]
    images = [row.reshape(side, side) for row in weights]
    return image_grid(images, captions, width, height, chosen=unit, command="select W[1][{},0]")


def _said(session: Session, rows: np.ndarray) -> list[tuple[str, Role]]:
    """Target and prediction of each row: `3`, and where that is not what is said, `3 → 8`."""
    data, output, classes = session.model.data, session.evaluation.output, session.evaluation.classes
    if output is None:
        return [(_numbers(row), "dim") for row in data.targets[rows]]
    predictions = session.evaluation.at_hand().predictions(output, data.features[rows])
    if not classes:
        pairs = zip(data.targets[rows], predictions, strict=True)
        return [(f"{_numbers(target)} → {_numbers(said)}", "text") for target, said in pairs]
    true, chosen = true_classes(data.targets[rows]).tolist(), output.chosen(predictions).tolist()
    return [(f"{classes[a]} → {classes[b]}", "good" if a == b else "error") for a, b in zip(true, chosen, strict=True)]


def _numbers(row: np.ndarray) -> str:
    return " ".join(fitted(float(x), 6) for x in row[:3]) + (" …" if len(row) > 3 else "")


def _table(
    session: Session, rows: np.ndarray, said: list[tuple[str, Role]], size: tuple[int, int], chosen: int | None
) -> Picture:
    data = session.model.data
    count = data.features.shape[1]
    names = data.feature_names or tuple(f"x{i + 1}" for i in range(count))
    last = max(len("target → prediction"), *(cells_of(text) for text, _ in said)) + 3
    # As many features as leave room for what there is to say of a row, and of those left out.
    room = size[0] - 8 - last - len(f"  … {count} more")
    widths: list[int] = []
    for name in names[:MOST_FEATURES]:
        if widths and sum(widths) + 2 * len(widths) + max(cells_of(name), 8) > room:
            break
        widths.append(max(cells_of(name), 8))
    shown_names = names[: len(widths)]
    heads = "  ".join(" " * (width - cells_of(name)) + name for name, width in zip(shown_names, widths, strict=True))
    more = f"  … {count - len(widths)} more" if count > len(widths) else ""
    lines: list[Line] = [line(Span(f"   row  {heads}{more}   target → prediction", "dim"))]
    fit = max(size[1] - 2, 1)
    first = max(0, chosen - fit + 1) if chosen is not None else 0
    areas = []
    for place in range(first, min(len(rows), first + fit)):
        cells = zip(data.features[rows[place]][: len(widths)], widths, strict=True)
        values = "  ".join(f"{fitted(float(x), 8):>{width}}" for x, width in cells)
        mark = "▶" if place == chosen else " "
        areas.append(Area(len(lines), len(lines) + 1, 0, FAR, f"row {place}"))
        lines.append(
            line(
                Span(mark, "current"),
                Span(f"{rows[place]:>5}  ", "current" if place == chosen else "dim"),
                values,
                Span(" " * len(more) + "   "),
                Span(*said[place]),
            )
        )
    if len(rows) > fit:
        lines.append(line(Span(f"… {len(rows) - fit} more", "dim")))
    return Picture(tuple(lines), tuple(areas))
