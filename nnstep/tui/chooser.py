"""A list to choose from, laid over the screen: a line that filters it, the entries, and what there is to know of one.

Help, the command palette, the glossary and the model picker are each such a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cached_property

from nnstep.tui.fuzzy import Entry, entry, ranked
from nnstep.tui.keys import KeyHelp
from nnstep.tui.output import on_surface
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Key, Mouse, Panel
from nnstep.tui.text import cut, ends, width_of, wrap
from nnstep.values import dataclass

PASSED_ON = ("ctrl+c", "ctrl+q", "ctrl+z")
"""Keys that mean the same while a list is open."""
BESIDE_FROM = 100
"""The width from which what is said of an entry stands beside the list, else below it."""
LIST_SHARE = 0.6
MOST_KEYS = 11
MOST_NAME = 28
WHEEL = 3

Choose = Callable[[str], None]
"""Takes the chosen entry's line."""


@dataclass(frozen=True)
class Choice:
    """One entry.

    name     what is chosen, and what the filter looks at first
    line     the line to type; one that ends in a blank waits in the prompt for the rest
    keys     shown before the name, such as the keys that type the line
    about    one line about it
    section  the heading under which it stands while nothing is filtered
    words    further words by which it is found
    details  makes what is said of it while it is selected
    """

    name: str
    line: str
    keys: str = ""
    about: str = ""
    section: str = ""
    words: str = ""
    details: Callable[[], Sequence[Line]] = field(default=tuple, compare=False)

    @cached_property
    def searched(self) -> Entry:
        """What the filter sees."""
        return entry(self.name, (*self.keys.split(), self.line.strip()), f"{self.about} {self.words}")


@dataclass(frozen=True)
class Question:
    """What is to be chosen.

    title    names the list
    verb     what enter does, in the line of hints
    choices  the entries
    empty    what to say where there are none
    """

    title: str
    verb: str
    choices: Sequence[Choice]
    empty: str = "nothing matches"


