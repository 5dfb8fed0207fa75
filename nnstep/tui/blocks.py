"""Markdown told apart into blocks: paragraphs, headings, items, quotes, code, tables and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nnstep.tui.flow import joins
from nnstep.values import dataclass

HEADING = re.compile(r"(#{2,6})\s+(.*?)\s*#*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,3}[.)])\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,}).*")
_RULE = re.compile(r"\s{0,3}([-*_])(\s*\1){2,}\s*")
_DASHES = re.compile(r":?-+:?")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


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
    if HEADING.fullmatch(text):
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
    return bool(_FENCE.fullmatch(text) or HEADING.fullmatch(text) or _ITEM.fullmatch(text)) or _is_table(lines, place)


def _is_table(lines: Sequence[str], place: int) -> bool:
    if "|" not in lines[place] or place + 1 >= len(lines):
        return False
    cells = cells_of(lines[place + 1])
    return "|" in lines[place + 1] and all(_DASHES.fullmatch(cell) for cell in cells)


def cells_of(row: str) -> list[str]:
    """The cells of a table's row."""
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
        text += part if not text or not part or joins(text[-1], part[0]) else f" {part}"
    return text
