"""Writing the screen, the view on show, or the focused matrix, to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.commands.exporting import ALL, USAGE, ending, export_picture, write_figure
from nnstep.errors import CommandError
from nnstep.render.formats import FORMATS
from nnstep.render.palette import DARK, PALETTES
from nnstep.tui.own.registry import own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp


@own("export")
def export(app: NnstepApp, argument: str) -> str:
    """Write a figure of what is on show here; a matrix is the session's to write."""
    file, _, expr = argument.partition(" ")
    if not file:
        raise CommandError(f"usage: export {USAGE}")
    suffix, expr = ending(file), expr.strip()
    if suffix in FORMATS:
        return _figure(app, file, expr)
    if suffix == ALL:
        return app.debugger.execute(f"export {argument}").text
    content = app.main.view.focused()
    if not expr and content is None:
        raise CommandError("export: there is no matrix on the screen")
    name = expr or (content.name if content else "")
    return app.debugger.execute(f"export {file} {name}").text


def _figure(app: NnstepApp, file: str, what: str) -> str:
    from nnstep.tui.picture import body, screen

    if not what:
        return write_figure(file, screen(app), "the screen").text
    if what in ("view", f"view {app.main.view.kind.name}"):
        return write_figure(file, body(app), f"view {app.main.view.kind.name}").text
    return export_picture(app.debugger.session, file, what, PALETTES.get(app.theme, DARK)).text
