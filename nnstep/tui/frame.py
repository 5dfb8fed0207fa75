"""Where everything stands at a size of the terminal."""

from __future__ import annotations

from dataclasses import replace

from nnstep.tui.arrange import NOWHERE, Place
from nnstep.values import dataclass

SIDE_BY_SIDE = 100
"""The width from which the tape stands beside the matrices; below, above them."""
ROOMY = 30
"""The height from which rules and blank lines part things."""
LEAST_LAYER = 7
"""Lines without which the layer's matrices are not worth showing."""
LEAST_STEP, TAPE_FROM = 4, 12
"""Lines that the step's matrices have before a cell's arithmetic; the height from which the tape has some lines."""
EXPLAINED, EXPLAINED_SMALL, EXPLAINED_MOST = 4, 3, 6
"""Lines for the explained cell: at least, on a small screen, and where nothing else wants them."""
TAPE_SHARE = 0.31
SIDE_FROM, SIDE_LINES = 36, 3
"""The height from which the side panel is always in sight, beside the tape, and its lines there."""
SIDE_ROOMY, SIDE_MORE = 50, 6
STEP_VIEW = ("formula", "step", "stats", "explained", "heading", "layer")
"""The parts of the body where the step and its layer are in sight."""
HEIGHTS = ("formula", "stats", "explained", "heading")
"""Parts that have a height of their own; the others share what is left."""


def side_lines(width: int, height: int, wanted: int, *, focused: bool, zoomed: bool) -> int:
    """Lines for the side panel, of those that it wants: all of them in half of the screen while it has the keyboard."""
    if focused:
        return min(wanted, max((height - 4) // 2, 0))
    if zoomed or width < SIDE_BY_SIDE or height < SIDE_FROM:
        return 0
    return SIDE_LINES if height < SIDE_ROOMY else SIDE_MORE


@dataclass(frozen=True)
class Needs:
    """What the model would like: the tape's width, and the heights of the two boards.

    side       lines for the side panel, at the bottom
    tall_tape  whether the tape has half of the height where it stands above the matrices
    """

    tape: int
    step: int
    layer: int
    side: int = 0
    tall_tape: bool = False


def frame(
    width: int, height: int, needs: Needs, *, zoomed: bool = False, parts: tuple[str, ...] = STEP_VIEW
) -> dict[str, Place]:
    """A place for every part of the screen; NOWHERE for those that it has no room for, or that are not in `parts`."""
    side = needs.side
    roomy = height >= ROOMY
    top = 3 if roomy else 2
    bottom = height - (3 if roomy else 2)
    places = {
        "summary": Place(0, 0, width, 1),
        "phases": Place(0, 1, width, 1),
        "top-rule": Place(0, 2, width, 1) if roomy else NOWHERE,
        "bottom-rule": Place(0, bottom, width, 1) if roomy else NOWHERE,
        "prompt": Place(0, height - 2, width, 1),
        "keys": Place(0, height - 1, width, 1),
    }
    if width >= SIDE_BY_SIDE:
        tape = min(needs.tape, max(36, int(width * TAPE_SHARE)))
        body = Place(tape + 1, top, width - tape - 2, bottom - top)
        places |= {"tape": Place(0, top, tape, bottom - top), "tape-rule": NOWHERE}
        formula = 2
    else:
        tape = (bottom - top - side) // 2 if needs.tall_tape else _tape_lines(bottom - top)
        body = Place(1, top + tape + 1, width - 2, bottom - top - tape - 1)
        places |= {"tape": Place(0, top, width, tape), "tape-rule": Place(0, top + tape, width, 1)}
        # The tape's own line right above says it.
        formula = 0
    places |= dict.fromkeys(STEP_VIEW, NOWHERE)
    body = replace(body, height=body.height - side)
    places["side"] = replace(body, y=body.y + body.height, height=side) if side else NOWHERE
    if {"step", "layer"} <= set(parts):
        return places | _body(body, formula, needs, roomy=roomy, zoomed=zoomed)
    if zoomed and not {"step", "layer"} & set(parts):
        # A picture has the whole screen, but for the lines that say where it is.
        body = Place(1, top, width - 2, bottom - top)
        places |= {"tape": NOWHERE, "tape-rule": NOWHERE, "side": NOWHERE}
    return places | _one(body, parts, formula, needs, roomy=roomy)


def _tape_lines(room: int) -> int:
    """The tape's lines above the matrices: some around the present one, on a very small screen only that one."""
    return max(3, min(room // 6, 9)) if room >= TAPE_FROM else 1


def _one(body: Place, parts: tuple[str, ...], formula: int, needs: Needs, *, roomy: bool) -> dict[str, Place]:
    """Parts from top to bottom, of which one takes what the others leave; a board no more than it can use."""
    heights = {"formula": formula, "heading": 1} | _told(roomy=roomy)
    room = body.height - sum(heights[part] for part in parts if part in HEIGHTS)
    if "layer" in parts and "explained" in parts and 0 < needs.layer < room - 1:
        # A blank line parts the matrices from what is said of them.
        heights["explained"] += room - needs.layer - 1
        room = needs.layer + 1
    places: dict[str, Place] = {}
    y = body.y
    for part in parts:
        lines = heights.get(part, room)
        places[part] = Place(body.x, y, body.width, lines) if lines > 0 else NOWHERE
        y += max(lines, 0)
    return places


def _told(*, roomy: bool) -> dict[str, int]:
    """Lines for what is told of the focused matrix and of its cell; where there is room, one of them parts the two."""
    return {"stats": 2 if roomy else 1, "explained": EXPLAINED if roomy else EXPLAINED_SMALL}


def _body(body: Place, formula: int, needs: Needs, *, roomy: bool, zoomed: bool) -> dict[str, Place]:
    """The formula, the step's matrices, the explained cell and the layer's matrices, from top to bottom."""
    told = _told(roomy=roomy)
    stats, explained = told["stats"], told["explained"]
    # On a very small screen the matrices come first.
    explained -= min(max(LEAST_STEP + formula + explained + stats - body.height, 0), explained - 2)
    room = body.height - formula - explained - stats
    step, layer, spare = room, 0, 0
    if not zoomed and needs.layer and room - 1 >= 2 * LEAST_LAYER:
        step, layer, spare = _split(room - 1, needs.step, needs.layer)
    if spare:
        # A blank line between the matrices and what is said of them.
        stats, spare = stats + 1, spare - 1
    more = min(spare, EXPLAINED_MOST - explained + 1)
    places: dict[str, Place] = {}
    y = body.y
    for name, lines in (
        ("formula", formula),
        ("step", step),
        ("stats", stats),
        ("explained", explained + more),
        ("heading", 1 if layer else 0),
        ("layer", layer + spare - more if layer else 0),
    ):
        places[name] = Place(body.x, y, body.width, lines) if lines > 0 else NOWHERE
        y += lines
    return places


def _split(room: int, step: int, layer: int) -> tuple[int, int, int]:
    """Lines for the step's and the layer's matrices: what they want, or what is fair; and what is left over."""
    if step + layer <= room:
        return step, layer, room - step - layer
    fair = max(LEAST_LAYER, int(room * 0.45))
    given = max(min(step, fair), room - layer)
    return given, room - given, 0
