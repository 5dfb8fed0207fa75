"""The line of keys, derived from the commands."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from nnstep.commands import COMMANDS
from nnstep.commands.execute import read
from nnstep.errors import CommandError
from nnstep.render.ascii import ascii_text
from nnstep.tui.lectern import Mode
from nnstep.tui.matrix import Matrix
from nnstep.tui.paint import Line
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.text import cut, width_of
from nnstep.values import dataclass

CELL_KEYS = (
    "up",
    "down",
    "left",
    "right",
    "pageup",
    "pagedown",
    "home",
    "end",
    "ctrl+home",
    "ctrl+end",
    "enter",
    "delete",
)
"""What the area that has the keyboard gives a line: the cursor's keys, enter and delete."""
ROOMY = 100
"""The width from which two blanks part the keys."""
SECTION_KEYS = {"pageup": "lesson section previous", "pagedown": "lesson section next"}
"""In a lesson these go by sections; the reader who has taken over has them for the matrices."""
LESSON = {
    "next": "next",
    "previous": "back",
    "take-over": "try",
    "play": "play",
    "faster": "speed",
    "slower": "speed",
    "section next": "section",
    "section previous": "section",
}
"""What a lesson's keys are called."""
LESSON_ORDER = ("next", "back", "try", "explain", "play", "speed", "help", "quit", "section", "focus")
"""The labels that a lesson's reader is told of: its own, and some of the debugger's."""
ORDER = (
    *("step", "next", "continue", "help", "explain", "command", "find", "focus", "quit", "view", "compare", "tape"),
    *("side", "batch", "break", "finish", "layer", "zoom", "epoch"),
)
"""The labels that come first where there is not room for all."""
SIGNS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "↵",
    "escape": "esc",
    "delete": "del",
    "backspace": "⌫",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
}
"""Keys that write nothing."""
NAMES = {
    "slash": "solidus",
    "backslash": "reverse solidus",
    "at": "commercial at",
    "minus": "hyphen-minus",
    "plus": "plus sign",
    "underscore": "low line",
    "less_than_sign": "less-than sign",
    "greater_than_sign": "greater-than sign",
}
"""Characters whose names Textual shortens, or writes without a hyphen."""
MOST_DIGITS = 2
"""Digits that are named one by one."""
LABELS = {"find next": "match", "find previous": "match", "focus tape": "tape", "focus side": "side"}
"""Lines that are not named by their commands."""
Hint = tuple[Sequence[str], str]
"""Keys, and the word for what they do."""


@dataclass(frozen=True)
class KeyHelp:
    """What the keys are for where the keyboard is.

    own    keys that mean something else there, or nothing elsewhere
    first  the labels of commands that come right after them
    rest   whether all other keys do there what they do elsewhere
    """

    own: tuple[Hint, ...] = ()
    first: tuple[str, ...] = ()
    rest: bool = True


EVERYWHERE = KeyHelp()


def command_of(line: str) -> tuple[str, str]:
    """The name of the command that a line calls, and the rest of the line; no name where there is no such command."""
    try:
        command, rest = read(line)
    except CommandError:
        return "", ""
    return (command.name, rest) if command is not None else ("", "")


def moved(key: str, row: int, column: int, matrix: Matrix) -> tuple[int, int]:
    """Where a cursor key leads in a matrix."""
    last_row, last_column, page = matrix.rows - 1, matrix.columns - 1, max(matrix.visible_rows - 1, 1)
    to = {
        "up": (row - 1, column),
        "down": (row + 1, column),
        "left": (row, column - 1),
        "right": (row, column + 1),
        "pageup": (row - page, column),
        "pagedown": (row + page, column),
        "home": (row, 0),
        "end": (row, last_column),
        "ctrl+home": (0, column),
        "ctrl+end": (last_row, column),
    }[key]
    return max(0, min(to[0], last_row)), max(0, min(to[1], last_column))


