"""The network as textbooks draw it: circles and edges, z and a in each neuron, δ on the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnstep.tui import scene
from nnstep.tui.easel import Easel
from nnstep.tui.keys import CELL_KEYS
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View

_OF_A_LAYER = re.compile(r"(\w+)\[(\d+)\]")
PLACES = {"W": 0, "dW": 0, "b": 0, "db": 0, "Z": 0, "delta": 0, "A": 1, "dA": 1}
"""Whether a matrix's unit is at the left half of a neuron or at the right one."""


def _contents(view: View) -> Contents:
    session = view.session
    if not session.model.layers:
        return [], scene.step_contents(session)
    names = ["X", *(name for layer in range(1, session.layers + 1) for _, name in scene.layer_names(session, layer))]
    return [], scene.contents_of(session, names, "network")


def unit_of(view: View) -> tuple[int, int] | None:
    """The neuron of the cell that the user chose: its layer (0 for the input) and its place there."""
    if not view.chosen_in_picture or (cell := view.cell) is None:
        return None
    content, row, column = cell
    if content.name == "X":
        return 0, column
    found = _OF_A_LAYER.fullmatch(content.name)
    if found is None:
        return None
    stem, layer = found[1], int(found[2])
    # Units are the rows of W; elsewhere the columns, a vector being shown as one row.
    return layer, row if stem in ("W", "dW") else column


def _show(panel: Panel, view: View) -> None:
    session, row, unit = view.session, view.look.row, unit_of(view)

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.picturing import PICTURES, Frame  # only who looks at a picture waits for it

        return PICTURES["network"](session, Frame(width, height, row, unit))

    assert isinstance(panel, Easel)
    panel.show((view.here, row, unit), draw)


def _key(view: View, key: str) -> str:
    """Up and down lead to the layer's other units, left and right through z and a from layer to layer."""
    session, cell = view.session, view.cell
    if cell is None or key not in CELL_KEYS or not session.model.layers:
        return ""
    if key == "enter":
        return scene.about(*cell)
    name = cell[0].name
    found = _OF_A_LAYER.fullmatch(name)
    stem, layer = (found[1], int(found[2])) if found else ("X", 0)
    unit = (unit_of(view) or (layer, 0))[1]
    stations = [("X", 0), *((stem, each) for each in range(1, session.layers + 1) for stem in ("Z", "A"))]
    at = 2 * layer - 1 + PLACES.get(stem, 0) if layer else 0
    if not view.chosen_in_picture:
        # The first key lights up where the step is.
        pass
    elif key in ("left", "right", "home", "end"):
        ways = {"left": at - 1, "right": at + 1, "home": 0, "end": len(stations) - 1}
        at = max(0, min(ways[key], len(stations) - 1))
        stem, layer = stations[at]
    elif key in ("up", "down", "ctrl+home", "ctrl+end", "pageup", "pagedown"):
        unit = {"up": unit - 1, "down": unit + 1, "ctrl+home": 0, "pageup": unit - 8, "pagedown": unit + 8}.get(
            key, 10**6
        )
    else:
        return ""
    if not layer:
        stem = "X"
    elif stem not in ("Z", "A", "delta"):
        stem = "Z"
    count = session.model.layers[layer - 1].units if layer else session.model.data.features.shape[1]
    matrix = f"{stem}[{layer}]" if layer else stem
    return f"select {scene.cell_name(matrix, (view.batch_row, max(0, min(unit, count - 1))))}"


NETWORK = register(
    Kind("network", ("formula", "network", "explained"), _contents, lambda: Easel(id="network"), _show, key=_key)
)
