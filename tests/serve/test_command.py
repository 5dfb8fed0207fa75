"""nnstep serve as a user starts it, and the processes that it leaves: none."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from nnstep import cli
from nnstep.serve import bound

aiohttp = pytest.importorskip("aiohttp", reason="nnstep serve needs the extra `web`")
pytest.importorskip("textual_serve", reason="nnstep serve needs the extra `web`")

from nnstep.tui.palette import DARK  # noqa: E402  # not without the extra
from tests.serve import chromium  # noqa: E402  # as above
from tests.serve.browsing import ECHO, browser, gone, program, told  # noqa: E402  # as above

WITH_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
SERVE = (sys.executable, "-m", "nnstep", "serve", "--port", "0")
ECHOING = f"""
from nnstep.serve import bound
from nnstep.serve.server import Server
with bound(0) as listening:
    Server("echo", {program(ECHO)!r}).run(listening)
"""


@asynccontextmanager
async def started(command: Sequence[str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server in a process of its own, and the address that it prints."""
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        await server.stdout.readline()
        yield server, (await server.stdout.readline()).decode().strip()
    finally:
        with suppress(ProcessLookupError):
            server.kill()
        await server.wait()


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            with suppress(OSError):
                if int((each / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(each.name))
    return found


@WITH_PROC
async def test_a_session_writes_nothing_and_ends_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    async with started((*SERVE, "iris")) as (server, address), browser(address) as first:
        base = await first.enter()
        async with first.session(base, "width=200&height=50") as one, first.session(base) as two:
            await told(two)
            await one.send_json(["stdin", f":save {tmp_path / 'x'}\r"])
            drawn = ""
            while "save: sessions in a browser read and write no files" not in drawn:
                drawn += await told(one)
            sessions = children(server.pid)
            assert len(sessions) == 2
            server.send_signal(signal.SIGTERM)
            assert await server.wait() == 0
            await asyncio.gather(*map(gone, sessions))
    assert not list(tmp_path.iterdir())


@WITH_PROC
async def test_a_session_ends_with_a_server_that_is_killed() -> None:
    async with (
        started((*SERVE, "xor")) as (server, address),
        browser(address) as first,
        first.session(await first.enter()) as session,
    ):
        await told(session)
        (pid,) = children(server.pid)
        server.kill()
        await gone(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_the_server_and_its_sessions(number: signal.Signals) -> None:
    async with (
        started((sys.executable, "-c", ECHOING)) as (server, address),
        browser(address) as first,
        first.session(await first.enter()) as session,
    ):
        pid = int((await told(session)).split()[0])
        server.send_signal(number)
        assert await server.wait() == 0
        await gone(pid)


@WITH_PROC
async def test_a_browser_shows_the_app(tmp_path: Path) -> None:
    path = chromium.program()
    if path is None:
        pytest.skip("Chromium is not installed")
    accent = DARK.accent
    async with started((*SERVE, "xor")) as (server, address), chromium.opened(path, address, tmp_path) as page:
        await page.until("document.body?.classList.contains('-first-byte')")
        (session,) = children(server.pid)

        async def shows(*, arrow: bool) -> None:
            """Wait until the tape has, at its left, the sign of the current instruction, or not."""
            async with asyncio.timeout(chromium.PATIENCE):
                # Below the header's two lines, above the prompt.
                while bool(await page.pixels(accent, 9, 50, 20, 400)) != arrow:
                    await asyncio.sleep(0.05)

        async with asyncio.timeout(chromium.PATIENCE):
            while not await page.pixels(accent, 0, 0, 90, 25):  # the name at the left of the first line
                await asyncio.sleep(0.05)
        await shows(arrow=False)
        await page.press("s")
        await shows(arrow=True)
        await page.press("S")
        await shows(arrow=False)
        here = address.partition("/?")[0].partition(":")[2]
        assert all(each.partition(":")[2].startswith(here) for each in page.asked if not each.startswith("data:"))
        assert not [text for text in page.said if "WebGL" not in text]
        server.send_signal(signal.SIGTERM)
        await page.until("getComputedStyle(document.querySelector('.ended')).display == 'flex'")
        assert await server.wait() == 0
        await gone(session)


def test_what_is_missing_is_said_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "nnstep.serve.server", raising=False)
    assert cli.main(["serve", "xor", "--port", "0"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("nnstep: nnstep serve needs textual-serve: ")
    assert said.endswith(" -m pip install 'textual-serve>=1.1'\n")


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with bound(0) as listening:
        port = listening.getsockname()[1]
        assert cli.main(["serve", "xor", "--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"nnstep: port {port} cannot be had: Address already in use; --port 0 takes any that is free\n"
    )


def test_a_model_that_cannot_be_opened_is_said_before_anything_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "nothing.toml", "--port", "0"]) == 1
    assert "nothing.toml: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "x", "²", ""])
def test_a_port_is_a_number(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", f"--port={port}"])
    assert "must be from 0 to 65535" in capsys.readouterr().err


def test_the_socket_can_be_had_again_at_once() -> None:
    with bound(0) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            peer, _ = listening.accept()
            peer.close()
    bound(port).close()
