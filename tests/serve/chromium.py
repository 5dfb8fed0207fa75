"""A headless Chromium, spoken with through the DevTools protocol over aiohttp's sockets."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--remote-debugging-port=0", "--window-size=1100,700"),
)
PATIENCE = 60
"""Seconds for what takes a second or two on an idle machine."""


def program() -> str | None:
    """Chromium, where it is installed and starts: some systems have a script of that name that only says why not."""
    for path in filter(None, map(shutil.which, NAMES)):
        with suppress(OSError, subprocess.SubprocessError):
            if subprocess.run([path, "--version"], capture_output=True, timeout=PATIENCE, check=False).returncode == 0:
                return path
    return None


class Page:
    """One page: what it shows, and what is typed into it.

    Attributes: asked, every address that it asked for; said, what its scripts complained of.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.asked: list[str] = []
        self.said: list[str] = []

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """One request of the protocol, and its answer; what happens meanwhile is noted."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message: dict[str, Any] = await self._socket.receive_json(timeout=PATIENCE)
            if message.get("id") == self._number:
                assert "error" not in message, message
                answer: dict[str, Any] = message["result"]
                return answer
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        happened = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.asked.append(happened["request"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(happened["url"])
            case "Log.entryAdded":
                self.said.append(f"{happened['entry']['text']} {happened['entry'].get('url', '')}")
            case "Runtime.exceptionThrown":
                self.said.append(str(happened["exceptionDetails"]))

    async def value(self, expression: str) -> Any:  # noqa: ANN401  # any value of JavaScript's
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression holds in the page."""
        async with asyncio.timeout(PATIENCE):
            while not await self.value(f"!!({expression})"):
                await asyncio.sleep(0.05)

    async def press(self, key: str) -> None:
        """Press a key that stands for a character."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> str:
        """What is seen, as a PNG in base64."""
        text: str = (await self.call("Page.captureScreenshot"))["data"]
        return text

    async def pixels(self, colour: str, left: int, top: int, right: int, bottom: int) -> int:
        """How many pixels of a part of what is seen have a colour; the browser itself takes its picture apart."""
        channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        found: int = await self.value(f"""(async () => {{
            const picture = new Image();
            picture.src = "data:image/png;base64,{await self.picture()}";
            await picture.decode();
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
            canvas.drawImage(picture, 0, 0);
            const data = canvas.getImageData({left}, {top}, {right - left}, {bottom - top}).data;
            const wanted = {channels};
            let found = 0;
            for (let at = 0; at < data.length; at += 4) found += wanted.every((each, i) => data[at + i] === each);
            return found;
        }})()""")
        return found


@asynccontextmanager
async def opened(path: str, address: str, folder: Path) -> AsyncIterator[Page]:
    """A page that opens an address, in a browser of its own."""
    browser = subprocess.Popen(  # noqa: ASYNC220  # it is started at once, and outlives no test
        [path, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as client:
            port = await _port(folder / "DevToolsActivePort")
            async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                target = next(each for each in await answer.json() if each["type"] == "page")
            async with client.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Network", "Log", "Runtime", "Page"):
                    await page.call(f"{domain}.enable")
                await page.call("Page.navigate", url=address)
                yield page
    finally:
        with suppress(ProcessLookupError):
            # Chromium is many processes.
            os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(PATIENCE):
        while not (file.exists() and (lines := file.read_text().split())):
            await asyncio.sleep(0.05)
    return int(lines[0])
