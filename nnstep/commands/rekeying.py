"""The key map: what the user's settings make of the keys that commands declare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from nnstep.commands.execute import named, read
from nnstep.commands.registry import COMMANDS
from nnstep.errors import CommandError, SettingsError
from nnstep.model.messages import clipped

NAMED = (
    *("enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right", *(f"f{number}" for number in range(1, 25))),
)
_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_MODIFIED = re.compile(r"((?:ctrl|shift|alt|super|hyper|meta)\+)*(.+)", re.DOTALL)


def key_of(text: str) -> str:
    """A key as the terminal reports it: `]` is `right_square_bracket`; SettingsError for what is none."""
    found = _MODIFIED.fullmatch(text)
    stem = found[2] if found else text
    if len(stem) == 1 and not stem.isalnum():
        name = unicodedata.name(stem, "").lower().replace("-", "_").replace(" ", "_")
        return text[: -len(stem)] + _RENAMED.get(name, name)
    if len(stem) == 1 or stem in NAMED or any(stem in each.keys for each in COMMANDS.values()) or stem == "colon":
        return text
    raise SettingsError(f"keys: no key {clipped(text)}; a key is a character, ctrl+x, f5, or {', '.join(NAMED[:6])} …")


def checked(keys: Mapping[str, str]) -> dict[str, str]:
    """The map with keys as terminals report them; SettingsError for a key or a line that is none."""
    found = {}
    for text, line in keys.items():
        key = key_of(text)
        try:
            if line:
                read(line)
        except CommandError as error:
            raise SettingsError(f"keys: {clipped(text)}: {error}") from error
        found[key] = line
    return found


def rekey(keys: Mapping[str, str]) -> None:
    """Give keys to other commands, or take them away: bindings, help and the line of keys derive from the commands."""
    given = checked(keys)
    for name, each in list(COMMANDS.items()):
        mine = {key: line for key, line in each.keys.items() if key not in given}
        mine |= {key: line for key, line in given.items() if line and named(line.split()[0]).name == name}
        if mine != each.keys:
            COMMANDS[name] = replace(each, keys=mine)
