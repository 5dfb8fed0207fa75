"""The real program in a pseudo-terminal: how it starts and how it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

PROGRAM = [sys.executable, "-c", "import sys; from nnstep.tui import run; sys.exit(run('xor', {}))"]
LEFT = b"\x1b[?1049l"
"""Leaves the alternate screen."""
LONGEST = 20.0


def test_without_a_terminal_it_says_so_in_one_line() -> None:
    done = subprocess.run(PROGRAM, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr


def read_until(terminal: int, wanted: bytes) -> bytes:
    """What the program writes, up to the text that is waited for or the program's end."""
    written = b""
    end = time.monotonic() + LONGEST
    while wanted not in written and time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            written += os.read(terminal, 1 << 16) if ready else b""
        except OSError:
            break
    return written


@pytest.mark.parametrize(
    ("leave", "code"), [(b"q", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["q", "SIGTERM", "SIGHUP"]
)
def test_the_terminal_is_sane_on_every_way_out(leave: bytes | signal.Signals, code: int) -> None:
    # Not pty.fork: the threads of other tests make forking unsafe.
    terminal, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    with subprocess.Popen(PROGRAM, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        try:
            assert b"quit" in read_until(terminal, b"quit")
            if isinstance(leave, bytes):
                os.write(terminal, leave)
            else:
                process.send_signal(leave)
            assert LEFT in read_until(terminal, LEFT)
            read_until(terminal, b"the program's end")
            assert process.wait(LONGEST) == code
        finally:
            process.kill()
            os.close(terminal)
