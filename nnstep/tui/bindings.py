"""Textual's bindings, derived from the commands."""

from __future__ import annotations

from collections.abc import Collection

from textual.binding import Binding, BindingsMap

from nnstep.commands import COMMANDS
from nnstep.tui.keys import CELL_KEYS


def bindings(removed: Collection[str] = ()) -> list[Binding]:
    """A binding for every key that a command declares, and those that have no line of their own.

    A key that a user's settings give a line, or remove, is no longer one of the latter.
    """
    lines = [
        Binding(key, f"run({line!r})", command.summary, show=False, priority=True)
        for command in COMMANDS.values()
        for key, line in command.keys.items()
        if (key, line) not in (("colon", "prompt"), ("enter", "explain"))
    ]
    cells = [Binding(key, f"cell({key!r})", "Move the cursor", show=False, priority=True) for key in CELL_KEYS]
    own = [
        *cells,
        Binding("colon", "prompt", "Type a command", show=False, priority=True),
        Binding("escape", "escape", "Close the output", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Interrupt a move, or copy the cell", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]
    taken = {binding.key for binding in lines} | set(removed)
    return [*lines, *(binding for binding in own if binding.key not in taken)]


def bind(table: BindingsMap, removed: Collection[str] = ()) -> None:
    """Put all bindings into an app's table, in the place of what Textual has for these keys."""
    given = bindings(removed)
    for key in {binding.key for binding in given} | set(removed):
        table.key_to_bindings.pop(key, None)
    for binding in given:
        table.key_to_bindings.setdefault(binding.key, []).append(binding)
