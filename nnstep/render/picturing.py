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
from nnstep.render.training import Kept, chosen, training_picture
from nnstep.session import Session
from nnstep.values import dataclass


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn for.

    row       of the batch; None for the mean over it
    selected  a layer (0 for the input) and one of its units
    what      what the picture is of, where there is a choice: plots of the training, a matrix, a node of the graph
    scroll    of a graph, cells to the right and down from where it would be
    cell      of a heat map, the row and column to be marked
    known     draw of the training what is known already
    kept      pictures of it drawn before
    """

    width: int
    height: int
    row: int | None = 0
    selected: tuple[int, int] | None = None
    what: str = ""
    scroll: tuple[int, int] = (0, 0)
    cell: tuple[int, int] | None = None
    known: bool = False
    kept: Kept | None = None


def _matrix(session: Session, frame: Frame) -> Picture:
    name = frame.what or (session.instruction.name if session.instruction else "X")
    matrix = np.asarray(session.evaluate(name))
    return heat_picture(shown(canonical(name)), matrix, frame.width, frame.height, chosen=frame.cell)


def _training(session: Session, frame: Frame) -> Picture:
    choice = chosen(session, frame.what, known=frame.known)
    return training_picture(session, frame.width, frame.height, choice=choice, kept=frame.kept)


def _weights(session: Session, frame: Frame) -> Picture:
    unit = frame.selected[1] if frame.selected is not None and frame.selected[0] == 1 else None
    return weights_picture(session, frame.width, frame.height, unit=unit)


PICTURES: dict[str, Callable[[Session, Frame], Picture]] = {
    "network": lambda session, frame: network_picture(
        session, frame.width, frame.height, row=frame.row, selected=frame.selected
    ),
    "graph": lambda session, frame: graph_picture(
        session, frame.width, frame.height, chosen=frame.what, scroll=frame.scroll
    ),
    "training": _training,
    "data": lambda session, frame: data_picture(session, frame.width, frame.height, row=frame.row),
    "weights": _weights,
    "matrix": _matrix,
}
WITH_CHOICE = ("training", "matrix")
"""The pictures that a word says more of."""
