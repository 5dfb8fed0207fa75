"""What has the keyboard: it says which line a key types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from nnstep.errors import CommandError
from nnstep.tui.keys import EVERYWHERE, KeyHelp

WAYS = "up, down, left, right, first, last, +N or -N"


class Area(ABC):
    """A part of the screen that can have the keyboard.

    hint   the keys that do something else here than elsewhere
    keys   the same for the line of keys
    """

    hint: ClassVar[str] = ""
    keys: ClassVar[KeyHelp] = EVERYWHERE

    @abstractmethod
    def key(self, key: str) -> str:
        """The line that a cursor key, enter or delete types; nothing where there is nothing to be done."""

    def instead(self, line: str) -> str:
        """What any other key's line becomes here."""
        return line

    def move(self, way: str) -> None:
        """Carry out `cursor WAY`."""
        raise CommandError(f"cursor {way}: the tape and the side panel have lines; `select` puts it on a cell")

    @abstractmethod
    def attend(self, *, here: bool) -> None:
        """Have the keyboard, or have it no more."""


def cursor_line(key: str, page: int) -> str:
    """What a cursor key types in a list."""
    ways = {"pageup": f"-{page}", "pagedown": f"+{page}", "home": "first", "end": "last"}
    ways |= {"ctrl+home": "first", "ctrl+end": "last"}
    return f"cursor {ways.get(key, key)}"


def moved(way: str, place: int, count: int) -> int:
    """The place in a list of so many lines to which a way leads."""
    known = {"up": place - 1, "down": place + 1, "first": 0, "last": count - 1}
    if way[:1] in ("+", "-") and way[1:].isdecimal() and len(way) < 10:
        known[way] = place + int(way)
    if way not in known:
        raise CommandError(f"cursor: must be {WAYS}, got {way!r}")
    return max(0, min(known[way], count - 1))
