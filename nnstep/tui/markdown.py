"""A lesson's prose as lines: headings, emphasis, code, lists, quotes and tables, broken to a width.

What Markdown has beyond these is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, chop_cells

from nnstep.tui.paint import Line, Role
from nnstep.tui.text import width_of, wrap

Pieces = list[tuple[str, Role]]

LEAST_COLUMN = 6
"""Cells below which a table's column is not narrowed."""

HANGING = 4
"""Cells by which an answer's line goes on further right."""

_INLINE = re.compile(
    r"(?P<code>`+)(?P<coded>.+?)(?P=code)"
    r"|\*\*(?P<strong>.+?)\*\*"
    r"|\*(?P<star>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<under>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
    r"|!?\[(?P<link>[^\]]*)\]\([^)]*\)"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+\-.!|>~])"
)
_HEADING = re.compile(r"(#{2,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,3}[.)])\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,}).*")
_RULE = re.compile(r"\s{0,3}([-*_])(\s*\1){2,}\s*")
_DASHES = re.compile(r":?-+:?")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

OPENING = "（「『【〔［｛〈《([{"
CLOSING = "、。，．）」』】〕］｝〉》！？：；ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…,.;:!?)]}%"
"""What may not end a line, and what may not begin one."""


@dataclass(frozen=True)
class Block:
    """A paragraph, or whatever else stands by itself.

    kind   paragraph, heading, item, quote, code, table or rule
    lead   what stands before its first line: a list's mark
    rows   its text, of a table a row each; of all but code and tables only the first counts
    tight  whether it follows the block before it without a blank line
    """

    kind: str
    rows: tuple[str, ...]
    lead: str = ""
    tight: bool = False


def lay_out(prose: Sequence[str], width: int) -> list[Line]:
    """The prose in lines of at most `width` cells."""
    lines: list[Line] = []
    for block in blocks(prose):
        if lines and not block.tight:
            lines.append(())
        lines += _LAYOUTS[block.kind](block, width)
    return lines


def blocks(prose: Sequence[str]) -> Iterator[Block]:
    """The blocks of some lines of Markdown."""
    lines = _COMMENT.sub("", "\n".join(prose)).split("\n")
    place = 0
    last = ""
    while place < len(lines):
        text = lines[place]
        if not text.strip():
            place += 1
            last = "" if last != "item" else last
            continue
        kind, end = _kind(lines, place)
        yield _block(
            kind, lines[place:end], tight=kind == last == "item" and bool(place) and bool(lines[place - 1].strip())
        )
        place, last = end, kind


def _kind(lines: Sequence[str], start: int) -> tuple[str, int]:
    """What begins at a line, and the line after its end."""
    text = lines[start]
    if fence := _FENCE.fullmatch(text):
        marks = fence.group(1)
        ends = (i for i in range(start + 1, len(lines)) if lines[i].strip() == marks)
        return "code", next(ends, len(lines) - 1) + 1
    if _HEADING.fullmatch(text):
        return "heading", start + 1
    if _RULE.fullmatch(text):
        return "rule", start + 1
    kind = "table" if _is_table(lines, start) else "quote" if text.lstrip().startswith(">") else "paragraph"
    kind = "item" if _ITEM.fullmatch(text) else kind
    end = start + 1
    while end < len(lines) and lines[end].strip() and not _begins(lines, end, kind):
        end += 1
    return kind, end


def _begins(lines: Sequence[str], place: int, kind: str) -> bool:
    """Whether a block of another kind, or another item, begins at a line."""
    text = lines[place]
    if kind == "table":
        return "|" not in text
    if kind == "quote":
        return not text.lstrip().startswith(">")
    return bool(_FENCE.fullmatch(text) or _HEADING.fullmatch(text) or _ITEM.fullmatch(text)) or _is_table(lines, place)


def _is_table(lines: Sequence[str], place: int) -> bool:
    if "|" not in lines[place] or place + 1 >= len(lines):
        return False
    cells = _cells(lines[place + 1])
    return "|" in lines[place + 1] and all(_DASHES.fullmatch(cell) for cell in cells)


def _cells(row: str) -> list[str]:
    return [
        cell.strip().replace("\\|", "|")
        for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    ]


def _block(kind: str, lines: Sequence[str], *, tight: bool) -> Block:
    if kind == "code":
        return Block(kind, tuple(lines[1:-1] if len(lines) > 1 else ()))
    if kind == "table":
        return Block(kind, (lines[0], *lines[2:]))
    if kind == "quote":
        lines = [line.lstrip().removeprefix(">").strip() for line in lines]
    if kind == "item":
        found = _ITEM.fullmatch(lines[0])
        assert found is not None
        indent, mark, text = found.groups()
        lead = f"{' ' * (len(indent) // 2 * 2)}{'•' if mark in '-*+' else mark} "
        return Block(kind, (_joined([text, *lines[1:]]),), lead, tight)
    return Block(kind, (_joined(lines),))


