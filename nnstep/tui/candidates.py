"""What a line being typed can become, as a small list above the prompt."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.commands.completion import Candidate
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Panel
from nnstep.tui.text import cut, width_of
from nnstep.values import dataclass

MOST_ROWS = 8
MOST_WORD = 32
WIDEST = 90


@dataclass(frozen=True)
class Offer:
    """What there is to offer.

    usage     the command that is being typed, with what it takes; nothing while its name is typed
    about     one line about it
    choices   what the last word can become
    selected  the one that stands in the line, if one was taken
    """

    usage: str = ""
    about: str = ""
    choices: Sequence[Candidate] = ()
    selected: int | None = None

    @property
    def height(self) -> int:
        """Lines that it takes."""
        return min(len(self.choices), MOST_ROWS) + bool(self.usage)


class Candidates(Panel):
    """Draws an offer; the prompt says what is in it."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id, hidden=True)
        self.offer = Offer()

    def show(self, offer: Offer) -> None:
        """Take an offer."""
        self.offer = offer
        self.changed()

    def width_for(self, offer: Offer, most: int) -> int:
        """The width that shows it."""
        rows = [width_of(((each.about, ""),)) for each in offer.choices]
        words = _words(offer)
        head = width_of(((offer.usage, ""), (offer.about, ""))) + 5 if offer.usage else 0
        return max(0, min(max([head, *(words + 5 + row for row in rows)], default=0), most, WIDEST))

    def draw(self, width: int, height: int) -> list[Line]:
        """The command's usage, then the choices around the selected one."""
        offer = self.offer
        lines: list[Line] = []
        ground = (" " * width, "output")
        if offer.usage:
            head: Line = ((f" {offer.usage}", "output-strong"), (f"   {offer.about}", "output-muted"))
            lines.append((*cut(head, width), ground))
        room = height - len(lines)
        selected = offer.selected
        top = max(0, min((selected or 0) - room // 2, len(offer.choices) - room))
        words = _words(offer)
        for place, each in enumerate(offer.choices[top : top + room], start=top):
            chosen = place == selected
            plain: Role = "current-ground" if chosen else "output"
            weak: Role = "current-ground" if chosen else "output-muted"
            word = cut(((f" {each.word}", plain),), words + 1)
            blank = " " * (words + 3 - width_of(word))
            about = each.about
            if place == top + room - 1 and place + 1 < len(offer.choices):
                about = f"{about}   … {len(offer.choices) - place - 1} more".lstrip()
            row = cut((*word, (blank, plain), (about, weak)), width)
            lines.append((*row, (" " * (width - width_of(row)), plain)))
        return lines


def _words(offer: Offer) -> int:
    return min(max((width_of(((each.word, ""),)) for each in offer.choices), default=0), MOST_WORD)
