"""Commands that change the app's view alone. The app runs them; headless they do nothing."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.session import Session


@command("select", usage="NAME[i,j]", app_only=True)
def select(session: Session, cell: Rest) -> Result:
    """Put the cell cursor on a cell of a matrix on the screen."""
    return _nothing(session, cell)


@command("layer", usage="N|up|down", keys={"u": "layer up", "d": "layer down"}, app_only=True)
def layer(session: Session, which: Rest) -> Result:
    """Show another layer's matrices."""
    return _nothing(session, which)


@command(
    "focus",
    usage="NAME|next|previous",
    keys={"tab": "focus next", "shift+tab": "focus previous"},
    app_only=True,
)
def focus(session: Session, which: Rest) -> Result:
    """Move the keyboard to a matrix on the screen."""
    return _nothing(session, which)


@command("zoom", keys={"z": "zoom"}, app_only=True)
def zoom(session: Session) -> Result:
    """Give the focused matrix the whole screen, or take it back."""
    return _nothing(session)


@command("theme", usage="NAME", app_only=True)
def theme(session: Session, name: Rest) -> Result:
    """Choose the colours: dark or light."""
    return _nothing(session, name)


def _nothing(_session: Session, _argument: str = "") -> Result:
    return result([])
