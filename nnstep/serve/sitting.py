"""One browser's session: the process of the app, and what goes to and from it."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from nnstep.errors import harmless

DRIVER = "nnstep.tui.browser:BrowserDriver"
PRELUDE = b"__GANGLION__\n"
"""What an app says first; packets follow."""
DATA, META = b"D", b"M"
BROKEN = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, RuntimeError, ValueError)
"""What is raised where the app or the browser has gone, or the app does not speak as one."""
GRACE = 2.0
"""Seconds in which an app leaves by itself."""
LAST_WORDS = 16 * 1024
"""Bytes of what a process has complained of."""


class Sitting(AppService):
    """An app in a process group of its own, that is gone once `stop` returns.

    textual-serve's runs its command in a shell, asks it to leave, and waits for as long as that takes.

    command      the program and its arguments
    environment  what differs from this process's
    send, close  take what the app draws, and its end
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        send: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def say_nothing(_: str) -> None:
            """No page of ours waits for what an app could say besides its screen."""

        async def closed() -> None:
            await close()

        super().__init__(
            shlex.join(command),
            write_bytes=send,
            write_str=say_nothing,
            close=closed,
            download_manager=DownloadManager(),
        )
        self._arguments = command
        self._environment = environment
        self._stopping = False
        self._leaving = False

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = {**self._build_environment(width, height), **self._environment, "TEXTUAL_DRIVER": DRIVER}
        process = await asyncio.create_subprocess_exec(
            *self._arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True
        )
        self._process = process
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Hand on what the app draws, until it ends."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        complaints = asyncio.create_task(_last_words(process.stderr))
        try:
            with suppress(*BROKEN):
                await self._hand_on(process.stdout)
        finally:
            await self.remote_close()
        if said := await complaints:
            sys.stderr.write(f"{said}\n")

    async def _hand_on(self, stdout: asyncio.StreamReader) -> None:
        await stdout.readuntil(PRELUDE)
        while True:
            head = await stdout.readexactly(5)
            packet = await stdout.readexactly(int.from_bytes(head[1:], "big"))
            # An app that is to end may have much to draw before it comes to know.
            if head[:1] == DATA and not self._stopping:
                await self.remote_write_bytes(packet)
            elif head[:1] == META and json.loads(packet).get("type") == "exit":
                self._leaving = True
                return

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._stopping = True
        process = self._process
        if process is None:
            return
        # What is leaving by itself is let go.
        for number in (None, signal.SIGTERM, signal.SIGKILL) if self._leaving else (signal.SIGTERM, signal.SIGKILL):
            if process.returncode is not None:
                break
            if number is not None:
                # Not only the process: it leads a group of its own.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        if self._task is not None:
            await asyncio.wait([self._task], timeout=GRACE)
            self._task.cancel()


async def _last_words(stream: asyncio.StreamReader) -> str:
    """The end of what a process writes; harmless to the terminal that it is printed on."""
    kept = b""
    while raw := await stream.read(LAST_WORDS):
        kept = (kept + raw)[-LAST_WORDS:]
    return "\n".join(map(harmless, kept.decode("utf-8", "replace").splitlines()))
