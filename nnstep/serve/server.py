"""The server: one page, one socket for each session, and nothing else."""

from __future__ import annotations

import asyncio
import html
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from string import Template

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from nnstep.serve import letters
from nnstep.serve.door import Door
from nnstep.serve.sitting import Sitting

MOST = 20
"""Sessions at once; each is a process."""
FULL = f"{MOST} sessions are open, and no more can be: close one, then reload"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEARTBEAT = 15.0
"""Seconds between two looks whether a browser is still there."""
FAREWELL = 1.0
"""Seconds that a browser has to say goodbye."""
IDLE = 30.0
"""Seconds after which a connection that asks for nothing is closed; sessions are no such."""

PAGE = Path(__file__).parent / "page"
STATIC = Path(textual_serve.__file__).parent / "static"
ASSETS = {
    "page.css": PAGE / "page.css",
    "page.js": PAGE / "page.js",
    "textual.js": STATIC / "js" / "textual.js",
    "xterm.css": STATIC / "css" / "xterm.css",
    "RobotoMono.ttf": STATIC / "fonts" / "RobotoMono-VariableFont_wght.ttf",
    "RobotoMono-Italic.ttf": STATIC / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf",
}
"""All files that are served, by the names that the page has for them."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Serves sessions to the browser that was given the printed address.

    title      the model's
    command    what starts a session's process
    own_state  whether sessions keep what they remember in a folder that is gone with the server
    """

    def __init__(self, title: str, command: Sequence[str], *, own_state: bool = True) -> None:
        self._title = title
        self._command = command
        self._own_state = own_state
        self._environment: dict[str, str] = {"PYTHONIOENCODING": "utf-8"}
        self._sessions: set[asyncio.Task[web.WebSocketResponse]] = set()
        self._browsers: set[web.WebSocketResponse] = set()
        self._door = Door(0)

    def run(self, listening: socket.socket) -> int:
        """Serve on a socket until a signal comes; the process's exit code."""
        with tempfile.TemporaryDirectory(prefix="nnstep-", ignore_cleanup_errors=True) as state:
            if self._own_state:
                self._environment["NNSTEP_STATE"] = state
            asyncio.run(self._serve(listening))
        return 0

    async def _serve(self, listening: socket.socket) -> None:
        ended = asyncio.Event()
        for number in ENDINGS:
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with self.opened(listening) as door:
            sys.stdout.write(
                f"{self._title}: open this address, which works once and on this machine alone\n"
                f"  {door.address}\n"
                "ctrl+c ends the server and its sessions\n"
            )
            sys.stdout.flush()
            await ended.wait()

    @asynccontextmanager
    async def opened(self, listening: socket.socket) -> AsyncIterator[Door]:
        """Serve on a socket for as long as the context lasts; then no session is left."""
        door = self._door = Door(listening.getsockname()[1])
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=FAREWELL, keepalive_timeout=IDLE)
        try:
            await runner.setup()
            await web.SockSite(runner, listening).start()
            yield door
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard], client_max_size=1024)
        application.on_response_prepare.append(self._door.furnish)
        application.on_shutdown.append(self._close)
        base, router = self._door.base, application.router
        router.add_get("/", self._enter, allow_head=False)
        router.add_get(base, self._page)
        router.add_get(f"{base}ws", self._session, allow_head=False)
        for name, path in ASSETS.items():
            router.add_get(f"{base}{name}", _file(path))
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer nobody who may not come in, and never with more than a line."""
        if refused := self._door.refusal(request):
            return web.Response(status=403, text=f"{refused}\n")
        try:
            return await handler(request)
        except web.HTTPException as error:
            return web.Response(status=error.status, text=f"{error.reason}\n")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        return self._door.let_in(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if len(self._sessions) >= MOST:
            return web.Response(status=503, text=f"{FULL}\n")
        page = Template((PAGE / "index.html").read_text(encoding="utf-8"))
        socket_ = f"ws://{request.host}{self._door.base}ws"
        text = page.substitute(title=html.escape(self._title), socket=html.escape(socket_))
        return web.Response(text=text, content_type="text/html")

    async def _session(self, request: web.Request) -> web.StreamResponse:
        """One session, if there is room for it."""
        try:
            size = letters.size(request.query.get("width", "80"), request.query.get("height", "24"))
        except letters.BadLetterError:
            return web.Response(status=400, text="width and height must be whole numbers\n")
        if len(self._sessions) >= MOST:
            return web.Response(status=503, text=f"{FULL}\n")
        # A task of its own: nothing that befalls the request comes between a process and its end.
        session = asyncio.create_task(self._sit(request, size))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)
        return await asyncio.shield(session)

    async def _sit(self, request: web.Request, size: letters.Resized) -> web.WebSocketResponse:
        """From the opening of a browser's socket to the end of its process."""
        browser = web.WebSocketResponse(
            heartbeat=HEARTBEAT, timeout=FAREWELL, max_msg_size=letters.LONGEST, compress=False
        )
        await browser.prepare(request)
        sitting = Sitting(self._command, self._environment, send=browser.send_bytes, close=browser.close)
        self._browsers.add(browser)
        try:
            await sitting.start(size.columns, size.rows)
            await _listen(browser, sitting)
        finally:
            await sitting.stop()
            await browser.close()
            self._browsers.discard(browser)
        return browser

    async def _close(self, _: web.Application) -> None:
        """End every session, and wait until it has ended."""
        farewells = [browser.close(code=WSCloseCode.GOING_AWAY) for browser in self._browsers]
        await asyncio.gather(*farewells, *self._sessions, return_exceptions=True)


async def _listen(browser: web.WebSocketResponse, sitting: Sitting) -> None:
    """Hand on what a browser sends, until it ends or says what no page of ours does."""
    async for message in browser:
        if message.type != WSMsgType.TEXT:
            break
        try:
            letter = letters.read(message.data)
        except letters.BadLetterError:
            await browser.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not a message of this page")
            return
        match letter:
            case letters.Typed(raw):
                await sitting.send_bytes(raw)
            case letters.Resized(columns, rows):
                await sitting.set_terminal_size(columns, rows)
            case letters.Ping(text):
                await browser.send_json(["pong", text])
            case letters.Focused(here):
                await (sitting.focus() if here else sitting.blur())


def _file(path: Path) -> Handler:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(path)

    return serve
