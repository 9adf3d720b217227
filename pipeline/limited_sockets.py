"""Receives answers within the budget of a read.

A socket's own timeout is the longest silence between two bytes. A server that sends one byte a second keeps it for
ever, in the headers, the body or the length of a message alike.
"""

from __future__ import annotations

import http.client
import io
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pipeline.read_limits import MEGABYTE, current


class _Answer:
    """One answer, from now on: how long to wait for its next bytes, and how many there may be."""

    def __init__(self, patience: float | None) -> None:
        self._budget = current()
        self._patience = patience
        self._ends = self._budget.clock() + self._budget.limits.answer_seconds
        self._bytes = 0

    def wait(self) -> float | None:
        """Seconds until the next bytes must have come; raises ReadLimitError, or TimeoutError for this answer."""
        left = min(self._budget.check(), self._ends - self._budget.clock())
        if left <= 0:
            seconds = self._budget.limits.answer_seconds
            raise TimeoutError(f"the answer was not complete after {seconds:g} s")
        waits = [each for each in (left, self._patience) if each is not None and each != float("inf")]
        return min(waits, default=None)

    def received(self, count: int) -> None:
        """So many more bytes of it came; raises ReadLimitError."""
        self._budget.received(count)
        self._bytes += count
        most = self._budget.limits.answer_bytes
        if self._bytes > most:
            advice = "ask for smaller pages (`page_size` of the connection), or find out what it sends"
            self._budget.too_much(f"more than {most / MEGABYTE:,.0f} MB in one answer", advice)

    def timed_out(self) -> None:
        """The next bytes have not come in time: raises ReadLimitError when that was the end of the whole read."""
        self._budget.check()


class _Stream(io.RawIOBase):
    """What a socket sends, for one answer."""

    def __init__(self, stream: Any, sock: Any) -> None:
        self._stream, self._sock = stream, sock
        self._answer = _Answer(sock.gettimeout())

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._answer.wait())
        try:
            count: int | None = self._stream.readinto(buffer)
        except TimeoutError:
            self._answer.timed_out()
            raise
        self._answer.received(count or 0)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class LimitedResponse(http.client.HTTPResponse):
    """An HTTP answer, status line and headers included."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Stream(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = LimitedResponse


class _TlsConnection(HTTPSConnection):
    response_class = LimitedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def limited_pool(pool: Any) -> Any:
    """A pool manager of urllib3, from now on with connections of this module."""
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return pool


class LimitedSocket:
    """A socket of ldap3's, which receives an answer within the budget; anything else is the socket's own."""

    def __init__(self, sock: Any) -> None:
        self.socket, self._patience = sock, sock.gettimeout()
        self._answer = _Answer(self._patience)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.socket, name)

    def sendall(self, message: bytes) -> None:
        """Ask: the answer begins now."""
        self._answer = _Answer(self._patience)
        self.socket.settimeout(self._answer.wait())
        self.socket.sendall(message)

    def recv(self, size: int) -> bytes:
        """The next bytes of the answer."""
        self.socket.settimeout(self._answer.wait())
        try:
            received: bytes = self.socket.recv(size)
        except TimeoutError:
            self._answer.timed_out()
            raise
        self._answer.received(len(received))
        return received
