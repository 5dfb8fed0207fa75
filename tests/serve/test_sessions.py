"""Sessions: a process each, with limits, and none of them is left behind."""

from __future__ import annotations

import asyncio
import json

import pytest

aiohttp = pytest.importorskip("aiohttp", reason="nnstep serve needs the extra `web`")
pytest.importorskip("textual_serve", reason="nnstep serve needs the extra `web`")

from nnstep.serve import letters, server, sitting  # noqa: E402  # not without the extra
from tests.serve.browsing import DEAF, gone, program, serving, told  # noqa: E402  # as above


async def test_what_is_typed_reaches_the_app_and_what_it_draws_the_browser() -> None:
    async with serving() as first:
        async with first.session(await first.enter(), "width=100&height=30") as socket:
            pid, size = (await told(socket)).split()
            assert size == "100x30"
            await socket.send_json(["stdin", "sδ"])
            assert await told(socket) == "Dsδ"
            await socket.send_json(["resize", {"width": 120, "height": 40}])
            said = await told(socket)
            assert (said[0], json.loads(said[1:])) == ("M", {"type": "resize", "width": 120, "height": 40})
            await socket.send_json(["ping", "17"])
            assert await socket.receive_json(timeout=60) == ["pong", "17"]
        await gone(int(pid))


async def test_an_absurd_size_is_drawn_in_part_and_no_size_is_refused() -> None:
    async with serving() as first:
        base = await first.enter()
        async with first.session(base, "width=999999999&height=999999999") as socket:
            assert (await told(socket)).split()[1] == f"{letters.WIDEST}x{letters.TALLEST}"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await first.connect(base, "width=x&height=24")
        assert refused.value.status == 400


@pytest.mark.parametrize(
    ("message", "code"),
    [("x" * (letters.LONGEST + 1), 1009), ('["stdin", 1]', 1008), ("[" * 9999, 1008)],
    ids=["long", "wrong", "nested"],
)
async def test_a_message_that_the_page_does_not_send_ends_the_session(message: str, code: int) -> None:
    async with serving() as first:
        async with first.session(await first.enter()) as socket:
            pid = int((await told(socket)).split()[0])
            await socket.send_str(message)
            assert (await socket.receive(timeout=60)).type is aiohttp.WSMsgType.CLOSE
            assert socket.close_code == code
        await gone(pid)


async def test_of_a_hundred_connections_twenty_are_served() -> None:
    async with serving() as first:
        base = await first.enter()
        answers = await asyncio.gather(*(first.connect(base) for _ in range(100)), return_exceptions=True)
        open_ = [each for each in answers if isinstance(each, aiohttp.ClientWebSocketResponse)]
        refused = [each for each in answers if isinstance(each, aiohttp.WSServerHandshakeError)]
        assert (len(open_), len(refused)) == (20, 80)
        assert {each.status for each in refused} == {503}
        assert await first.get(base) == (503, f"{server.FULL}\n")
        assert "close one" in server.FULL
        pids = [int((await told(each)).split()[0]) for each in open_]
        await open_[0].close()
        await gone(pids[0])
        async with asyncio.timeout(60):
            while (await first.get(base))[0] == 503:
                await asyncio.sleep(0.02)
        async with first.session(base) as another:
            pids.append(int((await told(another)).split()[0]))
    # The server has ended with all of these open.
    await asyncio.gather(*map(gone, pids))


async def test_an_app_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitting, "GRACE", 0.1)
    async with serving(program(DEAF)) as first:
        async with first.session(await first.enter()) as socket:
            pid = int((await told(socket)).split()[0])
        await gone(pid)


@pytest.mark.parametrize("text", ["", "print('no app')", "import sys; sys.exit('\\x1b[31mbroken')"])
async def test_a_program_that_is_no_app_ends_the_session(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(program(text)) as first, first.session(await first.enter()) as socket:
        assert (await socket.receive(timeout=60)).type is aiohttp.WSMsgType.CLOSE
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert ("\\x1b[31mbroken" in said) == ("broken" in text)
