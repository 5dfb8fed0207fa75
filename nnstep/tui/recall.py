"""Lines typed before: going through them, finding one by a part, and what a line may become."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 1000


class Recall:
    """The lines that were typed, and where in them the user is looking.

    The line being typed is the one below the last; it is kept while the others are looked at.
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.lines = list(lines)
        self._place = len(self.lines)
        self._typed = ""

    def add(self, line: str) -> bool:
        """Take a line that was entered; False for the same one again, and for an answer in a lesson."""
        # An answer kept would be held out to the reader at the next question.
        new = self.lines[-1:] != [line] and not line.startswith("lesson answer")
        if new:
            self.lines = [*self.lines, line][-MOST:]
        return new

    def begin(self) -> None:
        """Look at the line below the last again."""
        self._place = len(self.lines)

    def move(self, by: int, text: str) -> str:
        """The line so many lines further down, where the one in sight is `text`."""
        if self._place == len(self.lines):
            self._typed = text
        self._place = max(0, min(self._place + by, len(self.lines)))
        return self.lines[self._place] if self._place < len(self.lines) else self._typed

    def ghost(self, text: str) -> str:
        """The latest line that begins with a text: what of it is left."""
        if not text:
            return ""
        return next((line[len(text) :] for line in reversed(self.lines) if line.startswith(text)), "")

    def find(self, part: str, nth: int = 0) -> str | None:
        """The n-th latest of the lines that have a part; None where there are not so many."""
        found = (line for line in dict.fromkeys(reversed(self.lines)) if part in line)
        return next((line for place, line in enumerate(found) if place == nth), None)
