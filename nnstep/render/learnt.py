"""What a model has learnt so far, over its features: the border of the classes, the fitted line, the loss near here."""

from __future__ import annotations

import numpy as np

from nnstep.engine.names import shown
from nnstep.render.canvas import Area, Canvas, Picture, joined
from nnstep.render.fitting import first_that_fits, fitted
from nnstep.render.heat import Matrix, half_blocks, shades
from nnstep.render.plot import MARGIN, Axes
from nnstep.render.scale import MIDDLE, mark_on
from nnstep.render.text import Colour, Line, Role, Span, line
from nnstep.session import Session
from nnstep.session.evaluation import true_classes
from nnstep.session.passing import Output
from nnstep.session.surface import Surface, known_surface, possible, surface

MARKS = "○●◆◇▲▼✗"
"""A point of the data, by its class."""


def boundary_picture(session: Session, width: int, height: int) -> Picture:
    """What the model says of every point of two features, with the training rows in it."""
    output = session.evaluation.output
    assert output is not None
    data = session.model.data
    low, high = _ends(data.features)
    rows = max(height - 2, 1)
    across = np.linspace(low[0], high[0], width)
    down = np.linspace(high[1], low[1], 2 * rows)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    places = _places(output, session.evaluation.at_hand().predictions(output, grid)).reshape(2 * rows, width)
    marks: dict[tuple[int, int], str] = {}
    classes = true_classes(data.targets) if session.evaluation.classes else np.zeros(len(data.features), int)
    columns = np.round((data.features[:, 0] - low[0]) / (high[0] - low[0]) * (width - 1)).astype(int)
    lines = np.round((high[1] - data.features[:, 1]) / (high[1] - low[1]) * (rows - 1)).astype(int)
    for x, y, each in zip(columns.tolist(), lines.tolist(), classes.tolist(), strict=True):
        marks[x, y] = MARKS[each % len(MARKS)]
    names = data.feature_names or ("x₁", "x₂")
    keys = "  ".join(f"{MARKS[i % len(MARKS)]} {name}" for i, name in enumerate(session.evaluation.classes))
    title = line(Span("boundary", "heading"), Span(first_that_fits(width - 8, f"  {keys}"), "dim"))
    ends = (
        f"{names[0]} {fitted(low[0], 6)} … {fitted(high[0], 6)}, {names[1]} {fitted(low[1], 6)} … {fitted(high[1], 6)}"
    )
    foot = line(Span(ends if len(ends) <= width else "", "dim"))
    return Picture(
        (title, *_marked(half_blocks(places), marks), foot),
        (),
        (title, *_marked(shades(np.where(places > MIDDLE, places, MIDDLE)), marks), foot),
    )


def _places(output: Output, predictions: Matrix) -> Matrix:
    """Predictions on the diverging scale: of one column by how sure it is, of several by the class."""
    if predictions.shape[1] > 1:
        shares = output.chosen(predictions) / (predictions.shape[1] - 1) * 2 - 1
    elif "with_logits" in output.loss:
        shares = np.tanh(predictions[:, 0] / 2)
    elif output.classes:
        shares = 2 * predictions[:, 0] - 1
    else:
        largest = float(np.nanmax(np.abs(predictions))) or 1.0
        shares = predictions[:, 0] / largest
    found: Matrix = MIDDLE + np.round(np.clip(np.nan_to_num(shares), -1, 1) * MIDDLE).astype(int)
    return found


def _ends(features: Matrix) -> tuple[Matrix, Matrix]:
    """The range of the features, a little wider."""
    with np.errstate(all="ignore"):
        finite = np.where(np.isfinite(features), features, np.nan)
    low, high = np.nanmin(finite, axis=0), np.nanmax(finite, axis=0)
    margin = np.where(high > low, (high - low) * 0.08, 1.0)
    return low - margin, high + margin


def _marked(lines: list[Line], marks: dict[tuple[int, int], str]) -> list[Line]:
    """Lines with the data's points put over them, on the ground there."""
    found = []
    for y, spans in enumerate(lines):
        cells: list[tuple[str, Role | Colour]] = [(character, span.role) for span in spans for character in span.text]
        for x in range(len(cells)):
            if (x, y) in marks:
                role = cells[x][1]
                if isinstance(role, tuple):
                    role = (mark_on(role[1]), role[1])
                cells[x] = (marks[x, y], role)
        found.append(joined(cells))
    return found


