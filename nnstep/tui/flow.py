"""Where lines are broken: at blanks, and between wide characters where their rules allow it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from nnstep.tui.paint import Line, Role
from nnstep.tui.text import width_of, wrap

Pieces = list[tuple[str, Role]]

HANGING = 4
"""Cells by which an answer's line goes on further right."""

OPENING = "（「『【〔［｛〈《([{"
CLOSING = "、。，．）」』】〕］｝〉》！？：；ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…,.;:!?)]}%"
"""What may not end a line, and what may not begin one."""


def flow(pieces: Pieces, width: int, first: str = "", rest: str = "", lead: Role = "muted") -> list[Line]:
    """Pieces broken to a width: at blanks, and between wide characters where their rules allow it."""
    lines: list[Line] = []
    row: Pieces = [(first, lead)] if first else []
    left = width - cell_len(first)
    full = width - cell_len(rest)
    empty = True
    for gap, atom in _atoms(pieces, full):
        size = width_of(atom)
        if not empty and gap + size > left:
            lines.append(tuple(row))
            row, left, empty = [(rest, lead)] if rest else [], full, True
        if not empty and gap:
            row.append((" ", atom[0][1] if row[-1][1] == atom[0][1] else "text"))
            left -= 1
        for text, role in atom:
            part = text
            while cell_len(part) > left > 0:
                head = chop_cells(part, left)[0]
                row.append((head, role))
                lines.append(tuple(row))
                row, left = [(rest, lead)] if rest else [], full
                part = part[len(head) :]
            row.append((part, role))
            left -= cell_len(part)
        empty = False
    lines.append(tuple(row))
    return lines


def longest(pieces: Pieces) -> int:
    """The width below which flow has to break what should stay whole."""
    return max((width_of(atom) for _, atom in _atoms(pieces, 0)), default=0)


def spread(line: Line, width: int) -> list[Line]:
    """A line of an answer broken to a width; one in wide characters by their rules."""
    text = "".join(piece for piece, _ in line)
    if cell_len(text) <= width or not any(cell_len(character) == 2 for character in text):
        return wrap(line, width, HANGING)
    lead = " " * min(len(text) - len(text.lstrip()), width // 2)
    return flow(list(line), width, lead, lead + "  ")


def _atoms(pieces: Pieces, width: int) -> Iterator[tuple[int, Pieces]]:
    """What is not broken at this width, each with the blanks before it: 0 or 1."""
    atom: Pieces = []
    gap = 0
    for text, role in _units(pieces, width):
        if text == " ":
            if atom:
                yield gap, atom
            atom, gap = [], 1
            continue
        if atom and _breaks(atom[-1][0], text):
            yield gap, atom
            atom, gap = [], 0
        atom.append((text, role))
    if atom:
        yield gap, atom


def _units(pieces: Pieces, width: int) -> Iterator[tuple[str, Role]]:
    """Blanks, single wide characters, and runs of what is neither; code that fits in a line is one run."""
    for text, role in pieces:
        if role == "name" and cell_len(text) == len(text) <= width:
            yield text, role
            continue
        run = ""
        for character in text:
            if character == " " or cell_len(character) == 2:
                if run:
                    yield run, role
                yield character, role
                run = ""
            else:
                run += character
        if run:
            yield run, role


def _breaks(before: str, after: str) -> bool:
    if cell_len(before[-1]) < 2 and cell_len(after[0]) < 2:
        return False
    return before[-1] not in OPENING and after[0] not in CLOSING


def joins(last: str, first: str) -> bool:
    """Whether one line goes on with the next without a blank."""
    wide = cell_len(last) == 2, cell_len(first) == 2
    return all(wide) or (wide[0] and last in CLOSING) or (wide[1] and first in OPENING)
