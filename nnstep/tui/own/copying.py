"""Copying to the terminal's clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnstep.commands.exporting import as_table
from nnstep.errors import CommandError
from nnstep.tui.content import as_rows
from nnstep.tui.own.registry import own
from nnstep.tui.scene import cell_name

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

MOST = 50_000
"""Characters: in base64 they stay below the 74,994 bytes that some terminals take at most."""
CELLS = 25_000
"""More cells than this cannot be fewer characters; the text of a large matrix is not made to be refused."""


@own("copy")
def copy(app: NnstepApp, what: str) -> str:
    """Copy the cursor's cell or its matrix."""
    what = what or "cell"
    if what not in ("cell", "matrix"):
        raise CommandError(f"copy: must be cell or matrix, got {what!r}")
    chosen = app.main.view.cell
    if chosen is None:
        raise CommandError("copy: there is no matrix on the screen")
    content, row, column = chosen
    if content.array is None:
        raise CommandError(f"copy: {content.note}")
    if what == "cell":
        index = content.index(row, column)
        text = as_table(np.asarray(content.array[index]), "\t").rstrip()
        app.copy_to_clipboard(text)
        return f"copied {cell_name(content.name, index)} = {text}"
    rows = as_rows(content.array)[...]
    text = as_table(rows, "\t") if rows.size <= CELLS else ""
    if not text or len(text) > MOST:
        file = f"export FILE.csv {content.name}"
        raise CommandError(f"copy: {content.name} is more than {MOST:,} characters; `{file}` writes it to a file")
    app.copy_to_clipboard(text)
    return f"copied {content.name}, {rows.shape[0]}×{rows.shape[1]}, as tab-separated text"
