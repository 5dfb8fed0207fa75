"""Where a lesson's prose stands: at the left where there is room beside it, else on top of the debugger's parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from nnstep.tui.arrange import NOWHERE, Place
from nnstep.tui.frame import ROOMY

Mode = Literal["", "open", "folded"]
"""No lesson; a lesson; one that makes way for its reader, who has taken over."""

BESIDE = 100
"""The width from which the prose stands beside the debugger; below, above it."""
NARROWEST, WIDEST, SHARE = 40, 72, 0.36
HEIGHT_SHARE = 0.5
LEAST_HEIGHT = 7
LEAST_STEP = 6
"""Lines of matrices below which the explained cell makes way for them: the prose explains, and enter does."""


def around(frame: Callable[[int, int], dict[str, Place]], mode: Mode, width: int, height: int) -> dict[str, Place]:
    """The places of a frame with the prose beside or above its body."""
    if not mode:
        return frame(width, height) | {"prose": NOWHERE}
    beside = width >= BESIDE
    top = 3 if height >= ROOMY else 2
    bottom = height - top
    if beside:
        across, down = max(NARROWEST, min(int(width * SHARE), WIDEST)), 0
        prose = Place(0, top, across, bottom - top)
    else:
        across, down = 0, 2 if mode == "folded" else max(LEAST_HEIGHT, int((height - 4) * HEIGHT_SHARE)) + 1
        prose = Place(0, top, width, down)
    places = _matrices_first(frame(width - across, height - down))
    moved = {name: Place(p.x + across, p.y + down, p.width, p.height) for name, p in places.items() if p != NOWHERE}
    rules = {
        "summary": Place(0, 0, width, 1),
        "phases": Place(0, 1, width, 1),
        "top-rule": Place(0, 2, width, 1) if height >= ROOMY else NOWHERE,
        "bottom-rule": Place(0, bottom, width, 1) if height >= ROOMY else NOWHERE,
        "prompt": Place(0, height - 2, width, 1),
        "keys": Place(0, height - 1, width, 1),
    }
    return places | moved | rules | {"prose": prose}


def _matrices_first(places: dict[str, Place]) -> dict[str, Place]:
    step, told = places["step"], [places[name] for name in ("stats", "explained") if places[name] != NOWHERE]
    # With a layer below it, the step's board has all the lines that it wants, or a fair share.
    if step == NOWHERE or step.height >= LEAST_STEP or places["layer"] != NOWHERE:
        return places
    height = step.height + sum(place.height for place in told)
    return places | {"step": Place(step.x, step.y, step.width, height), "stats": NOWHERE, "explained": NOWHERE}
