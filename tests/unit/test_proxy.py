"""No proxy is shown what goes to this machine itself, and NO_PROXY is honoured."""

from __future__ import annotations

import pytest

from pipeline.proxy import is_loopback, pool, proxy_for

PROXY = "http://proxy.corp.example:3128"


@pytest.fixture(autouse=True)
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, PROXY)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.1.1", "localhost", "LOCALHOST.", "aws.localhost", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_loopback_is_asked_directly(scheme: str, host: str) -> None:
    assert proxy_for(f"{scheme}://{host}:8080/scim") is None
    assert pool(f"{scheme}://{host}:8080", None).proxy is None


@pytest.mark.parametrize("url", ["https://scim.corp.example/v2", "http://127.0.0.1.corp.example", "https://10.0.0.1"])
def test_anything_else_goes_through_the_proxy(url: str) -> None:
    assert proxy_for(url) == PROXY
    assert pool(url, None).proxy.host == "proxy.corp.example"


def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", ".corp.example")
    assert proxy_for("https://scim.corp.example/v2") is None
    assert proxy_for("https://scim.other.example/v2") == PROXY


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "localhost."])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example", ""])
def test_anything_else_is_not(host: str) -> None:
    assert not is_loopback(host)
