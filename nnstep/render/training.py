"""The training as plots: losses, gradients, updates, dead units, accuracy, what was learnt; branches drawn together.

Each is a panel that draws itself in so many cells; those that the model has nothing for are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np

from nnstep.engine.names import shown
from nnstep.errors import CommandError
from nnstep.render.canvas import Area, Picture
from nnstep.render.evaluation import confusion_lines
from nnstep.render.heat import beside
from nnstep.render.learnt import boundary_picture, fit_picture, surface_picture
from nnstep.render.plot import Numbers, Series, plot, smoothed, wants_logs
from nnstep.render.text import Line, Span, line
from nnstep.render.text import plain as text_plain
from nnstep.session import Session
from nnstep.session.evaluation import Scores
from nnstep.session.surface import known_surface, possible
from nnstep.values import dataclass

SMOOTH = 50
"""The window over which what differs from batch to batch is averaged is this part of the run so far."""
LEAST_WIDTH, LEAST_HEIGHT = 38, 10
"""Cells of a panel, at least."""
SCALES, LINES = ("log", "linear"), ("smooth", "raw")


@dataclass(frozen=True)
class Choice:
    """How the training is drawn.

    panel  the plot that is drawn alone; none for as many as fit
    scale  `log` or `linear`; none for what is clearer
    lines  `smooth` or `raw`: averaged over some batches, or each; smooth where nothing is said
    known  draw what has been worked out already, and work out no more of the run
    """

    panel: str = ""
    scale: str = ""
    lines: str = ""
    known: bool = False

    def log(self, series: Sequence[Series]) -> bool:
        """Whether these curves are drawn by their logarithms."""
        return self.scale == "log" or (not self.scale and any(wants_logs(each.values) for each in series))

    def averaged(self, values: Numbers) -> Numbers:
        """Values of many batches as the mean over a window that ends at each; as they are where they are few."""
        window = 1 if self.lines == "raw" else len(values) // SMOOTH
        return smoothed(values, window) if window > 1 else values


AS_FITS = Choice()
Draw = Callable[[Session, int, int, Choice], Picture]
Kept = dict[str, tuple[Hashable, Picture]]
"""The last picture of each panel, with what it was drawn from."""


@dataclass(frozen=True)
class Panel:
    """One plot: its name, whether a model has it, and how it is drawn.

    exact  it shows the parameters of this step; else what iterations have come to
    """

    name: str
    fits: Callable[[Session], bool]
    draw: Draw
    exact: bool = False


def panels_of(session: Session) -> list[Panel]:
    """The plots that a model has."""
    return [each for each in PANELS if each.fits(session)]


def chosen(session: Session, words: str, *, known: bool = False) -> Choice:
    """What words such as `loss log raw` choose."""
    choice = Choice(known=known)
    names = [panel.name for panel in panels_of(session)]
    for word in words.split():
        if word in SCALES:
            choice = replace(choice, scale=word)
        elif word in LINES:
            choice = replace(choice, lines=word)
        elif word in names:
            choice = replace(choice, panel=word)
        else:
            everything = ", ".join([*names, *SCALES, *LINES])
            raise CommandError(f"this model has no plot {word[:40]!r}; there are {everything}")
    return choice


def training_picture(
    session: Session, width: int, height: int, *, choice: Choice = AS_FITS, kept: Kept | None = None
) -> Picture:
    """As many panels as fit side by side and one below the other, or one alone.

    kept: pictures drawn before, of which those are used again that nothing has changed in.
    """
    panels = panels_of(session)
    if choice.panel:
        panel = next(each for each in panels if each.name == choice.panel)
        return _drawn(panel, session, (width, height), choice, kept)
    across = max(min(width // LEAST_WIDTH, 3), 1)
    down = max(min((height - 1) // LEAST_HEIGHT, -(-len(panels) // across)), 1)
    shown_panels, others = panels[: across * down], panels[across * down :]
    broad, tall = width // across, (height - 1) // down
    lines: list[Line] = []
    plain: list[Line] = []
    areas: list[Area] = []
    for row in range(down):
        some = shown_panels[row * across : (row + 1) * across]
        pictures = [_drawn(each, session, (broad - 1, tall), choice, kept) for each in some]
        for place, picture in enumerate(pictures):
            areas += [_moved(area, place * broad, row * tall) for area in picture.areas]
        lines += _side_by_side([picture.lines for picture in pictures], broad, tall)
        plain += _side_by_side([picture.colourless for picture in pictures], broad, tall)
    more = f"more: {', '.join(each.name for each in others)} (`view training NAME`)" if others else ""
    last = line(Span(more if len(more) <= width else f"{len(others)} more plots", "dim"))
    return Picture((*lines, last), tuple(areas), (*plain, last))


def _drawn(panel: Panel, session: Session, size: tuple[int, int], choice: Choice, kept: Kept | None) -> Picture:
    if kept is None:
        return panel.draw(session, *size, choice)
    timeline = session.timeline
    facts = timeline.reached, session.measures.known(timeline).until, session.evaluation.count(timeline)
    surfaces = id(known_surface(session)) if panel.draw is _surface else 0
    key = (size, replace(choice, panel=""), timeline.serial, len(list(session.branches)), *facts, surfaces)
    here = parameters_at(session) if panel.exact else session.step // len(session.tape)
    if panel.name in kept and kept[panel.name][0] == (key, here):
        return kept[panel.name][1]
    kept[panel.name] = ((key, here), panel.draw(session, *size, choice))
    return kept[panel.name][1]


def parameters_at(session: Session) -> int:
    """A number that is the same for all steps with the parameters of this one."""
    size, (first, _) = len(session.tape), session.tape.phase_span("update")
    iteration, index = session.calendar.split(session.step)
    return iteration * size + (index if index >= first else 0)


def _side_by_side(parts: Sequence[Sequence[Line]], width: int, height: int) -> list[Line]:
    return [beside([(part[y] if y < len(part) else (), width) for part in parts]) for y in range(height)]


def _moved(area: Area, x: int, y: int) -> Area:
    return replace(area, top=area.top + y, bottom=area.bottom + y, left=area.left + x, right=area.right + x)


def loss_picture(session: Session, width: int, height: int, choice: Choice = AS_FITS) -> Picture:
    """The loss of every batch, averaged where there are many, and after every epoch on training and holdout rows.

    With branches, the losses of all of them as far as they have been run.
    """
    span, series = session.calendar.instructions, list[Series]()
    branches = list(session.branches)
    for timeline in branches:
        values = timeline.losses(max(session.step, timeline.reached * span))
        steps = np.arange(1, len(values) + 1) * span
        name = "batch" if len(branches) == 1 else timeline.name
        series.append(Series(name, steps, choice.averaged(values)))
    scores = _scores(session, choice)
    if len(branches) == 1 and scores:
        steps = np.array([each.step for each in scores])
        if scores[0].holdout is not None:
            series.append(Series("training", steps, np.array([each.training.loss for each in scores])))
            series.append(
                Series("holdout", steps, np.array([each.holdout.loss if each.holdout else 0 for each in scores]))
            )
    return plot("loss", series, (width, height), log=choice.log(series), at=session.step)


def _scores(session: Session, choice: Choice) -> list[Scores]:
    """Those up to here, and those beyond it that are known."""
    if not choice.known:
        session.evaluation.epochs()
    return session.evaluation.known(session.timeline, session.model.training.epochs)


def accuracy_picture(session: Session, width: int, height: int, choice: Choice) -> Picture:
    """The part of the rows that is classified right, after every epoch."""
    scores = _scores(session, choice)
    steps = np.array([each.step for each in scores])
    series = [Series("training", steps, np.array([each.training.accuracy or 0 for each in scores]))]
    if scores and scores[0].holdout is not None:
        held = [(each.holdout.accuracy or 0) if each.holdout else 0 for each in scores]
        series.append(Series("holdout", steps, np.array(held)))
    return plot("accuracy", series, (width, height), log=choice.scale == "log", at=session.step)


def _measured(kind: str, title: str) -> Draw:
    def draw(session: Session, width: int, height: int, choice: Choice) -> Picture:
        measures = session.measures
        record = measures.known(session.timeline) if choice.known else measures.of(session.timeline)
        steps, curves = record.curves(kind, session.length)
        weights = {name: values for name, values in curves.items() if not name.startswith(("b[", "db["))}
        series = [Series(shown(name), steps, choice.averaged(values)) for name, values in weights.items()]
        log = choice.log(series) if kind != "zeros" else choice.scale == "log"
        return plot(title, series, (width, height), log=log, at=session.step)

    return draw


def confusion_picture(session: Session, width: int, height: int, choice: Choice) -> Picture:
    """Which classes are taken for which: of the holdout, or else of the training rows."""
    del height, choice
    held = bool(len(session.model.data.holdout_features))
    title = line(Span("confusion", "heading"), Span("  holdout" if held else "  training rows", "dim"))
    counts = session.evaluation.confusion(holdout=held)
    lines = confusion_lines(counts, session.evaluation.classes)
    if max(len(text_plain(each)) for each in lines) > width:
        lines = [line(Span("needs more room: `plot confusion`", "dim"))]
    return Picture((title, *lines))


def _has_relu(session: Session) -> bool:
    return any("max(0," in item.right for item in session.tape if item.phase == "forward")


def _features(session: Session) -> int:
    return int(session.model.data.features.shape[1])


def _boundary(session: Session, width: int, height: int, _: Choice) -> Picture:
    return boundary_picture(session, width, height)


def _fit(session: Session, width: int, height: int, _: Choice) -> Picture:
    return fit_picture(session, width, height)


def _surface(session: Session, width: int, height: int, choice: Choice) -> Picture:
    return surface_picture(session, width, height, known=choice.known)


PANELS = (
    Panel("loss", lambda _: True, loss_picture),
    Panel("boundary", lambda s: _features(s) == 2 and s.evaluation.output is not None, _boundary, exact=True),
    Panel("fit", lambda s: _features(s) == 1 and s.evaluation.output is not None, _fit, exact=True),
    Panel("accuracy", lambda s: bool(s.evaluation.classes) and s.evaluation.output is not None, accuracy_picture),
    Panel("gradients", lambda _: True, _measured("gradient", "‖gradient‖")),
    Panel("updates", lambda _: True, _measured("update", "‖ΔW‖/‖W‖")),
    Panel("zeros", _has_relu, _measured("zeros", "part of zeros")),
    Panel(
        "confusion",
        lambda s: bool(s.evaluation.classes) and s.evaluation.output is not None,
        confusion_picture,
        exact=True,
    ),
    Panel("surface", possible, _surface, exact=True),
)