class Chooser(Panel):
    """Draws the list and takes the keys; the app gives it every key while it is open, as it does with the prompt.

    Attributes: opened, whether it is in sight; turned, which is called when that changes.
    """

    KEYS = KeyHelp(((("up", "down"), "choose"), (("enter",), "take it"), (("escape",), "close")), rest=False)

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id, hidden=True)
        self.question = Question("", "", ())
        self.query_text = ""
        self._choose: Choose = lambda _: None
        self._found: list[int] = []
        self._place = 0
        self._top = 0
        self._told: dict[tuple[int, int], list[Line]] = {}
        self._rows: list[int | str] = []
        self._list = range(0)
        self.opened = False
        self.turned: Callable[[], None] = lambda: None

    # What is chosen from

    def open(self, question: Question, choose: Choose, text: str = "") -> None:
        """Show a list, filtered by a text to begin with."""
        self.question, self._choose = question, choose
        self._told.clear()
        self.display = self.opened = True
        self.turned()
        self._filter(text)

    def close(self) -> bool:
        """Put it away; whether it was open."""
        was = self.opened
        self.display = self.opened = False
        self.turned()
        return was

    @property
    def chosen(self) -> Choice | None:
        """The entry that is selected."""
        return self.question.choices[self._found[self._place]] if self._found else None

    def _filter(self, text: str) -> None:
        self.query_text = text
        choices = self.question.choices
        self._found = ranked(text, [each.searched for each in choices]) if text.strip() else list(range(len(choices)))
        self._place = self._top = 0
        self._rows = self._headed()
        self.changed()

    def _headed(self) -> list[int | str]:
        """The rows of the list: places in what was found, under their sections while nothing is filtered."""
        if self.query_text.strip():
            return list(range(len(self._found)))
        rows: list[int | str] = []
        section = ""
        for place, number in enumerate(self._found):
            own = self.question.choices[number].section
            if own != section:
                rows.append(own)
                section = own
            rows.append(place)
        return rows

    # Drawing

    def draw(self, width: int, height: int) -> list[Line]:
        """The filter, then the list with what is said of the selected entry."""
        body = height - 1
        if width >= BESIDE_FROM:
            left = int(width * LIST_SHARE)
            rows = self._drawn_list(left, body)
            told = self._details(width - left - 3, body)
            lines = [
                (*row, (" " * (left - width_of(row)), "output"), ("│ ", "output-muted"), *text)
                for row, text in zip(rows, told, strict=True)
            ]
        else:
            below = min(max(body * 2 // 5, 4), 12)
            rows = self._drawn_list(width, max(body - below - 1, 1))
            rule: Line = (("─" * width, "output-muted"),)
            lines = [*rows, rule, *self._details(width - 2, below, indent=1)]
        ground = (" " * width, "output")
        return [self._head(width), *((*line, ground) for line in lines)]

    def _head(self, width: int) -> Line:
        found, total = len(self._found), len(self.question.choices)
        hint = f" ↑↓  enter {self.question.verb}  esc close "
        count = f"{found} of {total}" if self.query_text.strip() else f"{total}"
        left: Line = (
            (f" {self.question.title} ", "badge"),
            (" ", "output"),
            (self.query_text, "output-strong"),
            (" ", "caret"),
            ("" if self.query_text else " type to search", "output-muted"),
        )
        head = ends(left, ((f"{count} ", "output"), (hint, "output-muted")), width)
        return tuple((text, "output" if role == "text" else role) for text, role in head)

    def _drawn_list(self, width: int, height: int) -> list[Line]:
        self._keep_in_sight(height)
        self._list = range(1, 1 + height)
        if not self._found:
            return [((f"  {self.question.empty}", "output-muted"),)] + [()] * (height - 1)
        choices = [self.question.choices[number] for number in self._found]
        keys = min(max(width_of(((each.keys, ""),)) for each in choices), MOST_KEYS)
        names = min(max(width_of(((each.name, ""),)) for each in choices), MOST_NAME, width // 2)
        lines: list[Line] = []
        for row in self._rows[self._top : self._top + height]:
            if isinstance(row, str):
                lines.append(cut(((f" {row}", "output-strong"),), width))
            else:
                lines.append(self._row(choices[row], (keys, names), width, selected=row == self._place))
        return lines + [()] * (height - len(lines))

    @staticmethod
    def _row(choice: Choice, widths: tuple[int, int], width: int, *, selected: bool) -> Line:
        keys, names = widths
        strong, plain, weak = ("current-ground",) * 3 if selected else ("output-strong", "output", "output-muted")
        pieces: list[tuple[str, Role]] = [("▸ " if selected else "  ", strong)]
        if keys:
            pieces += [*_column(choice.keys, keys, strong), ("  ", plain)]
        pieces += [*_column(choice.name, names, plain), ("  ", plain), (choice.about, weak)]
        line = cut(tuple(pieces), width - 1)
        return (*line, (" " * (width - 1 - width_of(line)), plain))

    def _keep_in_sight(self, height: int) -> None:
        if not self._rows or not self._found:
            return
        row = self._rows.index(self._place)
        # The heading above the first entry of a section belongs to it.
        first = row - 1 if row and isinstance(self._rows[row - 1], str) else row
        self._top = max(min(self._top, first), row - height + 1, 0)
        self._top = min(self._top, max(len(self._rows) - height, 0))

    def _details(self, width: int, height: int, indent: int = 0) -> list[Line]:
        if not self._found:
            return [()] * height
        number = self._found[self._place]
        told = self._told.get((number, width))
        if told is None:
            lines = self.question.choices[number].details()
            told = [on_surface(row) for line in lines for row in wrap(line, width, _indent(line))]
            self._told[number, width] = told
        shown = [((" " * indent, "output"), *line) for line in told[:height]]
        if len(told) > height:
            shown[-1] = ((" " * indent + "…", "output-muted"),)
        return [*shown, *([()] * (height - len(shown)))]

    # Events

    def paste(self, text: str) -> None:
        """Search for the first line of what is pasted."""
        self._filter(self.query_text + (text.splitlines() or [""])[0])

    def press(self, event: Key) -> bool:
        """Filter, move or choose; whether the key was one for the list."""
        page = max(len(self._list) - 1, 1)
        far = len(self.question.choices)
        moves = {
            "up": -1,
            "shift+tab": -1,
            "down": 1,
            "tab": 1,
            "pageup": -page,
            "pagedown": page,
            "home": -far,
            "end": far,
        }
        if event.key in moves:
            self._move(moves[event.key])
        elif event.key == "enter":
            self._take()
        elif event.key == "escape":
            self.close()
        elif event.key == "backspace" and self.query_text:
            self._filter(self.query_text[:-1])
        elif event.key == "backspace":
            self.close()
        elif event.key in ("ctrl+u", "ctrl+w"):
            self._filter("")
        elif event.is_printable and event.character:
            self._filter(self.query_text + event.character)
        else:
            return event.key not in PASSED_ON
        return True

    def _move(self, by: int) -> None:
        self._place = max(0, min(self._place + by, len(self._found) - 1))
        self.changed()

    def _take(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.close()
            # A key that has no line is only told about.
            if chosen.line:
                self._choose(chosen.line)

    def on_click(self, event: Mouse) -> None:
        """Select the entry under the pointer; choose the one that is selected already."""
        event.stop()
        row = self._top + event.y - self._list.start
        if event.y not in self._list or row >= len(self._rows):
            return
        place = self._rows[row]
        if isinstance(place, str):
            return
        if place == self._place:
            self._take()
        else:
            self._move(place - self._place)

    def on_wheel(self, event: Mouse, notch: int) -> None:
        """Further along the list."""
        event.stop()
        self._move(WHEEL * notch)


def _column(text: str, width: int, role: Role) -> Line:
    line = cut(((text, role),), width)
    return (*line, (" " * (width - width_of(line)), role))


def _indent(line: Line) -> int:
    """Where a line goes on that is too long: as far in as it begins."""
    text = "".join(piece for piece, _ in line)
    return len(text) - len(text.lstrip())
