"""The cursor's cell: with symbols, with numbers, and the result."""

from __future__ import annotations

from rich.cells import cell_len

from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import width_of, wrap
from nnstep.values import dataclass


@dataclass(frozen=True)
class Told:
    """A cell's name, and what it equals: a line each; the last one is the value.

    aside  what may be said below, where there is room for it
    """

    name: str
    lines: tuple[Line, ...]
    aside: str = ""


class Explained(Panel):
    """Lines under one another at their equals signs."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._told: Told | None = None

    def show(self, told: Told | None) -> None:
        """Explain a cell, or nothing."""
        self._told = told
        self.changed(told)

    def draw(self, width: int, height: int) -> list[Line]:
        """As many lines as fit: the symbols and the value come first, long lines are broken at spaces."""
        told = self._told
        if told is None or not told.lines:
            return []
        indent = cell_len(told.name) + 4
        first, *others = told.lines
        blocks = [wrap(((f" {told.name}", "current"), (" = ", "muted"), *first), width, indent)]
        blocks += [wrap(((" " * (indent - 3), "text"), (" = ", "muted"), *line), width, indent) for line in others]
        lines = _fitted(blocks, width, height)
        aside = wrap(((f" {told.aside}", "muted"),), width, 3) if told.aside else []
        return [*lines, *aside] if len(lines) + len(aside) <= height else lines


def _fitted(blocks: list[list[Line]], width: int, height: int) -> list[Line]:
    """Shorten what is longest, then drop what is in the middle; the first line and the value always stay."""
    while sum(map(len, blocks)) > height and len(blocks) > 2:
        longest = max(range(len(blocks)), key=lambda place: (len(blocks[place]), place))
        if len(blocks[longest]) == 1:
            del blocks[-2]
        else:
            _shorten(blocks[longest], width)
    while sum(map(len, blocks)) > height and any(len(block) > 1 for block in blocks):
        _shorten(max(blocks, key=len), width)
    lines = [line for block in blocks for line in block]
    return lines if len(lines) <= height else [lines[-1]][:height] if height == 1 else lines[: height - 1] + lines[-1:]


def _shorten(block: list[Line], width: int) -> None:
    """Leave out the last line; the one before it ends with a whole word."""
    block.pop()
    last = block[-1]
    fits = width_of(last) <= width - 2
    block[-1] = (*(last if fits else wrap(last, width - 2)[0]), (" …", "text"))
