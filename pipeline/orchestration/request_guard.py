"""ASGI middleware in front of Dagster's UI: Host, Origin, method and token checks.

Sources: Fetch metadata request headers (W3C), RFC 6454 (Origin), RFC 6455 section 10.2 (WebSocket origins).
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.proxy import is_loopback

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TOKEN_COOKIE = "certify_token"  # noqa: S105 - a name
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FRAMING = [(b"x-frame-options", b"DENY"), (b"cross-origin-resource-policy", b"same-origin")]


class RequestGuard:
    """Lets a request through when a page of this server, or a program on this machine, can have sent it.

    On loopback the Host must be a loopback name, which defeats DNS rebinding. With a `token` (served on any other
    address) every request must carry it: as a cookie, as a bearer token, or once as `?token=`, which sets the cookie.
    """

    def __init__(self, app: App, token: str = "") -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        request = _Request(scope)
        refusal = self._refusal(request)
        if refusal is not None:
            await _refuse(scope, send, *refusal)
        elif self.token and request.query.get("token") and request.method == "GET":
            await _redirect_with_cookie(send, request, self.token)
        else:
            await self.app(scope, receive, _unframed(send))

    def _refusal(self, request: _Request) -> tuple[HTTPStatus, str] | None:
        if self.token:
            if not any(hmac.compare_digest(given.encode(), self.token.encode()) for given in request.tokens()):
                return HTTPStatus.UNAUTHORIZED, "Open the address that `certify ui` printed: it carries the token."
        elif not is_loopback(request.host):
            return HTTPStatus.MISDIRECTED_REQUEST, "These pages answer to 127.0.0.1 and localhost only."
        if request.is_foreign():
            return HTTPStatus.FORBIDDEN, "This request comes from a page of another site."
        if request.asks_graphql_in_the_address():
            return HTTPStatus.METHOD_NOT_ALLOWED, "GraphQL is asked by POST only."
        if request.is_a_form():
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "GraphQL is asked in application/json only."
        return None


class _Request:
    """What the rules look at of an ASGI scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self.is_websocket = scope["type"] == "websocket"
        self.method: str = "GET" if self.is_websocket else scope["method"].upper()
        self.path: str = scope["path"]
        self.query = {
            name: values[-1]
            for name, values in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).items()
        }
        self.authority = self.headers.get("host", "")

    @property
    def host(self) -> str:
        return host_of(self.authority)

    def is_foreign(self) -> bool:
        """Whether a browser sent this for a page that is not this server's own.

        Browsers name the origin of everything but plain navigation; programs send neither header.
        """
        origin = self.headers.get("origin")
        if origin is not None:
            return urlsplit(origin).netloc.lower() != self.authority.lower() or not origin.startswith("http")
        site = self.headers.get("sec-fetch-site", "none")
        if self.is_websocket or self.method not in READING_METHODS:
            return site not in {"same-origin", "none"}
        return site not in {"same-origin", "none"} and self.headers.get("sec-fetch-mode", "navigate") != "navigate"

    def asks_graphql_in_the_address(self) -> bool:
        return (
            not self.is_websocket
            and self.method in READING_METHODS
            and self.path.rstrip("/").endswith("/graphql")
            and any(name in self.query for name in ("query", "mutation", "operationName", "variables", "extensions"))
        )

    def is_a_form(self) -> bool:
        if self.method in READING_METHODS or not self.path.rstrip("/").endswith("/graphql"):
            return False
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json"

    def tokens(self) -> list[str]:
        """Every token that the request carries."""
        found = [self.query.get("token", "")]
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found.append(value.strip())
        try:
            cookie = SimpleCookie(self.headers.get("cookie", "")).get(TOKEN_COOKIE)
        except CookieError:
            cookie = None
        return [token for token in (*found, cookie.value if cookie else "") if token]


def host_of(authority: str) -> str:
    """The host of a Host header, without port and brackets; empty when it is none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(scope: Scope, send: Send, status: HTTPStatus, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *FRAMING]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})


async def _redirect_with_cookie(send: Send, request: _Request, token: str) -> None:
    cookie = f"{TOKEN_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"location", request.path.encode()), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": int(HTTPStatus.SEE_OTHER), "headers": [*headers, *FRAMING]})
    await send({"type": "http.response.body", "body": b""})


def _unframed(send: Send) -> Send:
    """No other site may show these pages in a frame of its own, where a click could be led to a button of ours."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *FRAMING]}
        await send(message)

    return sent
