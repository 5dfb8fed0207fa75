"""The rows of the batch, as images where they are, with what the model says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui import scene
from nnstep.tui.easel import Easel
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View

KEYS = (
    dict.fromkeys(("left", "up", "pageup"), "row previous")
    | dict.fromkeys(("right", "down", "pagedown", "enter"), "row next")
    | dict.fromkeys(("home", "ctrl+home"), "row 0")
    | dict.fromkeys(("end", "ctrl+end"), "row mean")
)


def _contents(view: View) -> Contents:
    return [], scene.contents_of(view.session, ["X", "Y"], "data")


def _show(panel: Panel, view: View) -> None:
    session, row = view.session, view.look.row

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.picturing import PICTURES, Frame  # only who looks at a picture waits for it

        return PICTURES["data"](session, Frame(width, height, row))

    assert isinstance(panel, Easel)
    # The predictions change with the parameters alone.
    panel.show((view.parameters, row), draw)


DATA = register(
    Kind("data", ("data",), _contents, lambda: Easel(id="data"), _show, key=lambda _, key: KEYS.get(key, ""))
)
