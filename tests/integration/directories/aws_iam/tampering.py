"""A proxy before the emulated AWS that rewrites what it answers: for answers no AWS should give."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Rewrite = Callable[[str, bytes], bytes]
"""Takes the action's name and the answer's body."""


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        upstream = http.client.HTTPConnection(urlsplit(self.server.target).netloc, timeout=10)
        upstream.request("POST", self.path, body, dict(self.headers.items()))
        answer = upstream.getresponse()
        reply = self.server.rewrite(parse_qs(body.decode())["Action"][0], answer.read())
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
        upstream.close()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def tampered(target: str, rewrite: Rewrite) -> Iterator[str]:
    """The URL to use instead of `target` to get rewritten answers."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Relay)
    server.daemon_threads = True
    server.target, server.rewrite = target, rewrite
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
