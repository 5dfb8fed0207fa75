"""The app's screen as an SVG that needs nothing from elsewhere: no font from the web, no script."""

from __future__ import annotations

import re
from typing import Any

from textual.app import App

FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def svg(app: App[Any], title: str | None = None) -> str:
    """What is on the screen now."""
    text = app.export_screenshot(title=title)
    text = re.sub(r"@font-face \{.*?\}", "", text, flags=re.DOTALL)
    return re.sub(r"font-family: *[^;]*Fira Code[^;]*;", f"font-family: {FONTS};", text).replace("Fira Code", FONTS)
