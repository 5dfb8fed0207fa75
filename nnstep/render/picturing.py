"""Every picture by its name: what `view NAME` shows in the app and prints without it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.engine.names import canonical, shown
from nnstep.render.canvas import Picture
from nnstep.render.data import data_picture, weights_picture
from nnstep.render.graph import graph_picture
from nnstep.render.heat import heat_picture
from nnstep.render.network import network_picture
from nnstep.render.training import training_picture
from nnstep.session import Session
from nnstep.values import dataclass


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn for.

    row       of the batch; None for the mean over it
    selected  a layer (0 for the input) and one of its units
    what      what the picture is of, where there is a choice: a plot of the training, a matrix
    """

    width: int
    height: int
    row: int | None = 0
    selected: tuple[int, int] | None = None
    what: str = ""


def _matrix(session: Session, frame: Frame) -> Picture:
    name = frame.what or (session.instruction.name if session.instruction else "X")
    return heat_picture(shown(canonical(name)), np.asarray(session.evaluate(name)), frame.width, frame.height)


PICTURES: dict[str, Callable[[Session, Frame], Picture]] = {
    "network": lambda session, frame: network_picture(
        session, frame.width, frame.height, row=frame.row, selected=frame.selected
    ),
    "graph": lambda session, frame: graph_picture(session, frame.width, frame.height),
    "training": lambda session, frame: training_picture(session, frame.width, frame.height, panel=frame.what),
    "data": lambda session, frame: data_picture(session, frame.width, frame.height),
    "weights": lambda session, frame: weights_picture(session, frame.width, frame.height),
    "matrix": _matrix,
}
WITH_CHOICE = ("training", "matrix")
"""The pictures that a word says more of."""
