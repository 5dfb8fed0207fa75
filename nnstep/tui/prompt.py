"""The prompt: one line to type commands into, which else shows the last command and its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from nnstep.commands.completion import Candidate, usage_of
from nnstep.commands.execute import usage
from nnstep.tui.candidates import Offer
from nnstep.tui.keys import KeyHelp
from nnstep.tui.paint import Line
from nnstep.tui.panel import Key, Mouse, Panel
from nnstep.tui.recall import Recall
from nnstep.tui.text import cut, width_of

Completer = Callable[[str], Sequence[Candidate]]
Enter = Callable[[str], None]
PASSED_ON = ("ctrl+c", "ctrl+q", "ctrl+z")
"""Keys that mean the same while someone types."""


QUOTED = re.compile(r"'([^']+)'")


def wrong_part(line: str, error: str) -> str:
    """The part of a line that an error speaks of: what it quotes, else the longest word that it names."""
    quoted = [part for part in QUOTED.findall(error) if part in line]
    named = sorted((word for word in line.split()[1:] if len(word) > 1 and word in error), key=len)
    return quoted[0] if quoted else named[-1] if named else ""


class Prompt(Panel):
    """A line editor.

    Not Textual's Input: a key's command and answer are shown here at every step, and an Input would pass that
    through reactives, messages and its styles. Nor has it Textual's focus, which takes effect some messages later
    and would lose the first keys of a quick typist: while it is open, the app gives it every key at once.

    complete  says what a line can become
    run       takes a line that is entered
    offered  is told what the line can become, whenever that changes
    entered  is told of every line that is new, to remember it
    """

    KEYS = KeyHelp(
        (
            (("enter",), "run it"),
            (("tab",), "complete"),
            (("up", "down"), "earlier lines"),
            (("ctrl+r",), "search them"),
            (("escape",), "leave"),
        ),
        rest=False,
    )

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.typing = False
        self.text = ""
        self.recall = Recall()
        self.offered: Callable[[Offer], None] = lambda _: None
        self.entered: Callable[[str], None] = lambda _: None
        self.complete: Completer = lambda _: ()
        self.run: Enter = lambda _: None
        self._caret = 0
        self._command = ""
        self._answer: Line = ()
        self._wrong = ""
        self._choices: Sequence[Candidate] = ()
        self._chosen: int | None = None
        self._sought: str | None = None
        self._nth = 0

    # What is shown

    def answer(self, command: str, answer: Line, wrong: str = "") -> None:
        """Show a command and what came of it, while nobody types; `wrong` is the part that was not understood."""
        self._command, self._answer, self._wrong = command, answer, wrong
        self.changed()

    def fits(self, command: str, answer: str) -> bool:
        """Whether there is room for both."""
        return width_of(((command, ""), (answer, ""))) + 7 <= self.size.width

    def open(self, text: str = "") -> None:
        """Start typing."""
        self.text, self._caret = text, len(text)
        self.recall.begin()
        self.typing = True
        self._sought = None
        self._offer_anew()
        self.changed()

    def close(self) -> None:
        """Stop typing, and show the last answer again; a search is left first."""
        if self._sought is not None:
            self._sought = None
            self._offer_anew()
            return
        self._stop()
        self.changed()

    def _stop(self) -> None:
        self.typing = False
        self._sought = None
        self._choices, self._chosen = (), None
        self.offered(Offer())

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """The line being typed with its caret, or the last command and its answer."""
        if not self.typing:
            return [cut((*self._told(), ("   ", "text"), *self._answer), width - 1)]
        sign: Line = ((" : ", "key"),)
        if self._sought is not None:
            sign = ((" search ", "muted"), (self._sought, "strong"), ("▏: ", "key"))
        room = width - width_of(sign) - 3
        first = max(0, self._caret - room)
        before, rest = self.text[first : self._caret], self.text[self._caret :]
        ghost = "" if rest or self._sought is not None else self.recall.ghost(self.text)
        under, after = (rest[:1], rest[1:]) if rest else (ghost[:1], ghost[1:])
        return [(*sign, (before, "strong"), (under or " ", "caret"), (after, "strong" if rest else "faint"))]

    def _told(self) -> Line:
        """The last command, what was wrong in it marked."""
        before, wrong, after = self._command.partition(self._wrong) if self._wrong else (self._command, "", "")
        return ((" : ", "muted"), (before, "strong"), (wrong, "error"), (after, "strong"))

    def _offer_anew(self) -> None:
        """Say what the line can become as it stands."""
        self._chosen = None
        at_end = self._caret == len(self.text)
        self._choices = tuple(self.complete(self.text)) if self.text and at_end and self._sought is None else ()
        if [each.line for each in self._choices] == [self.text]:
            self._choices = ()
        self._offer()

    def _offer(self) -> None:
        command = usage_of(self.text) if self._sought is None else None
        told = (usage(command), command.summary) if command is not None else ("", "")
        self.offered(Offer(*told, self._choices, self._chosen))

    # Events

    def on_click(self, event: Mouse) -> None:  # noqa: ARG002
        """Start typing."""
        if not self.typing:
            self.open()

    def paste(self, text: str) -> None:
        """Insert the first line of what is pasted."""
        self._insert((text.splitlines() or [""])[0])
        self._offer_anew()

    def press(self, event: Key) -> bool:
        """Edit the line; whether the key was one for an editor."""
        edit = self.EDITS.get(event.key)
        if self._sought is not None and event.key in ("backspace", "ctrl+u") and self._sought:
            self._seek("" if event.key == "ctrl+u" else self._sought[:-1])
        elif edit is not None:
            if event.key not in ("ctrl+r", "enter", "escape"):
                self._sought = None
            edit[0](self)
        elif event.is_printable and event.character:
            if self._sought is not None:
                self._seek(self._sought + event.character)
            else:
                self._insert(event.character)
        else:
            return event.key not in PASSED_ON
        if self.typing and event.key not in ("tab", "shift+tab"):
            self._offer_anew()
        self.changed()
        return True

    # Edits

    def _insert(self, text: str) -> None:
        self.text = self.text[: self._caret] + text + self.text[self._caret :]
        self._caret += len(text)
        self.changed()

    def _enter(self) -> None:
        line = self.text.strip()
        if not line:
            self._sought = None
            self.close()
            return
        if self.recall.add(line):
            self.entered(line)
        self._stop()
        self.run(line)

    def _move(self, to: int) -> None:
        self._caret = max(0, min(to, len(self.text)))

    def _forward(self, *, to_end: bool = False) -> None:
        """Go right; at the end of the line, take what was typed before."""
        if self._caret == len(self.text):
            self._put(self.text + self.recall.ghost(self.text))
        else:
            self._move(len(self.text) if to_end else self._caret + 1)

    def _put(self, text: str) -> None:
        self.text, self._caret = text, len(text)

    def _cut(self, start: int, end: int) -> None:
        start = max(start, 0)
        self.text = self.text[:start] + self.text[end:]
        self._caret = start

    def _word(self) -> int:
        """Where the word before the caret begins."""
        return self.text[: self._caret].rstrip().rfind(" ") + 1

    def _recall(self, by: int) -> None:
        self._put(self.recall.move(by, self.text))

    def _search(self) -> None:
        """Look for a line that was typed before by a part of it, or for the one before that."""
        if self._sought is None:
            self._seek(self.text)
        elif (found := self.recall.find(self._sought, self._nth + 1)) is not None:
            self._nth += 1
            self._put(found)

    def _seek(self, part: str) -> None:
        self._sought, self._nth = part, 0
        found = self.recall.find(part) if part else None
        if found is not None:
            self._put(found)

    def _fill_in(self, by: int = 1) -> None:
        """Complete as far as all candidates agree; then take one after the other."""
        if self._chosen is None:
            self._choices = tuple(self.complete(self.text[: self._caret]))
            lines = [each.line for each in self._choices]
            if not lines:
                return
            first, last = min(lines), max(lines)
            common = first[: next((i for i, c in enumerate(first) if last[i : i + 1] != c), len(first))]
            if len(common) > self._caret or len(lines) == 1:
                self.text = common + self.text[self._caret :]
                self._caret = len(common)
                self._offer_anew()
                return
            self._chosen = 0 if by > 0 else len(lines) - 1
        else:
            self._chosen = (self._chosen + by) % len(self._choices)
        self._put(self._choices[self._chosen].line)
        self._offer()

    def _backspace(self) -> None:
        if self.text:
            self._cut(self._caret - 1, self._caret)
        else:
            self.close()

    EDITS: ClassVar[Mapping[str, tuple[Callable[[Prompt], None], str]]] = {
        "enter": (_enter, "Run the line"),
        "escape": (close, "Leave the line as it is"),
        "tab": (_fill_in, "Complete, then the next candidate"),
        "shift+tab": (lambda self: self._fill_in(-1), "The candidate before"),
        "up": (lambda self: self._recall(-1), "The line typed before"),
        "down": (lambda self: self._recall(1), "The line typed after it"),
        "ctrl+r": (_search, "Search the lines typed before; again: further back"),
        "left": (lambda self: self._move(self._caret - 1), "Go left"),
        "right": (_forward, "Go right; at the end, take the rest of an earlier line"),
        "home": (lambda self: self._move(0), "Go to the beginning"),
        "ctrl+a": (lambda self: self._move(0), "Go to the beginning"),
        "end": (lambda self: self._forward(to_end=True), "Go to the end"),
        "ctrl+e": (lambda self: self._forward(to_end=True), "Go to the end"),
        "backspace": (_backspace, "Delete to the left"),
        "delete": (lambda self: self._cut(self._caret, self._caret + 1), "Delete to the right"),
        "ctrl+d": (lambda self: self._cut(self._caret, self._caret + 1), "Delete to the right"),
        "ctrl+w": (lambda self: self._cut(self._word(), self._caret), "Delete the word"),
        "ctrl+u": (lambda self: self._cut(0, self._caret), "Delete to the beginning"),
        "ctrl+k": (lambda self: self._cut(self._caret, len(self.text)), "Delete to the end"),
    }
    """What a key does while a line is typed, and how help says it."""
