"""The prompt: one line to type commands into, which else shows the last command and its answer."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, width_of

Completer = Callable[[str], list[str]]
Enter = Callable[[str], None]
HISTORY = 500
PASSED_ON = ("ctrl+c", "ctrl+q", "ctrl+z")
"""Keys that mean the same while someone types."""


class Prompt(Panel):
    """A line editor.

    Not Textual's Input: a key's command and answer are shown here at every step, and an Input would pass that
    through reactives, messages and its styles. Nor has it Textual's focus, which takes effect some messages later
    and would lose the first keys of a quick typist: while it is open, the app gives it every key at once.
    """

    def __init__(self, complete: Completer, enter: Enter, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.typing = False
        self.text = ""
        self.history: list[str] = []
        self._complete = complete
        self._run = enter
        self._caret = 0
        self._place = 0
        self._typed = ""
        self._command = ""
        self._answer: Line = ()

    # What is shown

    def answer(self, command: str, answer: Line) -> None:
        """Show a command and what came of it, while nobody types."""
        self._command, self._answer = command, answer
        self.changed()

    def fits(self, command: str, answer: str) -> bool:
        """Whether there is room for both."""
        return width_of(((command, ""), (answer, ""))) + 7 <= self.size.width

    def open(self, text: str = "") -> None:
        """Start typing."""
        self.text, self._caret = text, len(text)
        self._place = len(self.history)
        self.typing = True
        self.changed()

    def close(self) -> None:
        """Stop typing, and show the last answer again."""
        self.typing = False
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """The line being typed with its caret, or the last command and its answer."""
        if not self.typing:
            shown: Line = ((" : ", "muted"), (self._command, "strong"))
            return [cut((*shown, ("   ", "text"), *self._answer), width - 1)]
        first = max(0, self._caret - (width - 6))
        before, rest = self.text[first : self._caret], self.text[self._caret :]
        return [((" : ", "key"), (before, "strong"), (rest[:1] or " ", "caret"), (rest[1:], "strong"))]

    # Events

    def on_click(self) -> None:
        """Start typing."""
        if not self.typing:
            self.open()

    def paste(self, text: str) -> None:
        """Insert the first line of what is pasted."""
        self._insert((text.splitlines() or [""])[0])

    def press(self, event: events.Key) -> bool:
        """Edit the line; whether the key was one for an editor."""
        edit = self._KEYS.get(event.key)
        if edit is not None:
            edit(self)
        elif event.is_printable and event.character:
            self._insert(event.character)
        else:
            return event.key not in PASSED_ON
        self.changed()
        return True

    def _insert(self, text: str) -> None:
        self.text = self.text[: self._caret] + text + self.text[self._caret :]
        self._caret += len(text)
        self.changed()

    def _enter(self) -> None:
        line = self.text.strip()
        if not line:
            self.close()
            return
        if self.history[-1:] != [line]:
            self.history = [*self.history, line][-HISTORY:]
        self.typing = False
        self._run(line)

    def _move(self, to: int) -> None:
        self._caret = max(0, min(to, len(self.text)))

    def _cut(self, start: int, end: int) -> None:
        start = max(start, 0)
        self.text = self.text[:start] + self.text[end:]
        self._caret = start

    def _word(self) -> int:
        """Where the word before the caret begins."""
        return self.text[: self._caret].rstrip().rfind(" ") + 1

    def _recall(self, by: int) -> None:
        if self._place == len(self.history):
            self._typed = self.text
        self._place = max(0, min(self._place + by, len(self.history)))
        self.text = self.history[self._place] if self._place < len(self.history) else self._typed
        self._caret = len(self.text)

    def _fill_in(self) -> None:
        """Complete as far as all candidates agree."""
        candidates = self._complete(self.text[: self._caret])
        if candidates:
            first, last = min(candidates), max(candidates)
            common = first[: next((i for i, c in enumerate(first) if last[i : i + 1] != c), len(first))]
            self.text = common + self.text[self._caret :]
            self._caret = len(common)

    def _backspace(self) -> None:
        if self.text:
            self._cut(self._caret - 1, self._caret)
        else:
            self.close()

    _KEYS: dict[str, Callable[[Prompt], None]] = {  # noqa: RUF012
        "enter": _enter,
        "escape": close,
        "tab": _fill_in,
        "left": lambda self: self._move(self._caret - 1),
        "right": lambda self: self._move(self._caret + 1),
        "home": lambda self: self._move(0),
        "ctrl+a": lambda self: self._move(0),
        "end": lambda self: self._move(len(self.text)),
        "ctrl+e": lambda self: self._move(len(self.text)),
        "backspace": _backspace,
        "delete": lambda self: self._cut(self._caret, self._caret + 1),
        "ctrl+d": lambda self: self._cut(self._caret, self._caret + 1),
        "ctrl+w": lambda self: self._cut(self._word(), self._caret),
        "ctrl+u": lambda self: self._cut(0, self._caret),
        "ctrl+k": lambda self: self._cut(self._caret, len(self.text)),
        "up": lambda self: self._recall(-1),
        "down": lambda self: self._recall(1),
    }
