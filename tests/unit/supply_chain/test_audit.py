"""An audit that reached no database says so, and is never taken for a clean one."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.supply_chain import audit

CLEAN = {"name": "duckdb", "version": "1.0", "vulns": []}
BAD = {"name": "flask", "version": "0.5", "vulns": [{"id": "PYSEC-2019-179", "fix_versions": ["1.0"]}]}
SKIPPED = {"name": "ours", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ([CLEAN], 0, "1 packages looked up, 0 known vulnerabilities, 0 not looked up."),
        ([CLEAN, BAD], 1, "flask 0.5: PYSEC-2019-179, fixed in 1.0"),
        ([CLEAN, SKIPPED], 1, "ours: not looked at (not found)"),
        ([SKIPPED], 0, "Skipped: no vulnerability database could be reached"),
        ([], 0, "Nothing is known either way."),
    ],
)
def test_what_was_looked_up_decides(answer: list[dict[str, Any]], code: int, words: str) -> None:
    verdict = audit.judge(answer)
    assert verdict.exit_code == code
    assert words in "\n".join(verdict.lines)


@pytest.fixture
def small_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lock := tmp_path / "lock.txt").write_text(f"flask==0.5 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(audit, "LOCK", lock)


class Database(BaseHTTPRequestHandler):
    """OSV, as far as one package goes."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked == {"package": {"name": "flask", "ecosystem": "PyPI"}, "version": "0.5"}
        event = {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]}]}
        affected = {"package": {"name": "flask", "ecosystem": "PyPI"}, **event}
        known = {"id": "PYSEC-2019-179", "affected": [affected], "published": "2019-07-17T14:15:00Z"}
        body = json.dumps({"vulns": [known]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def database() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.promise("P27")
def test_a_known_vulnerability_of_a_locked_package_fails_the_audit(small_lock: None) -> None:
    with database() as url:
        verdict = audit.audit("--osv-url", url)
    assert verdict == audit.Verdict(
        (
            "flask 0.5: PYSEC-2019-179, fixed in 1.0",
            "1 packages looked up, 1 known vulnerabilities, 0 not looked up.",
        ),
        1,
    )


@pytest.mark.promise("P27")
def test_without_a_database_it_is_skipped_in_words(small_lock: None) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        verdict = audit.audit("--osv-url", f"http://127.0.0.1:{closed.getsockname()[1]}/v1/query")
    [line] = verdict.lines
    assert verdict.exit_code == 0
    assert line.startswith("Skipped: no vulnerability database could be reached (")
