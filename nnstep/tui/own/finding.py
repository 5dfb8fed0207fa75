"""`find`: in what has the keyboard, values in the focused matrix where nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nnstep.tui.own.registry import Own, own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

Here = Callable[["NnstepApp"], bool]
"""Whether the keyboard is at a place."""

FINDERS: list[tuple[Here, Own]] = []


def finds(here: Here) -> Callable[[Own], Own]:
    """Have a function carry out `find` while the keyboard is at a place: in the tape, for one."""

    def declare(function: Own) -> Own:
        FINDERS.append((here, function))
        return function

    return declare


@own("find")
def find(app: NnstepApp, what: str) -> str | None:
    """Find it where the keyboard is."""
    what = what or "next"
    for here, finder in FINDERS:
        if here(app):
            return finder(app, what)
    return find_values(app, what)


def find_values(app: NnstepApp, what: str) -> str | None:
    """Find values in the focused matrix."""
    return app.main.view.find(what)
