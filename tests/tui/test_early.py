"""The first painting: what is on the screen before Textual is loaded is what Textual then paints."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import pyte
import pytest
from rich.console import COLOR_SYSTEMS

import nnstep
from nnstep.render.palette import PALETTES
from nnstep.settings import Settings
from nnstep.tui.app import NnstepApp
from nnstep.tui.arrange import Size
from nnstep.tui.early import painted
from nnstep.tui.paint import paint
from nnstep.tui.stage import set_stage
from tests.tui.seen import caught_up
from tests.tui.terminal import Terminal

STARTING = (
    "import sys; from nnstep.__main__ import main; sys.argv = ['nnstep', 'xor']; from nnstep.tui import early as e; "
)


def drawn(text: str, size: tuple[int, int]) -> list[list[Any]]:
    """The cells of a terminal after a text: characters and styles; of a blank the ground alone."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(text)
    cells = [[screen.buffer[y][x] for x in range(size[0])] for y in range(size[1])]
    return [[each._replace(fg="", bold=False) if each.data == " " else each for each in row] for row in cells]


@pytest.mark.parametrize(
    ("model", "size", "theme"),
    [("xor", (80, 24), "dark"), ("residual", (120, 40), "light"), ("digits", (200, 60), "dark")],
)
async def test_the_first_painting_is_the_apps(
    model: str, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    settings, debugger = msgspec.convert({"theme": theme}, Settings), nnstep.open(model)
    stage = set_stage(debugger, ["a word"], settings)
    stage.fit(Size(*size))
    early = drawn(painted(stage, paint(PALETTES[theme], "truecolor", ascii_only=False), "truecolor"), size)
    app = NnstepApp(debugger, ["a word"], settings, main=stage)
    async with app.run_test(size=size):
        await caught_up(app)
        system = COLOR_SYSTEMS["truecolor"]
        lines = [
            "".join(each.style.render(each.text, color_system=system) if each.style else each.text for each in strip)
            for strip in app.main_screen.strips()
        ]
    later = drawn("\r\n".join(lines), size)
    for row, (first, then) in enumerate(zip(early, later, strict=True)):
        assert first == then, row
    assert "a word" in "".join(cell.data for cell in early[-2])


def test_keys_typed_before_the_app_is_there_wait_for_it() -> None:
    slow = STARTING + "import os; w = e._write; e._write = lambda text: (w(text), os.read(0, 1)); sys.exit(main())"
    with Terminal([sys.executable, "-c", slow]) as terminal:
        terminal.see("step 0/10000", "q quit")
        assert b"1003h" not in terminal.written
        # What ends the waiting, then keys for the app; none of them is seen before it is there. Enter is a line feed,
        # as it comes from a terminal that nobody has taken yet.
        terminal.type(".ss:goto +1\n")
        terminal.see("step 3/10000", ": goto +1")
        assert b"ss:" not in terminal.written
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.sane


def test_a_terminal_that_is_gone_is_left_to_the_app() -> None:
    gone = STARTING + (
        "w = e._write; import os, termios\n"
        "def write(text): raise OSError(5, 'Input/output error')\n"
        "e._write = write; sys.exit(main())"
    )
    with Terminal([sys.executable, "-c", gone]) as terminal:
        terminal.see("step 0/10000", "q quit")
        terminal.type("q")
        assert terminal.end() == 0
        assert b"Traceback" not in terminal.written


STOPPED = (
    "import builtins, sys; real = builtins.__import__\n"
    "def stopped(name, *rest, **more):\n"
    "    if name == 'nnstep.cli': raise KeyboardInterrupt\n"
    "    return real(name, *rest, **more)\n"
    "from nnstep.__main__ import main; sys.argv = ['nnstep', 'xor']; builtins.__import__ = stopped; sys.exit(main())"
)
"""Ctrl+C while the program is being loaded."""


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [(["-c", STOPPED], 130, ""), (["-m", "nnstep", "xor", "--bogus"], 2, "usage: nnstep")],
    ids=["ctrl+c", "wrong usage"],
)
def test_the_first_sign_of_life_is_taken_away(command: list[str], code: int, said: str) -> None:
    with Terminal([sys.executable, *command]) as terminal:
        assert terminal.end() == code
        assert b"nnstep  xor ..." in terminal.written
        assert terminal.screen.display[0].rstrip().startswith(said)
        assert "xor ..." not in terminal.text
        assert "Traceback" not in terminal.text


def test_a_signal_while_the_terminal_is_handed_over_ends_the_app() -> None:
    ended = STARTING + (
        "import os; h, signals = e.hand_over, [15]\n"
        "e.hand_over = lambda: (h(), signals and os.kill(os.getpid(), signals.pop()))[0]\n"
        "sys.exit(main())"
    )
    with Terminal([sys.executable, "-c", ended]) as terminal:
        assert terminal.end() == 143
        assert terminal.sane
        assert b"Traceback" not in terminal.written


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        ("import os, signal; w = e._write; e._write = lambda t: (w(t), '1;1H' in t and os.kill(os.getpid(), 15))", 143),
        ("sys.modules['nnstep.tui.app'] = None", 1),
    ],
    ids=["signal", "bug"],
)
def test_what_ends_it_before_the_app_is_there_leaves_the_terminal_sane(happens: str, code: int) -> None:
    with Terminal([sys.executable, "-c", f"{STARTING}{happens}; sys.exit(main())"]) as terminal:
        assert terminal.end() == code
        assert b"\x1b[40;1H" in terminal.written
        assert b"\x1b[?1003h" not in terminal.written
        assert terminal.sane