def _joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph as one; between wide characters, and at wide punctuation, a line's end is no blank."""
    text = ""
    for line in lines:
        part = line.strip()
        text += part if not text or not part or _joins(text[-1], part[0]) else f" {part}"
    return text


def _joins(last: str, first: str) -> bool:
    wide = cell_len(last) == 2, cell_len(first) == 2
    return all(wide) or (wide[0] and last in CLOSING) or (wide[1] and first in OPENING)


# Inline


def inline(text: str, role: Role = "text") -> Pieces:
    """A text with its emphasis, code and links as pieces."""
    pieces: Pieces = []
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            pieces.append((text[end : found.start()], role))
        end = found.end()
        if found["coded"] is not None:
            pieces.append((found["coded"].strip() or " ", "name"))
        elif found["strong"] is not None:
            pieces += inline(found["strong"], "strong")
        elif (stressed := found["star"] or found["under"]) is not None:
            pieces += inline(stressed, "emphasis")
        elif found["link"] is not None:
            pieces += inline(found["link"], role)
        else:
            pieces.append((found["escaped"], role))
    if end < len(text):
        pieces.append((text[end:], role))
    return pieces


# Breaking lines


def flow(pieces: Pieces, width: int, first: str = "", rest: str = "", lead: Role = "muted") -> list[Line]:
    """Pieces broken to a width: at blanks, and between wide characters where their rules allow it."""
    lines: list[Line] = []
    row: Pieces = [(first, lead)] if first else []
    left = width - cell_len(first)
    full = width - cell_len(rest)
    empty = True
    for gap, atom in _atoms(pieces):
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


def spread(line: Line, width: int) -> list[Line]:
    """A line of an answer broken to a width; one in wide characters by their rules."""
    text = "".join(piece for piece, _ in line)
    if cell_len(text) <= width or not any(cell_len(character) == 2 for character in text):
        return wrap(line, width, HANGING)
    lead = " " * min(len(text) - len(text.lstrip()), width // 2)
    return flow(list(line), width, lead, lead + "  ")


def _atoms(pieces: Pieces) -> Iterator[tuple[int, Pieces]]:
    """What is not broken, each with the blanks before it: 0 or 1."""
    atom: Pieces = []
    gap = 0
    for text, role in _units(pieces):
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


def _units(pieces: Pieces) -> Iterator[tuple[str, Role]]:
    """Blanks, single wide characters, and runs of what is neither; code is one run."""
    for text, role in pieces:
        if role == "name" and cell_len(text) == len(text):
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


# Kinds of blocks


def _paragraph(block: Block, width: int) -> list[Line]:
    return flow(inline(block.rows[0]), width)


def _heading(block: Block, width: int) -> list[Line]:
    found = _HEADING.fullmatch(block.rows[0])
    assert found is not None
    return flow(inline(found.group(2), "current" if len(found.group(1)) == 2 else "heading"), width)


def _item(block: Block, width: int) -> list[Line]:
    return flow(inline(block.rows[0]), width, block.lead, " " * cell_len(block.lead), "accent")


def _quote(block: Block, width: int) -> list[Line]:
    return flow(inline(block.rows[0]), width, "│ ", "│ ", "rule")


def _code(block: Block, width: int) -> list[Line]:
    room = max(width - 2, 1)
    parts = (part for row in block.rows for part in (chop_cells(row, room) or [""]))
    return [(("  ", "text"), (part, "name")) for part in parts]


def _rule(_block: Block, width: int) -> list[Line]:
    return [(("─" * width, "rule"),)]


def _table(block: Block, width: int) -> list[Line]:
    rows = [
        [inline(cell, "heading" if place == 0 else "text") for cell in _cells(row)]
        for place, row in enumerate(block.rows)
    ]
    count = max(len(row) for row in rows)
    rows = [[*row, *([[]] * (count - len(row)))] for row in rows]
    widths = [max(1, *(width_of(row[column]) for row in rows)) for column in range(count)]
    while sum(widths) + 2 * (count - 1) > width and max(widths) > LEAST_COLUMN:
        widths[widths.index(max(widths))] -= 1
    lines: list[Line] = []
    for place, row in enumerate(rows):
        cells = [flow(cell, room) for cell, room in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=()):
            line: Pieces = []
            for column, (part, room) in enumerate(zip(parts, widths, strict=True)):
                line += part
                if column < count - 1:
                    line.append((" " * (room - width_of(part) + 2), "text"))
            lines.append(tuple(line))
        if place == 0:
            lines.append((("  ".join("─" * room for room in widths), "rule"),))
    return lines


_LAYOUTS = {
    "paragraph": _paragraph,
    "heading": _heading,
    "item": _item,
    "quote": _quote,
    "code": _code,
    "rule": _rule,
    "table": _table,
}
