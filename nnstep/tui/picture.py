"""The app's screen, or a part of it, as a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from nnstep.render.figure import Figure, Run, cells, harmless
from nnstep.render.looks import blend
from nnstep.render.palette import DARK, PALETTES, Palette
from nnstep.render.svg import svg as as_svg
from nnstep.tui.pane import Pane

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

FAINT = 0.5
"""How much of its colour a dim text has."""
PLAIN = Style()


def svg(app: NnstepApp, title: str | None = None) -> str:
    """What is on the screen now, as an SVG that needs nothing from elsewhere."""
    return as_svg(screen(app, title))


def screen(app: NnstepApp, title: str | None = None) -> Figure:
    """What is on the screen now, in all the theme's colours, however few the terminal has."""
    return _figure(app, app.main_screen.strips, title)


def body(app: NnstepApp) -> Figure:
    """The view alone, without what lies around or over it."""
    parts = [app.main_screen.query_one(f"#{part}", Pane) for part in app.main.view.kind.parts]
    shown = [pane for pane in parts if pane.display]
    return _figure(
        app,
        lambda: [strip for pane in shown for strip in pane.render_lines(Region(0, 0, *pane.panel.size))],
        f"{app.main.model.name} · {app.main.view.kind.name}",
    )


def _figure(app: NnstepApp, strips: Callable[[], Iterable[Strip]], title: str | None) -> Figure:
    palette = PALETTES.get(app.theme, DARK)
    app.all_colours = True
    _repaint(app)
    try:
        rows = tuple(tuple(_run(segment, palette) for segment in strip if segment.text) for strip in strips())
    finally:
        app.all_colours = False
        _repaint(app)
    width = max((sum(cells(run.text) for run in row) for row in rows), default=1)
    return Figure(rows, width, palette.background, harmless(title or f"nnstep {app.main.model.name}"))


def _run(segment: Segment, palette: Palette) -> Run:
    style = segment.style or PLAIN
    colour = _hex(style.color, palette.text)
    ground = _hex(style.bgcolor, palette.background)
    if style.reverse:
        colour, ground = ground, colour
    if style.dim:
        colour = blend(ground, colour, FAINT)
    flags = bool(style.bold), bool(style.italic), bool(style.underline)
    return Run(harmless(segment.text), colour, ground, *flags)


def _hex(colour: Color | None, default: str) -> str:
    return default if colour is None or colour.is_default else colour.get_truecolor().hex


def _repaint(app: NnstepApp) -> None:
    for pane in app.screen.query(Pane):
        pane.notify_style_update()
