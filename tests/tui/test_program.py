"""The real program in a real terminal, as a user sees it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.terminal import NNSTEP, Terminal

IGNORING_HANGUPS = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
STARTING = "import sys; from nnstep.__main__ import main; sys.argv = ['nnstep', 'xor']; "


def line(terminal: Terminal, text: str) -> None:
    """Type a command."""
    terminal.type(f":{text}\r")


def test_a_session() -> None:
    with Terminal([*NNSTEP, "xor"]) as terminal:
        terminal.see("step 0/10000", "q quit")
        terminal.type("sss")
        seen = terminal.see("step 3/10000", "▶ Z[1]", "Σₖ X[0,k] · W[1][0,k] + b[1][0]")
        assert re.search(r"→ Z\[1\] +4×4", seen)
        terminal.type("S")
        terminal.see("step 2/10000", "▶ Y")

        line(terminal, "break L")
        terminal.until(lambda text: re.search(r"● *L +=", text) is not None)
        terminal.type("c")
        terminal.see("step 8/10000", "stop 1")

        line(terminal, "explain A[2][0,0]")
        terminal.see("A[2][0,0] = σ(Z[2][0,0])", "esc close")
        terminal.type("\x1b")
        terminal.until(lambda text: "esc close" not in text)

        line(terminal, "set W[1][0,0] = 0.5")
        terminal.see("on branch b1, which leaves main at step 8: W[1][0,0] = 0.5")
        line(terminal, "print W[1][0,0]")
        terminal.see(": print W[1][0,0]   W[1][0,0] = 0.5")
        line(terminal, "nosuch")
        terminal.see("no command 'nosuch'")

        for width, height in ((80, 24), (200, 60), (120, 40)):
            terminal.resize(width, height)
            # The last line is drawn at the new size, and at its full width.
            terminal.until(lambda text: "q quit" in text.splitlines()[-1] or "s S step" in text.splitlines()[-1])
            terminal.see("step 8/10000", "L = (Σᵢ E[i]) / 4")
            assert len(terminal.screen.display) == height
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.sane
        assert not terminal.text.strip().startswith("Traceback")


def test_without_a_terminal_it_says_so_in_one_line() -> None:
    done = subprocess.run([*NNSTEP, "xor"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_with_the_terminal_as_it_was(number: signal.Signals, code: int) -> None:
    with Terminal([*NNSTEP, "xor"]) as terminal:
        terminal.see("step 0/10000", "q quit")
        terminal.process.send_signal(number)
        assert terminal.end() == code
        assert terminal.sane


def test_ctrl_z_and_back() -> None:
    with Terminal([*NNSTEP, "xor"]) as terminal:
        terminal.see("step 0/10000", "q quit")
        terminal.type("s\x1a")
        pid, status = 0, 0
        while not pid:
            pid, status = os.waitpid(terminal.process.pid, os.WNOHANG | os.WUNTRACED)
            terminal.read(0.02)
        assert os.WIFSTOPPED(status)
        while terminal.read(0):
            pass
        assert terminal.sane
        terminal.screen.reset()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.see("step 1/10000", "q quit")
        terminal.type("s")
        terminal.see("step 2/10000")
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.sane


def test_a_bug_leaves_the_terminal_sane_and_is_shown() -> None:
    broken = STARTING + "from nnstep.tui.own import OWN; OWN['zoom'] = lambda app, _: 1 / 0; sys.exit(main())"
    with Terminal([sys.executable, "-c", broken]) as terminal:
        terminal.see("step 0/10000", "q quit")
        terminal.type("z")
        assert terminal.end() == 1
        assert terminal.sane
        assert b"ZeroDivisionError" in terminal.written


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "moving"])
def test_a_terminal_that_is_gone_ends_the_program(busy: bool) -> None:  # noqa: FBT001
    with Terminal([sys.executable, "-c", IGNORING_HANGUPS + STARTING + "sys.exit(main())"]) as terminal:
        terminal.see("step 0/10000", "q quit")
        if busy:
            line(terminal, "goto end")
        terminal.close()
        assert terminal.process.wait(60) == 129


def test_a_killed_session_is_resumed(tmp_path: Path) -> None:
    environment = {"NNSTEP_STATE": str(tmp_path)}
    with Terminal([*NNSTEP, "xor"], environment=environment) as terminal:
        terminal.see("step 0/10000", "q quit")
        line(terminal, "break L")
        terminal.type("c")
        terminal.see("step 8/10000", "stop 1")
        line(terminal, "set W[1][0,0] = 0.25")
        terminal.see("on branch b1")
        line(terminal, "mark here")
        terminal.see("here: step 8 of b1")
        terminal.process.send_signal(signal.SIGKILL)
        terminal.process.wait()
    with Terminal([*NNSTEP, "--resume"], environment=environment) as terminal:
        terminal.see("step 8/10000", "resumed xor", "1 stop, 1 mark, 1 branch")
        line(terminal, "print W[1][0,0]")
        terminal.see("W[1][0,0] = 0.25")
        # What was typed before the kill is the history now.
        terminal.type(":\x1b[A\x1b[A\x1b[A")
        terminal.see(" : set W[1][0,0] = 0.25")


def test_ascii_alone_where_asked_for() -> None:
    with Terminal([*NNSTEP, "--ascii", "xor"], 80, 24) as terminal:
        terminal.see("step 0/10000", "s S step")
        terminal.type("sss")
        assert terminal.see("step 3/10000", "> Z[1]", "X W[1].T + b[1]").isascii()
        assert terminal.written.isascii()
