"""A wire that breaks on purpose: a relay before a server, which also remembers what was sent through it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from urllib.parse import urlsplit


class Breaking:
    """Relays to `target`; its n-th connection ends after `break_after[n]` bytes of answers, later ones never."""

    def __init__(self, target: str, break_after: Sequence[int] = ()) -> None:
        url = urlsplit(target)
        self._target = (str(url.hostname), int(url.port or 0))
        self._breaks = list(break_after)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent, self.broken = b"", 0

    def __enter__(self) -> Breaking:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                upstream = socket.create_connection(self._target)
                budget = self._breaks.pop(0) if self._breaks else None
                threading.Thread(target=self._up, args=(client, upstream), daemon=True).start()
                threading.Thread(target=self._down, args=(client, upstream, budget), daemon=True).start()

    def _up(self, client: socket.socket, upstream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := client.recv(65536):
                self.sent += chunk
                upstream.sendall(chunk)
        _end(upstream)

    def _down(self, client: socket.socket, upstream: socket.socket, budget: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while chunk := upstream.recv(512):
                passed += len(chunk)
                if budget is not None and passed > budget:
                    self.broken += 1
                    break
                client.sendall(chunk)
        _end(client)
        _end(upstream)


def _end(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
