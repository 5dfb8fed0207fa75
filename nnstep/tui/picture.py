"""The app's screen as an SVG that needs nothing from elsewhere: no font from the web, no script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnstep.tui.panel import Panel

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def svg(app: NnstepApp, title: str | None = None) -> str:
    """What is on the screen now, in all the theme's colours, however few the terminal has."""
    app.all_colours = True
    _repaint(app)
    try:
        text = app.export_screenshot(title=title)
    finally:
        app.all_colours = False
        _repaint(app)
    text = re.sub(r"@font-face \{.*?\}", "", text, flags=re.DOTALL)
    return text.replace("Fira Code", FONTS)


def _repaint(app: NnstepApp) -> None:
    for panel in app.screen.query(Panel):
        panel.notify_style_update()