def fit_picture(session: Session, width: int, height: int) -> Picture:
    """The training rows of one feature, and what the model says of every value of it."""
    output = session.evaluation.output
    assert output is not None
    data = session.model.data
    low, high = _ends(data.features)
    columns, rows = width - MARGIN - 1, height - 2
    xs = np.linspace(low[0], high[0], 2 * columns)
    line_of = session.evaluation.at_hand().predictions(output, xs[:, None])[:, 0].astype(np.float64)
    targets = data.targets[:, 0].astype(np.float64)
    known = np.concatenate([line_of[np.isfinite(line_of)], targets])
    axes = Axes(float(known.min()), float(known.max()), 0, 1, columns, rows)
    canvas = Canvas(width, height)
    canvas.put(MARGIN, 0, "fit", "heading")
    canvas.put(MARGIN + 5, 0, "● training rows  ─ the model", "dim")
    there = np.isfinite(line_of)
    ys = axes.row(line_of[there])
    places = np.arange(2 * columns)[there]
    for x0, y0, x1, y1 in zip(places[:-1], ys[:-1], places[1:], ys[1:], strict=True):
        canvas.line((x0 + 2 * MARGIN + 2, y0 + 4), (x1 + 2 * MARGIN + 2, y1 + 4), "current")
    share = (data.features[:, 0] - low[0]) / (high[0] - low[0])
    for part, y in zip(share.tolist(), axes.row(targets).tolist(), strict=True):
        canvas.put(MARGIN + 1 + round(part * (columns - 1)), 1 + int(y) // 4, "●", "operand")
    for y in range(1, height - 1):
        text = fitted(axes.high, MARGIN - 1) if y == 1 else fitted(axes.low, MARGIN - 1) if y == height - 2 else ""
        canvas.put(0, y, f"{text:>{MARGIN - 1}} {'┤' if text else '│'}", "dim")
    last = fitted(high[0], MARGIN)
    canvas.put(MARGIN, height - 1, f"└{fitted(low[0], MARGIN)}", "dim")
    canvas.put(width - len(last), height - 1, last, "dim")
    return Picture(canvas.lines())


def _between(rows: Matrix, count: int) -> Matrix:
    """So many rows, with straight lines between those that there are."""
    at = np.linspace(0, len(rows) - 1, count)
    below = np.minimum(at.astype(int), len(rows) - 2)
    part = (at - below)[:, None]
    found: Matrix = rows[below] * (1 - part) + rows[below + 1] * part
    return found


def _way(found: Surface, columns: int, rows: int) -> tuple[dict[tuple[int, int], str], list[Area]]:
    """The way that training took: its marks by column and row, and what a click on each does."""
    marks: dict[tuple[int, int], str] = {}
    areas = []
    for step, (across, down) in zip(found.steps.tolist(), found.path.tolist(), strict=True):
        x = round((across - found.across[1][0]) / np.ptp(found.across[1]) * (columns - 1))
        y = round((found.down[1][-1] - down) / np.ptp(found.down[1]) * (rows - 1))
        # The way goes under its ends, and the start under where training is now.
        mark = "◆" if step == found.steps[-1] else "○" if step == 0 else "•"
        marks[x, y] = mark if mark == "◆" else marks.get((x, y), mark)
        areas.append(Area(y + 1, y + 2, x, x + 1, f"goto {step}"))
    return marks, areas


def surface_picture(session: Session, width: int, height: int, *, known: bool = False) -> Picture:
    """The loss over the two parameters that moved most, and the way that training took to here.

    known: draw the last one that was worked out.
    """
    found = known_surface(session) if known else surface(session)
    title = Span("surface", "heading")
    if found is None and possible(session):
        return Picture((line(title), line(Span("is worked out while no key comes", "dim"))))
    if found is None:
        return Picture((line(title), line(Span("too large to be worked out at every step", "dim"))))
    if not np.isfinite(found.losses).any():
        return Picture((line(title), line(Span("near here the loss is no number anywhere", "dim"))))
    columns, rows = width, max(height - 2, 1)
    with np.errstate(all="ignore"):
        sizes = np.log(np.maximum(found.losses - np.nanmin(found.losses), 0) + 1e-3 * np.nanmax(np.abs(found.losses)))
    low, high = np.nanmin(sizes), np.nanmax(sizes)
    shares = np.nan_to_num((sizes - low) / (high - low) if high > low else 0 * sizes, nan=1.0)
    shares = _between(_between(shares[::-1], 2 * rows).T, columns).T
    places = MIDDLE + np.round(shares * MIDDLE).astype(int)
    marks, areas = _way(found, columns, rows)
    names = [
        shown(name) + (f"[{','.join(map(str, index))}]" if index else "")
        for name, index in (found.across[0], found.down[0])
    ]
    over = f"  L over {names[0]} (across) and {names[1]} (up)"
    told = first_that_fits(width - len(title.text), f"{over}: ○ start, ◆ here", "  ○ start, ◆ here")
    head = line(title, Span(told, "dim"))
    ends = [f"{fitted(axis[0], 6)} … {fitted(axis[-1], 6)}" for axis in (found.across[1], found.down[1])]
    told = first_that_fits(
        width, f"{names[0]} {ends[0]}, {names[1]} {ends[1]}", f"{names[0]} →, {names[1]} ↑", f"{ends[0]}, {ends[1]}"
    )
    foot = line(Span(told, "dim"))
    return Picture(
        (head, *_marked(half_blocks(places), marks), foot),
        tuple(areas),
        (head, *_marked(shades(places), marks), foot),
    )
