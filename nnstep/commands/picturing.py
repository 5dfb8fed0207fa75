"""Pictures: where people would rather look than read."""

from __future__ import annotations

import re
from dataclasses import replace
from shutil import get_terminal_size

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.picturing import PICTURES, Frame
from nnstep.render.text import text_of
from nnstep.session import Session

BOARDS = ("step", "layer")
"""Views of matrices, which the app alone has: without it, `print` shows each."""
LEAST, MOST = (40, 10), (1000, 1000)
HEIGHT = 24
_SIZE = re.compile(r"([0-9]{1,4})x([0-9]{1,4})")


@command(
    "view",
    usage="step|layer|network|graph [WIDTHxHEIGHT]",
    keys={"1": "view step", "2": "view layer"},
    words=(*BOARDS, *PICTURES),
)
def view(session: Session, name: Rest) -> Result:
    """Show another view; without the app, print the picture, as wide as the terminal or as WIDTHxHEIGHT says.

    step: the formula, its operands and its result, and the layer they belong to; layer: all matrices of one layer (both
    in the app alone). network: the neurons as pairs of z and a, with the weights between them and δ on the way back;
    graph: the computation graph with values, gradients and local derivatives.
    """
    which, *size = name.split()
    if which in BOARDS and not size:
        return result([])
    if which not in PICTURES:
        known = (*BOARDS, *PICTURES)
        raise CommandError(f"view: must be {', '.join(known[:-1])} or {known[-1]}, got {which!r}")
    picture = PICTURES[which](session, Frame(*_size(size)))
    return replace(result(list(picture.lines)), text=text_of(picture.colourless))


def _size(words: list[str]) -> tuple[int, int]:
    if not words:
        width, height = get_terminal_size((80, HEIGHT))
        return max(min(width, MOST[0]), LEAST[0]), max(min(height - 1, MOST[1]), HEIGHT - 1)
    found = _SIZE.fullmatch(" ".join(words))
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (LEAST[0] <= width <= MOST[0] and LEAST[1] <= height <= MOST[1]):
        least, most = "x".join(map(str, LEAST)), "x".join(map(str, MOST))
        raise CommandError(f"view: the size must be from {least} to {most}, such as 120x40, got {' '.join(words)!r}")
    return width, height
