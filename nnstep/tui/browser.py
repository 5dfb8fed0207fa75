"""The driver of a session in a browser: Textual's, but it ends with the server that it speaks with."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.drivers.web_driver import WebDriver

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

HUNG_UP = 129
"""The exit code of a program whose terminal is gone, as shells have it."""
GRACE = 5
"""Seconds in which the app leaves by itself."""


class BrowserDriver(WebDriver):
    """Textual's goes deaf at the end of its input and lives on: a server that is killed would leave it behind."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._write = partial(_write, self.fileno)
        self._app_loop: asyncio.AbstractEventLoop | None = None

    def start_application_mode(self) -> None:
        """Begin to read and draw."""
        self._app_loop = asyncio.get_running_loop()
        super().start_application_mode()

    def run_input_thread(self) -> None:
        """Hand on what is typed, then leave."""
        super().run_input_thread()
        if self.exit_event.is_set() or self._app_loop is None:
            return
        # An app that cannot leave by itself, as it is busy or cannot write, is ended by the system.
        if sys.platform != "win32":
            signal.alarm(GRACE)
        with suppress(RuntimeError):
            self._app_loop.call_soon_threadsafe(cast("NnstepApp", self._app).end, HUNG_UP)


def _write(fileno: int, raw: bytes) -> int:
    """Write a packet whole: the next one must begin where it ends. A server that is gone takes nothing."""
    with suppress(OSError):
        rest = memoryview(raw)
        while rest:
            rest = rest[os.write(fileno, rest) :]
    return len(raw)
