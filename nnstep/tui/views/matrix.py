"""The focused matrix, or any expression, as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.errors import NnstepError
from nnstep.render.text import Span, line, show_name
from nnstep.tui import scene
from nnstep.tui.areas.area import moved
from nnstep.tui.easel import Easel
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View


DOWN = {"up": "up", "down": "down", "pageup": "-8", "pagedown": "+8", "ctrl+home": "first", "ctrl+end": "last"}
ACROSS = {"left": "up", "right": "down", "home": "first", "end": "last"}
"""The ways of a list in which keys lead."""


def _contents(view: View) -> Contents:
    session = view.session
    return scene.step_contents(session), scene.layer_contents(session, view.layer) if session.layers else []


def _show(panel: Panel, view: View) -> None:
    session, named, cell = view.session, view.look.matrix, view.cell
    place = (cell[1], cell[2]) if cell is not None and not named else None
    content = cell[0] if cell is not None and not named else None

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.canvas import Picture  # only who looks at a picture waits for it
        from nnstep.render.heat import heat_picture
        from nnstep.render.picturing import PICTURES, Frame

        if content is not None:
            values = content.values()
            if values is None:
                return Picture((line(Span(f"{show_name(content.name)}  {content.note}", "dim")),))
            array = values[...]
            array = array.reshape(content.shape) if content.array is not None and len(content.shape) < 2 else array
            return heat_picture(show_name(content.name), array, width, height, chosen=place)
        try:
            return PICTURES["matrix"](session, Frame(width, height, what=named))
        except NnstepError as error:
            return Picture((line(Span(str(error), "dim")),))

    assert isinstance(panel, Easel)
    panel.show((view.here, named, place, content and (content.slot, content.name, content.page)), draw)


def _key(view: View, key: str) -> str:
    cell = view.cell
    if cell is None:
        return ""
    if key == "enter":
        return scene.about(*cell)
    content, row, column = cell
    if key in DOWN:
        row = moved(DOWN[key], row, content.rows)
    elif key in ACROSS:
        column = moved(ACROSS[key], column, content.columns)
    else:
        return ""
    return f"select {scene.cell_name(content.name, content.index(row, column))}"


MATRIX = register(
    Kind("matrix", ("formula", "matrix", "explained"), _contents, lambda: Easel(id="matrix"), _show, key=_key)
)
