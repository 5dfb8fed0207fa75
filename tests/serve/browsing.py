"""Servers to be spoken with, and a browser's part of the conversation."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from nnstep.serve import bound
from nnstep.serve.server import Server

# Says the size of its screen, then whatever it is told; it comes in a hundredth of the app's time.
ECHO = """
import os, sys
def say(raw): os.write(1, b"D" + len(raw).to_bytes(4, "big") + raw)
os.write(1, b"__GANGLION__\\n")
say(f"{os.getpid()} {os.environ['COLUMNS']}x{os.environ['ROWS']}".encode())
while head := sys.stdin.buffer.read(5):
    say(head[:1] + sys.stdin.buffer.read(int.from_bytes(head[1:], "big")))
"""
DEAF = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{ECHO}"


def program(text: str) -> list[str]:
    """What starts a program without the modules of site-packages."""
    return [sys.executable, "-I", "-S", "-c", text]


@dataclass(frozen=True)
class Browser:
    """A browser that keeps cookies; `origin` is where its pages come from."""

    client: aiohttp.ClientSession
    address: str

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """The status and the text that a path answers with."""
        async with self.client.get(f"{self.origin}{path}", headers=headers) as answer:
            return answer.status, await answer.text(errors="replace")

    async def enter(self) -> str:
        """Use the printed address; where it leads."""
        async with self.client.get(self.address) as answer:
            assert answer.status == 200
            found = re.search(r"url=(/[^\"]+)", await answer.text())
        assert found is not None
        return found[1]

    async def connect(self, base: str, size: str = "width=80&height=24") -> aiohttp.ClientWebSocketResponse:
        """Open a session."""
        return await self.client.ws_connect(f"{self.origin}{base}ws?{size}", origin=self.origin)

    @asynccontextmanager
    async def session(
        self, base: str, size: str = "width=80&height=24"
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a session, and close it."""
        socket = await self.connect(base, size)
        try:
            yield socket
        finally:
            await socket.close()


@asynccontextmanager
async def browser(address: str) -> AsyncIterator[Browser]:
    """One that is new to the server."""
    # Cookies of addresses that are numbers are kept, as browsers do.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0)) as client:
        yield Browser(client, address)


@asynccontextmanager
async def serving(command: Sequence[str] = (), *, title: str = "a <title>") -> AsyncIterator[Browser]:
    """A server in this process, with its first browser."""
    with bound(0) as listening:
        async with (
            Server(title, command or program(ECHO)).opened(listening) as door,
            browser(door.address) as first,
        ):
            yield first


async def told(socket: aiohttp.ClientWebSocketResponse) -> str:
    """The next thing that an app says."""
    return (await socket.receive_bytes(timeout=60)).decode()


async def gone(pid: int) -> None:
    """Wait until there is no such process; what has ended, and is only not yet taken note of, is none."""
    async with asyncio.timeout(60):
        while _state(pid) not in ("", "Z"):
            await asyncio.sleep(0.02)


def _state(pid: int) -> str:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "" if os.path.isdir("/proc/self") else "?"  # noqa: PTH112