def lesson_help(mode: Mode) -> KeyHelp:
    """The keys of a lesson, and some others; in its reader's turn the way back to it."""
    if mode == "folded":
        return KeyHelp(((("escape",), "to the lesson"),))
    lines = {line: key for key, line in [*COMMANDS["lesson"].keys.items(), *SECTION_KEYS.items()]}
    labels: dict[str, list[str]] = {}
    for action, label in LESSON.items():
        if key := lines.get(f"lesson {action}"):
            labels.setdefault(label, []).append(key)
    told: dict[str, Sequence[str]] = {label: keys for keys, label in hints()} | labels
    return KeyHelp(tuple((tuple(told[label]), label) for label in LESSON_ORDER if label in told), rest=False)


def hints(here: KeyHelp = EVERYWHERE) -> list[Hint]:
    """Keys and what they do, forward and back as one, most used first: `s S` step, `] [` batch."""
    if not here.rest:
        return list(here.own)
    labels: dict[str, list[str]] = {}
    for command in COMMANDS.values():
        for key, line in command.keys.items():
            # A key of goto is best named by where it leads.
            label = line.split()[-1].lstrip("+-") if command.name == "goto" else LABELS.get(line, command.name)
            labels.setdefault(label, []).append(key)
    labels.setdefault("command", ["colon"])
    order = {label: place for place, label in enumerate(dict.fromkeys((*here.first, *ORDER)))}
    ranked = sorted(labels, key=lambda label: order.get(label, len(order)))
    taken = {key for keys, _ in here.own for key in keys}
    return [*here.own, *((labels[label], label) for label in ranked if not taken.intersection(labels[label]))]


def shown_key(key: str) -> str:
    """A key as the line of keys has it."""
    return "" if key == "shift+tab" else key_sign(key)


def key_sign(key: str) -> str:
    """A key as a reader knows it: `]` for right_square_bracket, ↑, esc. Textual's names of keys are Unicode's."""
    if len(key) == 1 or "+" in key:
        return key
    if key in SIGNS:
        return SIGNS[key]
    try:
        sign = unicodedata.lookup(NAMES.get(key, key.replace("_", " ")))
    except KeyError:
        return key
    return sign if sign.isprintable() else key


def _brief(keys: Sequence[str]) -> list[tuple[str, str]]:
    """Keys as the line of keys has them, digits as a range: `1…6`."""
    digits = [key for key in keys if key.isdecimal()]
    if len(digits) > MOST_DIGITS:
        keys = [key for key in keys if key not in digits]
    else:
        digits = []
    ranged = [(f"{digits[0]}…{digits[-1]}", digits[0])] if digits else []
    return [*ranged, *((text, key) for key in keys if (text := shown_key(key)))]


class KeyClicked(NamedTuple):
    """A key was clicked."""

    key: str


class Keys(Panel):
    """As many keys as fit, most used first; a click on one presses it."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._zones: list[tuple[range, str]] = []
        self._here = EVERYWHERE

    def show(self, here: KeyHelp) -> None:
        """Show the keys for where the keyboard is now."""
        if here != self._here:
            self._here = here
            self.changed()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line."""
        pieces: list[tuple[str, str]] = []
        used = 0
        gap = " " if width >= ROOMY else ""
        self._zones = []
        spelled = ascii_text if self.paint is not None and self.paint.ascii_only else str
        for keys, label in hints(self._here):
            shown = [(spelled(text), key) for text, key in _brief(keys)]
            hint = [*((f" {text}", "key") for text, _ in shown), (f" {label}{gap}", "muted")]
            size = width_of(hint)
            if used + size > width:
                continue
            start = used
            for place, (text, key) in enumerate(shown):
                # A label belongs to the first of its keys.
                end = start + 1 + width_of(((text, ""),))
                self._zones.append((range(start, end), key))
                if place == 0:
                    self._zones.append((range(used + size - 1 - len(label) - len(gap), used + size), key))
                start = end
            pieces += hint
            used += size
        return [cut(tuple(pieces), width)]

    def on_click(self, event: Mouse) -> None:
        """Press the key under the pointer."""
        for zone, key in self._zones:
            if event.x in zone:
                event.stop()
                self.tell(KeyClicked(key))
                break
