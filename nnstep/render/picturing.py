"""Every picture by its name: what `view NAME` shows in the app and prints without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnstep.render.canvas import Picture
from nnstep.render.graph import graph_picture
from nnstep.render.network import network_picture
from nnstep.session import Session


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn for.

    row       of the batch; None for the mean over it
    selected  a layer (0 for the input) and one of its units
    """

    width: int
    height: int
    row: int | None = 0
    selected: tuple[int, int] | None = None


PICTURES: dict[str, Callable[[Session, Frame], Picture]] = {
    "network": lambda session, frame: network_picture(
        session, frame.width, frame.height, row=frame.row, selected=frame.selected
    ),
    "graph": lambda session, frame: graph_picture(session, frame.width, frame.height),
}
