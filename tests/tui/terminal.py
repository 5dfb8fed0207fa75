"""A real terminal for the real program: a pseudo-terminal, and a screen that is drawn as terminals draw it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import pyte

LONGEST = 60.0
"""Seconds after which what is waited for will not come: only a failure takes so long."""
# The terminal must be the program's own, or it gets no SIGWINCH and no SIGHUP. Not preexec_fn, which is unsafe where
# there are threads.
TAKE = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
NNSTEP = (sys.executable, "-m", "nnstep")


class Terminal:
    """A program in a terminal of its own, of a fixed size until it is resized."""

    def __init__(
        self,
        command: Sequence[str],
        width: int = 120,
        height: int = 40,
        environment: Mapping[str, str] | None = None,
        *,
        direct: bool = False,
    ) -> None:
        """Start the program; `direct`: without taking the terminal first, where its start is timed."""
        self.fd, theirs = pty.openpty()
        self._size(width, height)
        self.before = termios.tcgetattr(theirs)
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        # Drawing takes longer than reading: it waits until somebody looks.
        self._undrawn: list[bytes] = []
        self._written = b""
        self.process = subprocess.Popen(
            [*command] if direct else [sys.executable, "-c", TAKE, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "COLORTERM": "truecolor", **(environment or {})},
        )
        # Kept open, so that the terminal's settings can be read when the program is gone.
        self._theirs = theirs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Take the terminal away from the program."""
        for fd in (self._theirs, self.fd):
            with contextlib.suppress(OSError):
                os.close(fd)

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        _ = self.written
        self.screen.resize(height, width)
        self._size(width, height)

    def type(self, text: str) -> None:
        """Type keys."""
        os.write(self.fd, text.encode())

    def read(self, seconds: float) -> bytes:
        """What the program writes next, drawn; nothing if it writes nothing for so long."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        raw = b""
        if ready:
            with contextlib.suppress(OSError):
                raw = os.read(self.fd, 1 << 16)
        self._undrawn.append(raw)
        return raw

    @property
    def written(self) -> bytes:
        """Every byte that the program has written."""
        raw = b"".join(self._undrawn)
        self._undrawn.clear()
        self._stream.feed(raw)
        self._written += raw
        return self._written

    @property
    def text(self) -> str:
        """What is on the screen."""
        _ = self.written
        return "\n".join(self.screen.display)

    def until(self, holds: Callable[[str], bool]) -> str:
        """Read until something holds of the screen; what is on it then."""
        end = time.monotonic() + LONGEST
        while not holds(text := self.text):
            if time.monotonic() > end:
                raise AssertionError(f"did not come; the screen is\n{text}")
            if not self.read(0.2) and self.process.poll() is not None and not holds(self.text):
                raise AssertionError(f"the program ended with {self.process.returncode}; the screen is\n{text}")
        return text

    def see(self, *wanted: str) -> str:
        """Read until all these texts are on the screen."""
        return self.until(lambda text: all(each in text for each in wanted))

    def end(self) -> int:
        """Read until the program ends; its exit code."""
        end = time.monotonic() + LONGEST
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while self.read(0):
            pass
        return self.process.wait(1)

    @property
    def sane(self) -> bool:
        """Whether the terminal is as it was: echo and lines, no mouse, the usual screen, a cursor."""
        last = {mode: self.written.rfind(f"\x1b[?{mode}l".encode()) for mode in (1049, 1000, 1003, 1006, 2004)}
        first = {mode: self.written.rfind(f"\x1b[?{mode}h".encode()) for mode in last}
        cursor = self.written.rfind(b"\x1b[?25h") > self.written.rfind(b"\x1b[?25l")
        return cursor and termios.tcgetattr(self._theirs) == self.before and all(last[m] >= first[m] for m in last)
