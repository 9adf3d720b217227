"""Organizations' ListAccounts over HTTP, with its pages of 20; the emulated AWS has IAM and STS only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MANAGEMENT = "100000000000"


class Organization:
    """Its accounts by id, and how it answers. `error` is sent instead of a page from `fails_from` on."""

    def __init__(self, organization_id: str) -> None:
        self.organization_id = organization_id
        self.accounts: dict[str, tuple[str, str]] = {}
        self.pages: list[int] = []
        self.error, self.fails_from = "", 0

    def add(self, account_id: str, name: str, state: str = "ACTIVE") -> None:
        self.accounts[account_id] = (name, state)

    def page(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of one ListAccounts."""
        if self.error and len(self.pages) >= self.fails_from:
            return 400, {"__type": self.error, "Message": "no"}
        if not 1 <= asked.get("MaxResults", 20) <= 20:
            return 400, {"__type": "InvalidInputException", "Message": "MaxResults"}
        start, listed = int(asked.get("NextToken", 0)), sorted(self.accounts.items())
        shown = listed[start : start + asked.get("MaxResults", 20)]
        self.pages.append(len(shown))
        more = {"NextToken": str(start + len(shown))} if start + len(shown) < len(listed) else {}
        return 200, {"Accounts": [self._described(*each) for each in shown], **more}

    def _described(self, account_id: str, facts: tuple[str, str]) -> dict[str, Any]:
        arn = f"arn:aws:organizations::{MANAGEMENT}:account/{self.organization_id}/{account_id}"
        return {"Id": account_id, "Arn": arn, "Name": facts[0], "State": facts[1], "Status": facts[1]}


@contextmanager
def served(organization: Organization) -> Iterator[str]:
    """Its URL, for AWS_ENDPOINT_URL_ORGANIZATIONS."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "AWSOrganizationsV20161128.ListAccounts"
            status, answer = organization.page(body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *words: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
