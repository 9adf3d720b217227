"""A real SCIM service on loopback, and a porter before it that does wrong on purpose."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import urllib3
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config

TOKEN, CLIENT, SECRET = "tok-5ecret-0123456789", "certify", "cl1ent s3cret+/="
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
Fault = Callable[[str, dict[str, list[str]]], tuple[int, dict[str, str], bytes] | None]


@cache
def _provider() -> ScimProvider:
    """What the service says of itself; making it takes longer than most tests."""
    schemas, types = load_default_schemas().values(), load_default_resource_types().values()
    return ScimProvider.from_discovery(schemas, types, config=load_default_service_provider_config())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@dataclass
class Faults:
    """What goes wrong. `answers` are tried in order at each request, the first that says something counts."""

    rate: float = 0.0
    page_limit: int | None = None
    answers: list[Fault] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    rewrite: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None
    draw: random.Random = field(default_factory=lambda: random.Random(7))


class Service:
    """`url` is what a connection needs. Tokens are given out at `token_url` too."""

    def __init__(self) -> None:
        self.tokens = {TOKEN}
        self._app = BearerTokenApplication(InMemoryStorage(), _provider(), bearer_tokens=self.tokens)
        self._app.bearer_tokens = self.tokens
        self.faults, self.requests, self.issued = Faults(), Counter[str](), 0
        self._server = make_server("127.0.0.1", 0, self._answer, server_class=_Server, handler_class=_Quiet)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url, self.token_url = f"{self.origin}/v2", f"{self.origin}/oauth/token"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Service:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def user(self, user_name: str, /, **attributes: Any) -> str:
        """A user; gives its id."""
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", *([ENTERPRISE] if ENTERPRISE in attributes else [])]
        return self._create("/Users", {"schemas": schemas, "userName": user_name, **attributes})

    def group(self, name: str, *members: str) -> str:
        """A group of ids; gives its id."""
        listed = [{"value": member} for member in members]
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        return self._create("/Groups", {"schemas": schemas, "displayName": name, "members": listed})

    def put_in(self, group: str, member: str) -> None:
        """One more member."""
        operation = {"op": "add", "path": "members", "value": [{"value": member}]}
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        self._send("PATCH", f"/Groups/{group}", {"schemas": schemas, "Operations": [operation]})

    def get(self, path: str) -> bytes:
        """What the service itself answers, without faults."""
        return self._send("GET", path, None)

    def delete(self, path: str) -> None:
        """Take a resource away."""
        self._send("DELETE", path, None)

    def _create(self, path: str, resource: dict[str, Any]) -> str:
        return str(json.loads(self._send("POST", path, resource))["id"])

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json", "X-Test": "1"}
        answer = urllib3.request(
            method, self.url + path, headers=headers, body=json.dumps(body).encode() if body else None
        )
        assert answer.status < 300, answer.data
        return answer.data

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])
        if "HTTP_X_TEST" in environ:
            return self._app(environ, start)
        self.requests[path.removeprefix("/v2")] += 1
        if path == "/oauth/token":
            return self._give_token(environ, start)
        wrong = self._wrong(path, query)
        if wrong is not None:
            start(f"{wrong[0]} Fault", list(wrong[1].items()))
            return [wrong[2]]
        if self.faults.page_limit and "count" in query:
            query["count"] = [str(min(int(query["count"][0]), self.faults.page_limit))]
            environ["QUERY_STRING"] = urlencode(query, doseq=True)
        return self._rewritten(path, environ, start)

    def _wrong(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes] | None:
        if path.rpartition("/")[2] in self.faults.denied:
            return 403, {}, b'{"detail": "not for you"}'
        for fault in self.faults.answers:
            if (found := fault(path, query)) is not None:
                return found
        if self.faults.draw.random() < self.faults.rate:
            return self.faults.draw.choice(
                [(429, {"Retry-After": "0"}, b""), (500, {}, b"{}"), (200, {}, b'{"Resources": [')]
            )
        return None

    def _rewritten(self, path: str, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if self.faults.rewrite is None:
            return self._app(environ, start)
        kept: list[Any] = []
        body = b"".join(self._app(environ, lambda status, headers: kept.extend((status, headers))))
        if str(kept[0]).startswith("200"):
            body = json.dumps(self.faults.rewrite(path, json.loads(body))).encode()
        start(kept[0], [(name, value) for name, value in kept[1] if name.lower() != "content-length"])
        return [body]

    def _give_token(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        expected = urllib3.make_headers(basic_auth=f"{CLIENT}:cl1ent+s3cret%2B%2F%3D")["authorization"]
        if environ.get("HTTP_AUTHORIZATION") != expected or body["grant_type"] != ["client_credentials"]:
            start("401 Unauthorized", [])
            return [b'{"error": "invalid_client"}']
        self.issued += 1
        self.tokens.add(token := f"issued-token-{self.issued}-of-the-service")
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 3600}).encode()]
