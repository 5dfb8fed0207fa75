"""Characters that are drawn rather than written, as fonts differ in them: blocks, braille dots, lines of boxes."""

from __future__ import annotations

from collections.abc import Iterator

from nnstep.render.chart import BRAILLE, DOTS

BLOCKS: dict[str, tuple[int, int, int, int]] = {
    "▀": (0, 0, 8, 4),
    "▐": (4, 0, 8, 8),
    "█": (0, 0, 8, 8),
    **{character: (0, 8 - n, 8, 8) for n, character in enumerate("▁▂▃▄▅▆▇", start=1)},
    **{character: (0, 0, n, 8) for n, character in zip(range(7, 0, -1), "▉▊▋▌▍▎▏", strict=True)},
}
"""Left, top, right and bottom, in eighths of a cell."""
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
"""How much of the colour a cell has."""
LINES = {
    "─": "lr",
    "│": "ud",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "├": "udr",
    "┤": "udl",
    "┬": "lrd",
    "┴": "lru",
    "┼": "lrud",
    "╴": "l",
    "╵": "u",
    "╶": "r",
    "╷": "d",
}
"""The ways a line leads from the middle of its cell: left, right, up, down."""
CORNERS = {"╭": "dr", "╮": "dl", "╰": "ur", "╯": "ul"}
"""The same for corners that are round."""
HEAVY = {"━": "lr", "┃": "ud"}
BRAILLES = range(BRAILLE, BRAILLE + 256)
DRAWN = "".join(map(chr, BRAILLES)) + "".join((*BLOCKS, *SHADES, *LINES, *CORNERS, *HEAVY))


def dots(character: str) -> Iterator[tuple[int, int]]:
    """The columns and rows of a braille character's dots, 2 and 4 of them."""
    bits = ord(character) - BRAILLE
    return ((x, y) for y, row in enumerate(DOTS) for x, bit in enumerate(row) if bits & bit)
