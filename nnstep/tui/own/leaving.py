"""Leaving the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui.own.registry import own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp


@own("quit")
def leave(app: NnstepApp, _: str) -> None:
    """End the app with the terminal as it was."""
    app.end(0)
