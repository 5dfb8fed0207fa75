"""The first layer's weights as images of what each unit looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui import scene
from nnstep.tui.easel import Easel
from nnstep.tui.views.network import unit_of
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View


def _contents(view: View) -> Contents:
    session = view.session
    if not session.model.layers:
        return [], scene.step_contents(session)
    return [], scene.contents_of(session, ["W[1]", *(["dW[1]"] if "dW[1]" in session.tape else [])], "weights")


def _show(panel: Panel, view: View) -> None:
    session, unit = view.session, unit_of(view)

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.picturing import PICTURES, Frame  # only who looks at a picture waits for it

        return PICTURES["weights"](session, Frame(width, height, selected=unit))

    assert isinstance(panel, Easel)
    panel.show((view.parameters, unit), draw)


def _key(view: View, key: str) -> str:
    if not view.session.model.layers:
        return ""
    unit, count = (unit_of(view) or (1, -1))[1], view.session.model.layers[0].units
    if key == "enter":
        return f"explain W[1][{max(unit, 0)},0]"
    if key == "delete":
        return ""
    ways = dict.fromkeys(("left", "up"), unit - 1) | dict.fromkeys(("right", "down"), unit + 1)
    ways |= {"pageup": unit - 8, "pagedown": unit + 8} | dict.fromkeys(("end", "ctrl+end"), count - 1)
    return f"select W[1][{max(0, min(ways.get(key, 0), count - 1))},0]"


WEIGHTS = register(Kind("weights", ("weights",), _contents, lambda: Easel(id="weights"), _show, key=_key))
