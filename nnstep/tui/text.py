"""Lines of (text, role): measuring, cutting and joining them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, chop_cells, set_cell_size

from nnstep.tui.paint import Line, Role

WIDE_FROM = "\u2e80"
"""The first character of the scripts that part their words by no spaces."""
NOT_FIRST = frozenset("、。，．・：；？！）」』】〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}%")
NOT_LAST = frozenset("（「『【〔([{")
"""What a line does not begin or end with."""


def width_of(line: Iterable[tuple[str, Role]]) -> int:
    """The cells that the line takes."""
    width = 0
    for text, _ in line:
        width += len(text) if text.isascii() else cell_len(text)
    return width


def cut(line: Line, width: int) -> Line:
    """The line, ending in … where it is wider than `width`."""
    if width_of(line) <= width:
        return line
    if width < 1:
        return ()
    kept: list[tuple[str, Role]] = []
    left = width - 1
    for text, role in line:
        size = cell_len(text)
        if size > left:
            kept.append((set_cell_size(text, left) + "…", role))
            break
        kept.append((text, role))
        left -= size
    return tuple(kept)


def fill(line: Line, width: int) -> Line:
    """The line cut or padded to exactly `width` cells."""
    missing = width - width_of(line)
    if missing < 0:
        line = cut(line, width)
        missing = width - width_of(line)
    return (*line, (" " * missing, "text")) if missing > 0 else line


def ends(left: Line, right: Line, width: int) -> Line:
    """One line with a left end and a right end; the left one is cut where both do not fit."""
    room = width - width_of(right)
    return (*fill(left, room), *right) if room > 0 else cut(right, width)


def wrap(line: Line, width: int, indent: int = 0) -> list[Line]:
    """The line broken at spaces into lines of at most `width` cells, all but the first indented."""
    lines: list[Line] = []
    row: list[tuple[str, Role]] = []
    left = width
    for word, role in _words(line):
        size = cell_len(word)
        if size > left and row:
            lines.append(tuple(row))
            row, left = [(" " * indent, "text")], width - indent
            word = word.lstrip()  # noqa: PLW2901
            size = cell_len(word)
        while size > left > 0:
            head = chop_cells(word, left)[0]
            lines.append((*row, (head, role)))
            row, left = [(" " * indent, "text")], width - indent
            word = word[len(head) :]  # noqa: PLW2901
            size = cell_len(word)
        row.append((word, role))
        left -= size
    lines.append(tuple(row))
    return lines


def _words(line: Line) -> Iterable[tuple[str, Role]]:
    """Every stretch that is not broken, with the space before it: a word, or one character of Japanese."""
    for text, role in line:
        start = 0
        for place in range(1, len(text)):
            if (text[place] == " " and text[place - 1] != " ") or _parts(text[place - 1], text[place]):
                yield text[start:place], role
                start = place
        if text:
            yield text[start:], role


def _parts(before: str, after: str) -> bool:
    """Whether a line may end here because one of two neighbours is Japanese; none begins with a full stop."""
    wide = after >= WIDE_FROM or before >= WIDE_FROM
    return wide and after not in NOT_FIRST and before not in NOT_LAST and " " not in (before, after)
