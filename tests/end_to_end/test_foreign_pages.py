"""A page of another site, open in a real browser on the operator's machine, can neither read nor drive the pages."""

from __future__ import annotations

import http.server
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.orchestration.instance import prepare
from tests.end_to_end.pages import Pages, served
from tests.support.browser import chromium, needs_chromium

pytestmark = needs_chromium

ATTACK = """
const done = arguments[arguments.length - 1], url = arguments[0] + "/graphql";
const mutation = 'mutation { setConcurrencyLimit(concurrencyKey: "taken", limit: 7) }';
const tries = {
  json: () => fetch(url, {method: "POST", headers: {"content-type": "application/json"},
                          body: JSON.stringify({query: mutation})}),
  text: () => fetch(url, {method: "POST", mode: "no-cors", body: JSON.stringify({query: mutation})}),
  form: () => fetch(url, {method: "POST", mode: "no-cors", body: new URLSearchParams({query: mutation})}),
  get: () => fetch(url + "?query=" + encodeURIComponent(mutation), {mode: "no-cors"}),
  read: () => fetch(url + "?query=" + encodeURIComponent("{ version }")),
};
const outcome = {};
(async () => {
  for (const [name, attempt] of Object.entries(tries)) {
    try { const answer = await attempt(); outcome[name] = answer.type == "opaque" ? "opaque" : answer.status; }
    catch (error) { outcome[name] = "failed"; }
  }
  outcome.socket = await new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http", "ws"), "graphql-ws");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("failed");
  });
  const frame = document.createElement("iframe");
  frame.src = arguments[0];
  await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
  outcome.frame = frame.contentDocument === null ? "closed" : "open";
  done(outcome);
})();
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("foreign")
    home = Home(folder / "home")
    prepare(home)
    environ = {**os.environ, "CERTIFY_HOME": str(home.root)}
    with served(_free_port(), environ, folder / "said") as answering:
        yield answering


@pytest.mark.promise("P29")
def test_a_page_of_another_origin_gets_no_request_through(pages: Pages, tmp_path: Path) -> None:
    with _another_site() as site, chromium(tmp_path / "profile") as browser:
        browser.get(site)
        outcome = browser.execute_async_script(ATTACK, pages.url)
    # A no-cors answer is opaque to the page whatever it is: what must not have happened is asked of Dagster below.
    assert outcome["json"] == outcome["read"] == outcome["socket"] == "failed"
    assert outcome["frame"] == "closed"
    assert _slots(pages) == 0


def test_the_same_requests_from_their_own_page_have_their_effect(pages: Pages, tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    with chromium(tmp_path / "profile") as browser:
        browser.get(pages.url)
        outcome = browser.execute_async_script(ATTACK, pages.url)
    assert (outcome["json"], outcome["socket"], outcome["text"], outcome["form"]) == (200, "open", 415, 415)
    assert _slots(pages) == 7


@pytest.mark.promise("P29")
def test_a_name_rebound_to_this_machine_is_refused(pages: Pages, tmp_path: Path) -> None:
    port = pages.url.rpartition(":")[2]
    with chromium(tmp_path / "profile", "--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
        browser.get(f"http://evil.example:{port}/")
        assert "These pages answer to 127.0.0.1 and localhost only." in browser.page_source


def _slots(pages: Pages) -> int:
    limits = pages.ask("{ instance { concurrencyLimits { concurrencyKey slotCount } } }")["instance"]
    return sum(limit["slotCount"] for limit in limits["concurrencyLimits"] if limit["concurrencyKey"] == "taken")


@contextmanager
def _another_site() -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>prizes</title><body>")

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
