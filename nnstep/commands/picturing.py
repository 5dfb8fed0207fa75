"""Pictures: where people would rather look than read."""

from __future__ import annotations

import re
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.text import text_of
from nnstep.session import Session

if TYPE_CHECKING:
    from nnstep.render.canvas import Picture

NAMES = ("network", "graph", "training", "data", "weights", "matrix")
"""The pictures; what draws them is imported where it is needed."""
BOARDS = ("step", "layer")
"""Views of matrices, which the app alone has: without it, `print` shows each."""
LEAST, MOST = (40, 10), (1000, 1000)
HEIGHT = 24
SIZE = re.compile(r"([0-9]{1,4})x([0-9]{1,4})")


@command(
    "view",
    usage="step|layer|network|graph|training [PLOT…]|data|weights|matrix [EXPR] [WIDTHxHEIGHT]",
    keys={
        "1": "view step",
        "2": "view layer",
        "3": "view network",
        "4": "view graph",
        "5": "view training",
        "6": "view data",
        "v": "view matrix",
    },
    words=(*BOARDS, *NAMES),
)
def view(session: Session, name: Rest) -> Result:
    """Show another view; without the app, print the picture, as wide as the terminal or as WIDTHxHEIGHT says.

    step: the formula, its operands and its result, and the layer they belong to; layer: all matrices of one layer (both
    in the app alone). network: the neurons as pairs of z and a, with the weights between them and δ on the way back;
    graph: the computation graph with values, gradients and local derivatives. training: the loss, and as many as fit of
    boundary, fit, accuracy, gradients, updates, zeros, confusion and surface; with one of these, that one alone; log or
    linear, smooth or raw where another way than the clearest is wanted. data: the rows of the batch with what the model
    says of them, as images where they are; weights: the first layer's, as images; matrix: a heat map of EXPR, or of the
    matrix just written (in the app, of the one with the cursor).
    """
    if name in BOARDS:
        return result([])
    picture = pictured(session, name, *_room())
    return replace(result(list(picture.lines)), text=text_of(picture.colourless))


def pictured(session: Session, name: str, width: int, height: int) -> Picture:
    """The picture that the rest of a `view` names, of this size where it says none."""
    which, *words = name.split() or [""]
    if which not in NAMES:
        known = (*BOARDS, *NAMES)
        raise CommandError(f"view: must be {', '.join(known[:-1])} or {known[-1]}, got {which!r}")
    from nnstep.render.picturing import PICTURES, WITH_CHOICE, Frame

    what = []
    while words and which in WITH_CHOICE and not (len(words) == 1 and SIZE.fullmatch(words[0])):
        what.append(words.pop(0))
    if words:
        width, height = _size(words)
    row = 0 if which == "network" else None
    return PICTURES[which](session, Frame(width, height, row, what=" ".join(what)))


def _room() -> tuple[int, int]:
    """The terminal's size, without the line for the next command."""
    width, height = get_terminal_size((80, HEIGHT))
    return max(min(width, MOST[0]), LEAST[0]), max(min(height - 1, MOST[1]), HEIGHT - 1)


def _size(words: list[str]) -> tuple[int, int]:
    found = SIZE.fullmatch(" ".join(words))
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (LEAST[0] <= width <= MOST[0] and LEAST[1] <= height <= MOST[1]):
        least, most = "x".join(map(str, LEAST)), "x".join(map(str, MOST))
        raise CommandError(f"view: the size must be from {least} to {most}, such as 120x40, got {' '.join(words)!r}")
    return width, height
