"""Choosing what is on the screen, and its colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.errors import CommandError
from nnstep.tui.own.registry import own
from nnstep.tui.palette import PALETTES

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp


@own("select")
def select(app: NnstepApp, cell: str) -> None:
    """Put the cursor on a cell."""
    app.main.view.select(cell)


@own("focus")
def focus(app: NnstepApp, which: str) -> None:
    """Move on to another matrix."""
    app.main.view.focus(which)


@own("view")
def view(app: NnstepApp, name: str) -> None:
    """Show another view."""
    app.main.view.look(name)
    app.main.place()


@own("layer")
def layer(app: NnstepApp, which: str) -> None:
    """Look at another layer."""
    app.main.view.turn(which)


@own("zoom")
def zoom(app: NnstepApp, _: str) -> None:
    """Give one matrix the screen, or take it back."""
    app.main.view.zoomed = not app.main.view.zoomed
    app.main.place()


@own("theme")
def theme(app: NnstepApp, name: str) -> None:
    """Choose the colours."""
    if name not in PALETTES:
        raise CommandError(f"theme: must be {' or '.join(PALETTES)}, got {name!r}")
    app.theme = name
