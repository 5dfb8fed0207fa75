"""The computation graph: values on the way forward, gradients on the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nnstep.engine.names import gradient_of
from nnstep.errors import CommandError
from nnstep.tui import scene
from nnstep.tui.areas.area import cursor_line
from nnstep.tui.easel import Easel
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View

NOTCH_ACROSS, NOTCH_DOWN = 8, 3
"""Cells that a key or a notch of the wheel scrolls."""
FAR = 100_000


def _contents(view: View) -> Contents:
    session = view.session
    nodes = list(session.timeline.graph.shapes())
    names = [*nodes, *(gradient_of(name) for name in nodes)]
    if session.instruction is not None:
        names.append(session.instruction.name)
    known = dict.fromkeys(name for name in names if name in session.tape or name in session.timeline.parameters)
    return [], scene.contents_of(session, list(known), "graph")


def _show(panel: Panel, view: View) -> None:
    session, scroll = view.session, _scroll(view)
    cell = view.cell
    chosen = cell[0].name if cell is not None and view.chosen_in_picture else ""

    def draw(width: int, height: int) -> Picture:
        from nnstep.render.picturing import PICTURES, Frame  # only who looks at a picture waits for it

        return PICTURES["graph"](session, Frame(width, height, what=chosen, scroll=scroll))

    assert isinstance(panel, Easel)
    panel.show((view.here, chosen, scroll), draw)


def _scroll(view: View) -> tuple[int, int]:
    """How far it is scrolled, until the next step: that one is in sight again."""
    return view.look.scroll if view.look.scrolled_at == view.here else (0, 0)


def _key(view: View, key: str) -> str:
    if key == "enter":
        return scene.about(*view.cell) if view.cell is not None else ""
    return "" if key == "delete" else cursor_line(key, 5)


def _move(view: View, way: str) -> None:
    across, down = _scroll(view)
    if way[:1] in ("+", "-") and way[1:].isdecimal() and len(way) < 10:
        down += NOTCH_DOWN * int(way)
    elif way in ("first", "last"):
        across = -FAR if way == "first" else FAR
    elif way in ("left", "right"):
        across += NOTCH_ACROSS if way == "right" else -NOTCH_ACROSS
    elif way in ("up", "down"):
        down += NOTCH_DOWN if way == "down" else -NOTCH_DOWN
    else:
        raise CommandError(f"cursor: must be up, down, left, right, first, last, +N or -N, got {way!r}")
    view.look = replace(view.look, scroll=_kept(view, (across, down)), scrolled_at=view.here)


def _kept(view: View, scroll: tuple[int, int]) -> tuple[int, int]:
    """Not further than the graph reaches: the way back would begin with keys that do nothing."""
    from nnstep.render.graph import extent  # only who looks at a picture waits for it

    width, height = extent(view.session)
    across, down = scroll
    return max(-width, min(across, width)), max(-height, min(down, height))


GRAPH = register(
    Kind(
        "graph",
        ("formula", "graph", "explained"),
        _contents,
        lambda: Easel(scrolls=True, id="graph"),
        _show,
        key=_key,
        move=_move,
    )
)
