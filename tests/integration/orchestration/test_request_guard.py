"""Whose requests reach Dagster's pages: those of their own pages and of programs on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any

import pytest

from pipeline.orchestration.request_guard import RequestGuard

OWN = "127.0.0.1:3000"
JSON = {"content-type": "application/json"}


def status_of(
    method: str = "GET",
    path: str = "/",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    host: str = OWN,
    token: str = "",
    kind: str = "http",
) -> int:
    """The status of the answer; 200 when the pages behind the guard were reached. A closed WebSocket is 1008."""
    sent: list[MutableMapping[str, Any]] = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    given = {"host": host, **(headers or {})}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }
    asyncio.run(RequestGuard(pages, token)(scope, receive, send))
    return int(sent[0].get("status") or sent[0]["code"])


@pytest.mark.parametrize("host", [OWN, "localhost:8080", "localhost", "[::1]:3000", "127.8.9.1:3000", "LOCALHOST"])
def test_every_name_of_this_machine_is_answered(host: str) -> None:
    assert status_of(host=host) == 200


@pytest.mark.promise("P29")
@pytest.mark.parametrize(
    "host",
    ["evil.example:3000", "127.0.0.1.evil.example", "", "[::1", "0.0.0.0:3000", "10.0.0.5", "localhost.evil.example"],
)
def test_another_name_is_refused_so_that_rebinding_dns_gains_nothing(host: str) -> None:
    assert status_of(host=host) == 421


@pytest.mark.promise("P29")
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"origin": "https://evil.example", **JSON}),
        ("POST", {"origin": "http://127.0.0.1:8000", **JSON}),
        ("POST", {"origin": "null", **JSON}),
        ("POST", {"origin": f"file://{OWN}", **JSON}),
        ("POST", {"sec-fetch-site": "cross-site", **JSON}),
        ("POST", {"sec-fetch-site": "same-site", **JSON}),
        ("DELETE", {"sec-fetch-site": "cross-site"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
    ],
)
def test_a_request_of_another_sites_page_is_refused(method: str, headers: dict[str, str]) -> None:
    assert status_of(method, "/graphql", headers=headers) == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"origin": f"http://{OWN}", "sec-fetch-site": "same-origin", **JSON}),
        ("POST", {**JSON}),
        ("POST", {"content-type": "Application/JSON; charset=utf-8"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("GET", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}),
    ],
)
def test_own_pages_links_and_programs_are_answered(method: str, headers: dict[str, str]) -> None:
    assert status_of(method, "/graphql", headers=headers) == 200


@pytest.mark.promise("P29")
@pytest.mark.parametrize(
    "query", ["query=mutation{x}", "query=%7Bversion%7D", "operationName=x", "variables={}&query="]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_graphql_is_not_asked_by_get(method: str, query: str) -> None:
    assert status_of(method, "/graphql", query) == 405
    assert status_of(method, "/graphql/", query) == 405


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_a_form_can_send_is_not_taken_for_graphql(kind: str) -> None:
    assert status_of("POST", "/graphql", headers={"content-type": kind}) == 415


def test_a_websocket_of_another_site_is_closed() -> None:
    assert status_of(kind="websocket", path="/graphql", headers={"origin": "https://evil.example"}) == 1008
    assert status_of(kind="websocket", path="/graphql", host="evil.example") == 1008
    assert status_of(kind="websocket", path="/graphql", headers={"origin": f"http://{OWN}"}) == 200


@pytest.mark.promise("P29")
def test_on_another_address_every_request_needs_the_token() -> None:
    asked = {"host": "10.0.0.5:3000", "token": "s3cret"}
    assert status_of(**asked) == 401
    assert status_of(query="token=wrong", **asked) == 401
    assert status_of(query="token=s3cret", **asked) == 303
    assert status_of(headers={"cookie": "a=b; certify_token=s3cret"}, **asked) == 200
    assert status_of(headers={"cookie": "certify_token=wrong"}, **asked) == 401
    assert status_of(headers={"authorization": "Bearer s3cret"}, **asked) == 200
    assert status_of(headers={"authorization": "Basic s3cret"}, **asked) == 401
    signed_in = {"cookie": "certify_token=s3cret", "origin": "https://evil.example", **JSON}
    assert status_of("POST", "/graphql", headers=signed_in, **asked) == 403
