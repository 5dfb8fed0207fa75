"""The training as plots: losses, gradients, updates, dead units, accuracy, what was learnt; branches drawn together.

Each is a panel that draws itself in so many cells; those that the model has nothing for are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nnstep.engine.names import shown
from nnstep.render.canvas import Area, Picture
from nnstep.render.evaluation import confusion_lines
from nnstep.render.heat import beside
from nnstep.render.learnt import boundary_picture, fit_picture, surface_picture
from nnstep.render.plot import Series, plot, smoothed, wants_logs
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.values import dataclass

Draw = Callable[[Session, int, int], Picture]
SMOOTH = 50
"""The window over which losses are averaged is this part of the run so far."""
LEAST_WIDTH, LEAST_HEIGHT = 56, 10
"""Cells of a panel, at least."""


@dataclass(frozen=True)
class Panel:
    """One plot: its name, whether a model has it, and how it is drawn."""

    name: str
    fits: Callable[[Session], bool]
    draw: Draw


def training_picture(session: Session, width: int, height: int, *, panel: str = "") -> Picture:
    """As many panels as fit side by side and one below the other, or one alone."""
    panels = [each for each in PANELS if each.fits(session)]
    if panel:
        chosen = next((each for each in panels if each.name == panel), None)
        if chosen is None:
            names = ", ".join(each.name for each in panels)
            return Picture((line(Span(f"this model has no {panel}: there are {names}", "dim")),))
        return chosen.draw(session, width, height)
    across = max(min(width // LEAST_WIDTH, 3), 1)
    down = max(min((height - 1) // LEAST_HEIGHT, -(-len(panels) // across)), 1)
    shown_panels, others = panels[: across * down], panels[across * down :]
    broad, tall = width // across, (height - 1) // down
    lines: list[Line] = []
    plain: list[Line] = []
    areas: list[Area] = []
    for row in range(down):
        some = shown_panels[row * across : (row + 1) * across]
        pictures = [each.draw(session, broad - 1, tall) for each in some]
        for place, picture in enumerate(pictures):
            areas += [_moved(area, place * broad, row * tall) for area in picture.areas]
        lines += _side_by_side([picture.lines for picture in pictures], broad, tall)
        plain += _side_by_side([picture.colourless for picture in pictures], broad, tall)
    more = f"more: {', '.join(each.name for each in others)} (`view training NAME`)" if others else ""
    last = line(Span(more if len(more) <= width else f"{len(others)} more plots", "dim"))
    return Picture((*lines, last), tuple(areas), (*plain, last))


def _side_by_side(parts: Sequence[Sequence[Line]], width: int, height: int) -> list[Line]:
    return [beside([(part[y] if y < len(part) else (), width) for part in parts]) for y in range(height)]


def _moved(area: Area, x: int, y: int) -> Area:
    return replace(area, top=area.top + y, bottom=area.bottom + y, left=area.left + x, right=area.right + x)


def loss_picture(session: Session, width: int, height: int) -> Picture:
    """The loss of every batch, averaged where there are many, and after every epoch on training and holdout rows.

    With branches, the losses of all of them as far as they have been run.
    """
    span, series = session.calendar.instructions, list[Series]()
    branches = list(session.branches)
    for timeline in branches:
        values = timeline.losses(session.step)
        steps = np.arange(1, len(values) + 1) * span
        window = len(values) // SMOOTH
        name = "batch loss" if len(branches) == 1 else timeline.name
        series.append(Series(name, steps, smoothed(values, window) if window > 1 else values))
    scores = session.evaluation.epochs()
    if len(branches) == 1 and scores:
        steps = np.array([each.step for each in scores])
        if scores[0].holdout is not None:
            series.append(Series("training", steps, np.array([each.training.loss for each in scores])))
            series.append(
                Series("holdout", steps, np.array([each.holdout.loss if each.holdout else 0 for each in scores]))
            )
    log = any(wants_logs(each.values) for each in series)
    return plot("loss", series, (width, height), log=log, at=session.step)


def accuracy_picture(session: Session, width: int, height: int) -> Picture:
    """The part of the rows that is classified right, after every epoch."""
    scores = session.evaluation.epochs()
    steps = np.array([each.step for each in scores])
    series = [Series("training", steps, np.array([each.training.accuracy or 0 for each in scores]))]
    if scores and scores[0].holdout is not None:
        held = [(each.holdout.accuracy or 0) if each.holdout else 0 for each in scores]
        series.append(Series("holdout", steps, np.array(held)))
    return plot("accuracy", series, (width, height), at=session.step)


def _measured(kind: str, title: str) -> Draw:
    def draw(session: Session, width: int, height: int) -> Picture:
        steps, curves = session.measures.of(session.timeline).curves(kind, session.step)
        weights = {name: values for name, values in curves.items() if not name.startswith(("b[", "db["))}
        series = [Series(shown(name), steps, values) for name, values in weights.items()]
        log = kind != "zeros" and any(wants_logs(each.values) for each in series)
        return plot(title, series, (width, height), log=log, at=session.step)

    return draw


def confusion_picture(session: Session, width: int, height: int) -> Picture:
    """Which classes are taken for which: of the holdout, or else of the training rows."""
    del width, height
    held = bool(len(session.model.data.holdout_features))
    title = line(Span("confusion", "heading"), Span("  holdout" if held else "  training rows", "dim"))
    counts = session.evaluation.confusion(holdout=held)
    return Picture((title, *confusion_lines(counts, session.evaluation.classes)))


def _has_relu(session: Session) -> bool:
    return any("max(0," in item.right for item in session.tape if item.phase == "forward")


def _features(session: Session) -> int:
    return int(session.model.data.features.shape[1])


PANELS = (
    Panel("loss", lambda _: True, loss_picture),
    Panel("boundary", lambda s: _features(s) == 2 and s.evaluation.output is not None, boundary_picture),
    Panel("fit", lambda s: _features(s) == 1 and s.evaluation.output is not None, fit_picture),
    Panel("accuracy", lambda s: bool(s.evaluation.classes) and s.evaluation.output is not None, accuracy_picture),
    Panel("gradients", lambda _: True, _measured("gradient", "‖gradient‖")),
    Panel("updates", lambda _: True, _measured("update", "‖update‖/‖parameter‖")),
    Panel("zeros", _has_relu, _measured("zeros", "part of zeros")),
    Panel("confusion", lambda s: bool(s.evaluation.classes) and s.evaluation.output is not None, confusion_picture),
    Panel("surface", lambda _: True, surface_picture),
)
