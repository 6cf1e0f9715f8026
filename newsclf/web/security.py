"""Who may talk to the page: a browser on this machine that was handed the link, and no other."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HOSTS", "TOKEN_HEADER", "Guard"]

HOSTS = ("127.0.0.1", "localhost")
TOKEN_HEADER = "x-newsclf-token"
_LARGEST_BODY = 64 * 1024

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets requests through that carry the secrets of this run, and hardens every answer.

    The link printed in the terminal carries `key`, which is exchanged for a cookie, so that it
    does not stay in the address bar. A request that changes anything also carries `token` in a
    header, which another site can neither read nor send.

    Parameters
    ----------
    app : ASGI application
    port : int
        Part of the cookie's name, for cookies do not tell ports apart.
    """

    def __init__(self, app: ASGIApp, *, port: int, key: str, token: str) -> None:
        self.app = app
        self.cookie_name = f"newsclf-{port}"
        self.key = key
        self.token = token
        self.secret = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer = self._answer(scope) or self.app
        await answer(scope, receive, hardened)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that must not or need not go on."""
        headers = Headers(scope=scope)
        key = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        if scope["method"] == "GET" and scope["path"] == "/" and _same(key, self.key):
            response = RedirectResponse("/", status_code=303)
            response.set_cookie(
                self.cookie_name, self.secret, httponly=True, samesite="strict", path="/"
            )
            return response
        cookie = cookie_parser(headers.get("cookie", "")).get(self.cookie_name, "")
        if not _same(cookie, self.secret):
            return PlainTextResponse(_NO_KEY, status_code=403)
        if scope["method"] in ("GET", "HEAD"):
            return None
        if not _same(headers.get(TOKEN_HEADER, ""), self.token):
            return PlainTextResponse("the token of this page is missing\n", status_code=403)
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers.get('host', '')}":
            return PlainTextResponse("the request comes from another site\n", status_code=403)
        if not headers.get("content-length", "").isdigit():
            return PlainTextResponse("expected a content-length\n", status_code=411)
        if int(headers["content-length"]) > _LARGEST_BODY:
            return PlainTextResponse("the request is too large\n", status_code=413)
        return None


_NO_KEY = (
    "这个页面需要钥匙：请打开 newsclf label 在终端里印出的链接。\n"
    "This page needs its key: open the link that newsclf label printed in the terminal.\n"
)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
