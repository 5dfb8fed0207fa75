"""The terminal's driver: what is typed waits in the terminal where the app is busy."""

from __future__ import annotations

import asyncio
import os
from threading import Thread
from typing import cast

import pytest
from textual.app import App
from textual.message import Message

from nnstep.tui.driver import AHEAD, MOST, TerminalDriver


class Busy:
    """An app that takes messages and does nothing with them."""

    debug = False

    def __init__(self) -> None:
        self.message_queue_size = 0
        self.wanted = 0
        self.arrived = asyncio.Event()

    async def _post_message(self, _: Message) -> bool:
        self.message_queue_size += 1
        if self.message_queue_size == self.wanted:
            self.arrived.set()
        return True


class Typed(TerminalDriver):
    """Reads what is typed into a pipe."""

    def __init__(self, app: Busy, typed: int) -> None:
        super().__init__(cast("App[None]", app))
        self.fileno = typed
        self._wake = os.pipe()


@pytest.mark.parametrize("flood", [3 * MOST, AHEAD])
async def test_a_flood_of_keys_is_read_no_faster_than_the_app_takes_it(
    flood: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A driver takes the signals that stop and continue a program.
    monkeypatch.setattr("signal.signal", lambda *_: None)
    theirs, ours = os.pipe()
    app = Busy()
    driver = Typed(app, theirs)
    reading = Thread(target=driver.run_input_thread)
    reading.start()
    try:
        async with asyncio.timeout(60):
            app.wanted = min(flood, MOST)
            os.write(ours, b"%" * flood)
            for left in range(flood, 0, -MOST):
                await app.arrived.wait()
                # Time enough to read on.
                await asyncio.sleep(0.05)
                assert app.message_queue_size == min(left, MOST)
                app.arrived.clear()
                app.message_queue_size = 0
    finally:
        driver.disable_input()
        reading.join()
