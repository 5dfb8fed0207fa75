"""Who is let in, and what a server has for those who are not."""

from __future__ import annotations

import asyncio
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import nnstep
from nnstep.errors import has_control
from nnstep.model import bundled

aiohttp = pytest.importorskip("aiohttp", reason="nnstep serve needs the extra `web`")
pytest.importorskip("textual_serve", reason="nnstep serve needs the extra `web`")

from nnstep.serve import bound, server  # noqa: E402  # not without the extra
from tests.serve.browsing import browser, serving, told  # noqa: E402  # as above

ASKED_NOTHING = pytest.mark.skipif(
    tuple(map(int, aiohttp.__version__.split(".")[:2])) < (3, 14),
    reason="this aiohttp begins to wait only after a first answer",
)


async def test_nobody_comes_in_without_the_token() -> None:
    async with serving() as stranger:
        base = "/0123456789abcdef/"
        assert await stranger.get("/") == (403, "open the address that `nnstep serve` has printed\n")
        for path in (base, f"{base}ws", "/static/", "/favicon.ico"):
            status, text = await stranger.get(path)
            assert (status, text.count("\n")) == (403, 1)
            assert "nobody knows this browser" in text


async def test_a_wrong_token_is_refused_and_uses_nothing_up() -> None:
    async with serving() as first:
        for wrong in ("/?token=x", "/?token=%ff%00", f"/?token={'A' * 43}", f"{first.address[len(first.origin) : -1]}"):
            status, text = await first.get(wrong)
            assert (status, "not the right one" in text) == (403, True)
        assert not list(first.client.cookie_jar)
        assert await first.enter()


async def test_the_token_is_worth_a_strict_cookie_and_nothing_afterwards() -> None:
    async with serving() as first, browser(first.address) as second:
        base = await first.enter()
        (cookie,) = first.client.cookie_jar
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"]) == ("Strict", base)
        assert cookie.value not in first.address
        assert (await first.get(base))[0] == 200
        async with second.client.get(second.address) as answer:
            assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
            assert "works once" in await answer.text()
        assert (await second.get(base))[0] == 403
        assert (await second.get(base, {"Cookie": "nnstep=x"}))[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.:{port}"]
)
async def test_a_name_that_is_not_ours_is_not_answered(host: str) -> None:
    async with serving() as first:
        base = await first.enter()
        port = first.origin.rpartition(":")[2]
        for path in (base, f"{base}textual.js", f"{base}ws"):
            status, text = await first.get(path, {"Host": host.format(port=port)})
            assert (status, "this server goes by" in text) == (403, True)
        assert (await first.get(base, {"Host": f"localhost:{port}"}))[0] == 200


@pytest.mark.parametrize("lines", ["", "Host: {host}\r\nHost: evil.example\r\n"])
async def test_a_request_has_one_host(lines: str) -> None:
    async with serving() as first:
        base, (cookie,) = await first.enter(), first.client.cookie_jar
        host = first.origin.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head = lines.format(host=host)
        writer.write(
            f"GET {base} HTTP/1.1\r\n{head}Cookie: nnstep={cookie.value}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = await reader.read()
        writer.close()
        assert answer.split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "said",
    [
        "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n",
        pytest.param("", marks=ASKED_NOTHING),
        pytest.param("GET / HTTP/1.1\r\nHost: {host}\r\nX: ", marks=ASKED_NOTHING),
    ],
    ids=["once", "nothing", "not to its end"],
)
async def test_connections_that_ask_for_nothing_are_closed(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE", 0.05)
    async with serving() as first, first.session(await first.enter()) as session:
        await told(session)
        host = first.origin.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(said.format(host=host).encode())
        answered = await asyncio.wait_for(reader.read(), 60)
        assert answered.startswith(b"HTTP/1.1 403") == said.endswith("\n")
        writer.close()
        await session.send_json(["ping", "1"])
        assert await session.receive_json(timeout=60) == ["pong", "1"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}", None])
async def test_a_page_of_others_opens_no_session(origin: str | None) -> None:
    async with serving() as first:
        base = await first.enter()
        given = origin and origin.format(host=first.origin.removeprefix("http://"))
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await first.client.ws_connect(f"{first.origin}{base}ws", origin=given)
        assert refused.value.status == 403
        if given:
            assert (await first.get(base, {"Origin": given}))[0] == 403


async def test_only_what_the_page_needs_is_there() -> None:
    async with serving() as first:
        base = await first.enter()
        _, page = await first.get(base)
        assert "a &lt;title&gt;" in page
        needed = set(re.findall(r'(?:href|src)="([\w.]+)"', page))
        needed |= set(re.findall(r'url\("([^"]+)"\)', (await first.get(f"{base}page.css"))[1]))
        assert needed == set(server.ASSETS)
        for name in needed:
            assert (await first.get(f"{base}{name}"))[0] == 200
        for path in ("static/", "static", "download/x", "js/", "%2e%2e/door.py", "textual.js/", "../door.py"):
            assert (await first.get(f"{base}{path}"))[0] in (403, 404)
        async with first.client.post(f"{first.origin}{base}", data=b"x" * 9999) as answer:
            assert answer.status == 405


@pytest.mark.parametrize("title", ["", '</title><script>alert("$socket")</script>'])
async def test_a_strangers_model_is_only_named_on_the_page(tmp_path: Path, title: str) -> None:
    # Without a title of its own, a model is called by its file.
    path = tmp_path / "<img src=x onerror='alert(1)'>\x1b]0;\u202e&amp;.toml"
    text = re.sub("title = .*\n", "", bundled()["xor"].read_text())
    path.write_text(f"title = '{title}'\n{text}" if title else text)
    model = nnstep.open(path).session.model
    async with serving(title=model.title) as first:
        _, page = await first.get(await first.enter())
    heading = f"nnstep · {html.escape(model.title)}"
    assert f"<title>{heading}</title>" in page
    assert not has_control(page.replace("\n", ""))
    parsed = Tags()
    parsed.feed(page)
    assert parsed.found == {"html", "head", "meta", "title", "link", "script", "body", "div", "p", "i", "a", "noscript"}
    assert parsed.scripts == ["textual.js", "page.js"]


class Tags(HTMLParser):
    """The names of a page's tags, and where its scripts come from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.scripts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))


def test_the_page_asks_nobody_else() -> None:
    for each in Path(server.PAGE).iterdir():
        assert not re.search(r"https?:|(?:src|href|url)\W*//|@import", each.read_text(encoding="utf-8")), each


async def test_every_answer_says_what_the_browser_may_do_with_it() -> None:
    async with serving() as first:
        base = await first.enter()
        for path, status in (("/", 403), (base, 200), (f"{base}xterm.css", 200), (f"{base}none", 404)):
            async with first.client.get(f"{first.origin}{path}") as answer:
                assert answer.status == status
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'self'; connect-src 'self' ws://127.0.0.1:")
                assert "frame-ancestors 'none'" in policy
                assert "script-src" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Cache-Control"] == "no-store"
                assert "aiohttp" not in answer.headers["Server"]


def test_no_other_machine_is_listened_to() -> None:
    with bound(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
