"""A lesson's prose as lines: headings, emphasis, code, lists, quotes and tables, broken to a width.

What Markdown has beyond these is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len, chop_cells

from nnstep.tui.blocks import HEADING, Block, blocks, cells_of
from nnstep.tui.flow import Pieces, flow, longest
from nnstep.tui.paint import Line, Role
from nnstep.tui.text import width_of

_INLINE = re.compile(
    r"(?P<code>`+)(?P<coded>.+?)(?P=code)"
    r"|\*\*(?P<strong>.+?)\*\*"
    r"|\*(?P<star>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<under>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
    r"|!?\[(?P<link>[^\]]*)\]\([^)]*\)"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+\-.!|>~])"
)


def lay_out(prose: Sequence[str], width: int) -> list[Line]:
    """The prose in lines of at most `width` cells."""
    lines: list[Line] = []
    for block in blocks(prose):
        if lines and not block.tight:
            lines.append(())
        lines += _LAYOUTS[block.kind](block, width)
    return lines


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


# Kinds of blocks


def _paragraph(block: Block, width: int) -> list[Line]:
    return flow(inline(block.rows[0]), width)


def _heading(block: Block, width: int) -> list[Line]:
    found = HEADING.fullmatch(block.rows[0])
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
        [inline(cell, "heading" if place == 0 else "text") for cell in cells_of(row)]
        for place, row in enumerate(block.rows)
    ]
    count = max(len(row) for row in rows)
    rows = [[*row, *([[]] * (count - len(row)))] for row in rows]
    widths = [max(1, *(width_of(row[column]) for row in rows)) for column in range(count)]
    least = [max(1, *(longest(row[column]) for row in rows)) for column in range(count)]
    room = width - 2 * (count - 1)
    if sum(least) > room:
        return _stacked(rows, width)
    while sum(widths) > room:
        _, widest = max((widths[column], column) for column in range(count) if widths[column] > least[column])
        widths[widest] -= 1
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


def _stacked(rows: list[list[Pieces]], width: int) -> list[Line]:
    """A table whose columns do not fit beside one another: a row's cells below its first, each with its heading."""
    heads, *others = rows
    labels = ["".join(text for text, _ in head) for head in heads]
    lines: list[Line] = []
    for row in others:
        for column, (label, cell) in enumerate(zip(labels, row, strict=True)):
            if not cell:
                continue
            head: Pieces = [(f"{label}: ", "muted")] if label else []
            if column == 0:
                lines += flow([*head, *((text, "strong") for text, _ in cell)], width)
            else:
                lines += flow([*head, *cell], width, "  ", "    ")
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
