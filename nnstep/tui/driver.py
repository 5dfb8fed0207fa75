"""The terminal's driver: Textual's, but it leaves at once, sleeps while nobody types, and ends with its terminal."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from codecs import getincrementaldecoder
from contextlib import suppress
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from nnstep.tui import early

if TYPE_CHECKING:
    from concurrent.futures import Future

    from textual.message import Message

    from nnstep.tui.app import NnstepApp

HUNG_UP = 129
"""The exit code of a program whose terminal is gone, as shells have it."""
ENTER = "\x1b[?1049h"
"""What Textual writes to come to the terminal's other screen."""
TICK = 0.1
"""Seconds in which the rest of a key's sequence comes, or it is the escape key."""
TICKS = 3
MOST = 1 << 10
"""Bytes read in one go."""
AHEAD = 256
"""Keys and the like that may wait for the app; what is typed beyond that waits in the terminal."""
CATCHING_UP = 0.005
"""Seconds between two looks whether it has caught up."""


class _Lasting:
    """A terminal to write to that may be gone: the thread that writes must live on, or the app waits for it."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


class TerminalDriver(LinuxDriver):
    """Reads keys until it is told to stop, or until there is no terminal any more.

    Textual's looks every 100 ms whether it should stop, and takes two of those looks; at the end of its input it looks
    without a pause.
    """

    _app_loop: asyncio.AbstractEventLoop | None = None
    _entered = False
    _wake: tuple[int, int] | None = None
    _last: Future[bool] | None = None

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._app_loop = asyncio.get_running_loop()
        self._wake = self._wake or os.pipe()
        assert sys.__stderr__ is not None
        self._file = cast("TextIOWrapper", _Lasting(sys.__stderr__))
        before = early.hand_over()
        self._entered = before is not None
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual gives it no types
        if before is not None:
            self.attrs_before = before

    def write(self, data: str) -> None:
        """Write to the terminal; the screen that was painted early is not entered again, which would clear it."""
        if self._entered and data == ENTER:
            self._entered = False
            return
        super().write(data)

    def disable_input(self) -> None:
        """Stop reading, at once."""
        if self._wake is not None and not self.exit_event.is_set():
            os.write(self._wake[1], b"x")
        super().disable_input()

    def send_message(self, message: Message) -> None:
        """Hand a message to the app, whose thread is another one."""
        post = self._app._post_message(message)  # noqa: SLF001  # as Textual's does, which keeps no word of it
        self._last = asyncio.run_coroutine_threadsafe(post, loop=self._loop)

    def run_input_thread(self) -> None:
        """Hand on what is typed."""
        assert self._wake is not None
        wake = self._wake[0]
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        ticks = 0
        # Until it is woken: whoever tells it to stop writes one byte, which the next one must not find.
        while True:
            # Once a sequence has had its time, there is nothing to look at before the next key.
            ready, _, _ = select.select([self.fileno, wake], [], [], TICK if ticks else None)
            if wake in ready:
                os.read(wake, MOST)
                break
            if self.fileno in ready:
                raw = self._read()
                if not raw:
                    self._hang_up()
                    break
                # Enter, typed before the terminal was taken, is a line feed.
                for event in parser.feed(decode(raw).replace("\n", "\r")):
                    self.process_message(event)
            ticks = TICKS if self.fileno in ready else max(ticks - 1, 0)
            for event in parser.tick():
                self.process_message(event)
            # Only now: a sequence that goes on in the terminal is not to be taken for one that has had its time.
            self._let_catch_up(wake)

    def _let_catch_up(self, wake: int) -> None:
        """Read no faster than the app takes it: a flood of keys would fill the memory, and nothing be painted."""
        most = AHEAD
        # Only once the last is with the app does its queue tell how many wait.
        while not (self._last is None or self._last.done()) or self._app.message_queue_size > most:
            # It paints when it has done all.
            most = 0
            if select.select([wake], [], [], CATCHING_UP)[0]:
                break

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, MOST)
        except OSError:
            return b""

    def _hang_up(self) -> None:
        """End the app: nobody can see it or type into it."""
        app = cast("NnstepApp", self._app)
        if self._app_loop is not None:
            self._app_loop.call_soon_threadsafe(app.end, HUNG_UP)
