"""What is on an app's screen, as text and as styled segments."""

from __future__ import annotations

import asyncio
from typing import Any

from rich.segment import Segment
from textual.app import App

from nnstep.tui.app import NnstepApp


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


async def caught_up(app: NnstepApp, *, settled: bool = False) -> None:
    """Wait until all that was typed is carried out and shown, but for no move that lasts; or until all is settled.

    However busy the machine is: this waits for what the app says, never for a time.
    """
    while app.is_running:
        # What the app has been sent so far comes before this.
        reached = asyncio.Event()
        app.call_later(reached.set)
        # An app that ends sets no event.
        while app.is_running and not reached.is_set():  # type: ignore[redundant-expr]  # noqa: ASYNC110
            await asyncio.sleep(0)
        if app.mover.lasts or (app.settled if settled else app.caught_up):
            return
        await asyncio.sleep(0.002)
