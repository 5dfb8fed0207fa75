"""The first painting, while Textual is still being loaded: all panels of the stage, as Textual will then paint them.

The terminal is taken here, and handed over to Textual's driver; what is typed in between waits for it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.console import COLOR_SYSTEMS, Console

from nnstep.render.palette import PALETTES
from nnstep.tui.arrange import Size
from nnstep.tui.paint import Line, Paint, paint

if TYPE_CHECKING:
    from types import FrameType

    from nnstep.settings import Settings
    from nnstep.tui.stage import Stage

TOLD_OTHERWISE = ("TEXTUAL_DRIVER", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FILTERS")
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""To the terminal's other screen, without a cursor; and back."""
_before: list[list[Any]] = []
"""The terminal's attributes as they were, while it is taken."""


def show(stage: Stage, settings: Settings) -> None:
    """Take the terminal and paint the stage on it; not where Textual is told by its environment to draw otherwise."""
    if any(name in os.environ for name in TOLD_OTHERWISE):
        return
    colours = Console(force_terminal=True, legacy_windows=False).color_system
    kind = paint(PALETTES[settings.theme], None if "NO_COLOR" in os.environ else colours, ascii_only=settings.ascii)
    stage.fit(Size(*shutil.get_terminal_size()))
    picture = painted(stage, kind, colours)
    # That a terminal is gone is for the app to notice.
    with suppress(OSError, termios.error):
        _take()
        _write(ENTER + picture)


def painted(stage: Stage, kind: Paint, colours: str | None) -> str:
    """What paints the stage on a terminal, whatever is there before."""
    system = COLOR_SYSTEMS[colours or "standard"]

    def row(x: int, y: int, line: Line, width: int) -> str:
        segments = kind.segments(line, width)
        texts = (each.style.render(each.text, color_system=system) if each.style else each.text for each in segments)
        return f"\x1b[{y + 1};{x + 1}H{''.join(texts)}"

    rows = [row(0, y, (), stage.size.width) for y in range(stage.size.height)]
    for panel in stage.panels.values():
        if panel.display:
            panel.paint = kind
            panel.redraw()
            place = panel.place
            rows += [row(place.x, y, line, place.width) for y, line in enumerate(panel.lines, start=place.y)]
    return "".join(rows)


def _take() -> None:
    """Have keys wait unseen until they are read, and leave the terminal as it was should the process be ended."""
    before = termios.tcgetattr(_terminal())
    _before.append(before)
    plain = list(before)
    # Every key comes as it is, as it will under Textual's driver.
    plain[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    plain[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    termios.tcsetattr(_terminal(), termios.TCSANOW, plain)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


def hand_over() -> list[Any] | None:
    """The terminal's attributes as they were before it was taken, for whoever takes it over; None if it was not."""
    return _before.pop() if _before else None


def leave() -> None:
    """Give the terminal back, if it is still taken."""
    if (before := hand_over()) is not None:
        with suppress(OSError, termios.error):
            _write(LEAVE)
            termios.tcsetattr(_terminal(), termios.TCSANOW, before)


def _end(number: int, _: FrameType | None) -> None:
    leave()
    raise SystemExit(128 + number)


def _terminal() -> int:
    assert sys.__stdin__ is not None
    return sys.__stdin__.fileno()


def _write(text: str) -> None:
    assert sys.__stderr__ is not None
    sys.__stderr__.write(text)
    sys.__stderr__.flush()
