"""The training: losses, gradients, updates, what was learnt; all plots, or one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.session import Session
from nnstep.tui import scene
from nnstep.tui.checkup import Errand
from nnstep.tui.easel import Easel
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.render.training import Kept
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View

KEYS = (
    dict.fromkeys(("left", "up", "pageup"), "plot previous")
    | dict.fromkeys(("right", "down", "pagedown"), "plot next")
    | dict.fromkeys(("home", "ctrl+home", "end", "ctrl+end"), "plot all")
    | {"enter": "plot scale"}
)
INSTEAD = {"focus next": "plot next", "focus previous": "plot previous"}


class Plots(Easel):
    """Keeps the pictures of plots that nothing has changed in."""

    def __init__(self) -> None:
        super().__init__(id="training")
        self.kept: Kept = {}


def _contents(view: View) -> Contents:
    return [], scene.step_contents(view.session)


def _show(panel: Panel, view: View) -> None:
    session, words = view.session, view.look.words
    assert isinstance(panel, Plots)
    kept = panel.kept

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.picturing import PICTURES, Frame  # only who looks at a picture waits for it

        return PICTURES["training"](session, Frame(width, height, what=words, known=True, kept=kept))

    record, timeline = session.measures.known(session.timeline), session.timeline
    facts = record.until, session.evaluation.count(timeline), timeline.reached, _surfaces(session)
    panel.show((view.here, words, facts), draw)


def _surfaces(session: Session) -> int:
    from nnstep.session.surface import known_surface  # only who looks at a picture waits for it

    return id(known_surface(session))


def _errands(session: Session) -> list[Errand]:
    """Scores and measures up to here, and the surface."""
    from nnstep.session.surface import is_known, possible, surface  # only who looks at a picture waits for it

    timeline = session.timeline
    epochs, iterations = session.step // session.calendar.span("epoch"), session.step // len(session.tape)
    evaluation, measures = session.evaluation, session.measures
    return [
        Errand(
            lambda: evaluation.output is None or len(evaluation.known(timeline, epochs)) == epochs,
            lambda go_on: evaluation.epochs(timeline, go_on),
        ),
        Errand(lambda: measures.known(timeline).until >= iterations, lambda go_on: measures.of(timeline, go_on)),
        Errand(lambda: is_known(session) or not possible(session), lambda go_on: surface(session, go_on)),
    ]


TRAINING = register(
    Kind(
        "training",
        ("training",),
        _contents,
        Plots,
        _show,
        errands=_errands,
        key=lambda _, key: KEYS.get(key, ""),
        instead=lambda line: INSTEAD.get(line, line),
    )
)
