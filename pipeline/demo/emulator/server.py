"""HTTP on loopback with kept connections.

The standard library's server, because werkzeug's closes every connection after one reply, which would make each
emulated call dearer than a real one.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.demo.emulator.request import ApiRequest

DROPPED = 0
"""The status of a call that is to get no reply."""
RequestHandler = Callable[[ApiRequest], tuple[int, bytes, str]]


class Server:
    """Serves `answer` on 127.0.0.1; `start` and `stop` once each."""

    def __init__(self, answer: RequestHandler, port: int = 0) -> None:
        self._http = _HTTPServer(("127.0.0.1", port), answer)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and wait until nothing is answered any more."""
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], answer: RequestHandler) -> None:
        self.answer = answer
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open for a next call."""
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the client was quicker
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in mid-reply is nobody's mistake; anything else is told as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "EmulatedAWS", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _HTTPServer

    def do_POST(self) -> None:
        """Answer one call; the query protocol's own way."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, reply, request_id = self.server.answer(ApiRequest(self.command, self.path, headers, body))
        if status == DROPPED:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(reply)))
        self.send_header("x-amzn-RequestId", request_id)
        self.end_headers()
        self.wfile.write(reply)
        self.wfile.flush()

    do_GET = do_POST  # noqa: N815

    def log_message(self, *args: Any) -> None:
        """Silence; the call log tells more."""
