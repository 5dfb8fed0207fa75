"""The table of what the app carries out itself, by the command's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

Own = Callable[["NnstepApp", str], str | None]
"""Takes the rest of the line, returns what there is to answer; CommandError for a bad line, which changes nothing."""

OWN: dict[str, Own] = {}


def own(name: str) -> Callable[[Own], Own]:
    """Have a function carry out a command."""

    def declare(function: Own) -> Own:
        assert name not in OWN, name
        OWN[name] = function
        return function

    return declare
