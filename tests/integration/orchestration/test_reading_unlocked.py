"""Reading a directory locks nothing: whatever it takes to answer, other connections are read, built and published."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.connections.yaml_file import add_connections
from pipeline.home import Home
from pipeline.orchestration.instance import fail_abandoned_runs, open_instance
from pipeline.orchestration.run import run_sync
from pipeline.problems import ExitCode, Locked
from pipeline.readers import readers, reading
from pipeline.removal import remove
from pipeline.warehouse.query import query


class Silent(ThreadingHTTPServer):
    """A SCIM service that answers when it is allowed to, and then lists nobody."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Silent)
        self.asked, self.may_answer = threading.Event(), threading.Event()


class _Silent(BaseHTTPRequestHandler):
    server: Silent

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.may_answer.wait(60)
        body = b'{"totalResults": 0, "Resources": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def slow(home: Home) -> Iterator[Silent]:
    with Silent() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        (home.root / "token").write_text("a-token-of-nobody")
        (home.root / "token").chmod(0o600)
        url = f"http://127.0.0.1:{server.server_address[1]}/v2"
        add_connections(home, [{"name": "slow", "kind": "scim", "url": url, "token_file": "token"}], os.environ)
        yield server
        server.may_answer.set()
        server.shutdown()


@pytest.mark.promise("P37", "P23")
def test_while_one_directory_keeps_silent_others_are_read_and_published(home: Home, slow: Silent) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run_sync, home, ["slow"])
        assert slow.asked.wait(60)

        outcome = run_sync(home, ["people"])

        assert outcome.exit_code is ExitCode.OK
        assert query(home, "select count(*) from identity.identities").rows == [(3,)]
        with home.lock("certify what-if"):
            pass  # nothing is locked now
        with pytest.raises(Locked, match="certify sync, which reads slow"):
            run_sync(home, ["slow"])
        with pytest.raises(Locked, match="reads slow"):
            remove(home)
        assert not waiting.done()
        with open_instance(home) as instance:
            assert "STARTED" in {run.status.value for run in instance.get_runs()}, "not taken for a killed one's"

        slow.may_answer.set()
        assert waiting.result().exit_code is ExitCode.OK
    assert query(home, "select status from inventory.directories where directory_id = 'slow'").rows == [("fresh",)]
    assert not list((home.root / "reading").iterdir())


@pytest.mark.promise("P23")
def test_the_note_of_a_sync_that_was_killed_hinders_nobody(home: Home) -> None:
    (home.root / "reading").mkdir()
    (home.root / "reading" / "0123456789abcdef").write_text('{"pid": 1, "since": "", "connections": ["people"]}')
    assert readers(home) == []
    with reading(home, ["people"]) as token:
        assert [(each.token, each.connections) for each in readers(home)] == [(token, ("people",))]
        with reading(home, ["production"]), pytest.raises(Locked, match="people"), reading(home, ["people"]):
            pass
    with open_instance(home) as instance:
        assert fail_abandoned_runs(instance) == []
