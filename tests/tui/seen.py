"""What is on an app's screen, as text and as styled segments."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.app import App


def screen_lines(app: App[Any]) -> list[str]:
    """The screen's lines as the compositor keeps them."""
    return ["".join(segment.text for segment in line) for line in _segments(app)]


def screen_text(app: App[Any]) -> str:
    """The screen's lines in one text."""
    return "\n".join(screen_lines(app))


def _segments(app: App[Any]) -> list[list[Segment]]:
    compositor = app.screen._compositor  # noqa: SLF001  # Textual shows its screen nowhere else
    return [list(strip) for strip in compositor.render_strips()]


def painted(app: App[Any]) -> list[list[tuple[str, object]]]:
    """Every cell's character and style."""
    return [[(character, segment.style) for segment in line for character in segment.text] for line in _segments(app)]
