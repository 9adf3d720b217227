"""One HTTP connection pool for all accounts, instead of one for each client.

IAM has a single address in a partition, whichever account a call is about, so a connection can serve all of them. It is
the dearest part of a call: two or three round trips, and, because urllib3 reads the whole certificate bundle anew for
each, twenty milliseconds of processor time. Without sharing, an account costs as many as it has threads.
"""

from __future__ import annotations

import os
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
    AWSPreparedRequest,
)
from botocore.hooks import BaseEventHooks
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from pipeline.limited_sockets import LimitedResponse
from pipeline.proxy import is_loopback
from pipeline.read_limits import current

MOST_CONNECTIONS = 4096
"""That many are kept when idle; the threads of all connections together are never more."""
SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
"""Without the first, the body of each call waits forty milliseconds for the other side to confirm the headers."""


class _Connection(AWSHTTPConnection):  # type: ignore[misc]
    response_class = LimitedResponse


class _TlsConnection(AWSHTTPSConnection):  # type: ignore[misc]
    response_class = LimitedResponse


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Connection


class _TlsPool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _TlsConnection


class _Session(URLLib3Session):  # type: ignore[misc]
    """botocore's, with answers that keep to the limits of the read they are for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pool_classes_by_scheme.update(http=_Pool, https=_TlsPool)


class ConnectionPool:
    """Open connections, for as long as somebody needs them. Used by many threads at once.

    `verify` is botocore's: the bundle to check certificates with, None for the usual ones.
    """

    def __init__(self, *, verify: str | None, connect_seconds: float, read_seconds: float) -> None:
        self._verify = verify
        self._timeout = (connect_seconds, read_seconds)
        self._lock = threading.Lock()
        self._pools: dict[str, URLLib3Session] = {}
        self._users = 0

    def carry(self, events: BaseEventHooks) -> None:
        """Send the calls of whose `events` these are: a client's, or a session's for its clients to come.

        After everybody else who listens: there a client waits for its turn when AWS has asked it to slow down.
        """
        events.register_last("before-send", self._send)

    def acquire(self) -> None:
        """Keep connections open from now on; to be followed by one `release`."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """Give the sockets back, when nobody else needs them."""
        with self._lock:
            self._users -= 1
            idle, self._pools = ({}, self._pools) if self._users else (self._pools, {})
        for pool in idle.values():
            pool.close()

    def _send(self, request: AWSPreparedRequest, **_: Any) -> Any:
        """Raises ReadLimitError when the read of the connection is over: botocore repeats no such error."""
        budget = current()
        budget.check()
        try:
            return self._pool(request.url).send(request)
        except Exception:
            budget.check()  # botocore has wrapped it
            raise

    def _pool(self, url: str) -> URLLib3Session:
        """The pool for a URL's host; each has its own, because a proxy may be meant for some hosts only."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = _Session(
                    verify=os.environ.get("REQUESTS_CA_BUNDLE", True) if self._verify is None else self._verify,
                    proxies={} if is_loopback(parts.hostname or "") else get_environ_proxies(url),
                    timeout=self._timeout,
                    max_pool_connections=MOST_CONNECTIONS,
                    socket_options=SOCKET_OPTIONS,
                )
            return self._pools[origin]
