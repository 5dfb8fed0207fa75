"""Writing the screen, or the focused matrix, to a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nnstep.commands.exporting import ALL, PICTURES, ending, write_new
from nnstep.errors import CommandError
from nnstep.tui.own.registry import own
from nnstep.tui.picture import svg

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

PAINTERS: dict[str, Callable[[NnstepApp], bytes]] = {".svg": lambda app: svg(app).encode()}
"""How the screen is written, by the file's ending."""
assert set(PAINTERS) == set(PICTURES)


@own("export")
def export(app: NnstepApp, argument: str) -> str:
    """Write a picture of the screen here; a matrix is the session's to write."""
    file, _, expr = argument.partition(" ")
    if not file:
        raise CommandError("usage: export FILE.csv|npy|npz|svg [EXPR]")
    suffix = ending(file)
    if suffix in PAINTERS:
        if expr.strip():
            raise CommandError(f"export: a {suffix} is the whole screen; {expr.strip()!r} is too much")
        write_new(file, PAINTERS[suffix](app))
        return f"{file}: the screen, {app.size.width}×{app.size.height}"
    if suffix == ALL:
        return app.debugger.execute(f"export {argument}").text
    content = app.main.view.focused()
    if not expr.strip() and content is None:
        raise CommandError("export: there is no matrix on the screen")
    name = expr.strip() or (content.name if content else "")
    return app.debugger.execute(f"export {file} {name}").text
