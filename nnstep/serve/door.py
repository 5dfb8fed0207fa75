"""Who may come in: this machine's browser that was given the printed address, on a page of ours."""

from __future__ import annotations

import secrets

from aiohttp import hdrs, web

COOKIE = "nnstep"
ASK = "open the address that `nnstep serve` has printed"
GO_ON = """<!doctype html><title>nnstep</title><link rel="icon" href="data:,">
<meta http-equiv="refresh" content="0; url={base}">
"""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        # xterm.js writes its own style elements. Safari before 15.4 does not take ws: for 'self'.
        "default-src 'self'; connect-src 'self' {sockets}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The app writes to the clipboard; nobody reads it.
    "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Door:
    """A token that works once, the cookie it is turned into, and the names that this server goes by.

    Cookies know no ports: it is only sent below a path that no other server on this machine is asked for.
    """

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self.base = f"/{secrets.token_hex(8)}/"
        self._key = secrets.token_urlsafe(32)
        self._used = False
        # A page of a stranger whose name leads to this machine (DNS rebinding) has that name as Host.
        self._hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
        if port == 80:
            self._hosts += ["127.0.0.1", "localhost"]
        sockets = " ".join(f"ws://{host}" for host in self._hosts)
        self.headers = {name: text.replace("{sockets}", sockets) for name, text in HEADERS.items()}

    @property
    def address(self) -> str:
        """What the user opens, once."""
        return f"http://{self._hosts[0]}/?token={self.token}"

    def refusal(self, request: web.Request) -> str:
        """Why a request is not answered; nothing where it is."""
        hosts, origins = request.headers.getall(hdrs.HOST, []), request.headers.getall(hdrs.ORIGIN, [])
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return f"this server goes by http://{self._hosts[0]} alone"
        if any(origin != f"http://{hosts[0]}" for origin in origins):
            return "only pages of this server may ask it for anything"
        if request.path == "/":
            return ""
        if not _same(request.cookies.get(COOKIE, ""), self._key):
            return f"nobody knows this browser here: {ASK}, which works once"
        if hdrs.UPGRADE in request.headers and not origins:
            return "only pages of this server may open a session"
        return ""

    def let_in(self, request: web.Request) -> web.Response:
        """Turn the token into the cookie."""
        token = request.query.get("token", "")
        if not _same(token, self.token):
            wrong = f"this token is not the right one: {ASK}" if token else ASK
            return web.Response(status=403, text=f"{wrong}\n")
        if self._used:
            # In the browser that has used it, the link works.
            link = f'<a href="{self.base}">the browser that has used it</a>'
            text = f"<!doctype html><p>This address works once, and has been used; {link} may come in again.</p>\n"
            return web.Response(status=403, text=text, content_type="text/html")
        self._used = True
        # The browser is sent on by a page of ours: so the strict cookie goes with it, wherever the link was.
        response = web.Response(text=GO_ON.format(base=self.base), content_type="text/html")
        response.set_cookie(COOKIE, self._key, path=self.base, httponly=True, samesite="Strict")
        return response

    async def furnish(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Put the headers on an answer that tell the browser what it may do with it."""
        response.headers.update(self.headers)
        response.headers["Server"] = "nnstep"


def _same(given: str, right: str) -> bool:
    """Whether they are equal; how long it takes tells nothing."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), right.encode())
