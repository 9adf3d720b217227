"""Servers on loopback that say whatever bytes a test wants, at the pace it wants: HTTP, and LDAP behind TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator

Say = Callable[[bytes, int], Iterable[bytes | None]]
"""Takes a request and its number in the life of the server; gives the pieces of the answer. None hangs up."""


class Wire:
    """A TCP server; each connection is served until it ends. `conversations` counts those that are open."""

    def __init__(
        self, say: Say, *, request: Callable[[socket.socket], bytes], tls: tuple[str, str] | None = None
    ) -> None:
        self._say, self._request = say, request
        self._context = None
        if tls is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests, self._open, self.sent = 0, set[socket.socket](), 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in (self._listener, *list(self._open)):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._thread.join(5)

    @property
    def conversations(self) -> int:
        return len(self._open)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        spoken = client
        with contextlib.suppress(OSError, ValueError):
            if self._context is not None:
                spoken = self._context.wrap_socket(client, server_side=True)
                self._open.add(spoken)
            while (request := self._request(spoken)) and not self._over.is_set():
                self.requests += 1
                for piece in self._say(request, self.requests):
                    if self._over.is_set() or piece is None:
                        raise OSError("hung up")
                    spoken.sendall(piece)
                    self.sent += len(piece)
        with contextlib.suppress(OSError):
            spoken.close()
        self._open -= {client, spoken}


def http_request(client: socket.socket) -> bytes:
    """One request, its body included."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        if not (chunk := client.recv(65536)):
            return b""
        raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def http_answer(body: bytes, kind: str = "application/scim+json", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def dripping(content: bytes, pause: float = 0.05) -> Iterator[bytes]:
    """One byte after another, and after the last one of `content` blanks for ever."""
    for number in range(10**9):
        yield content[number : number + 1] or b" "
        time.sleep(pause)


# --- BER, as far as LDAP needs it (X.690; RFC 4511) ---


def ber(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def ber_request(client: socket.socket) -> bytes:
    """One LDAP message."""
    raw = _exactly(client, 2)
    if raw[1] & 0x80:
        octets = _exactly(client, raw[1] & 0x7F)
        return raw + octets + _exactly(client, int.from_bytes(octets, "big"))
    return raw + _exactly(client, raw[1])


def _exactly(client: socket.socket, size: int) -> bytes:
    raw = b""
    while len(raw) < size:
        if not (chunk := client.recv(size - len(raw))):
            raise OSError("gone")
        raw += chunk
    return raw


def message_id(request: bytes) -> bytes:
    start = 2 + (request[1] & 0x7F if request[1] & 0x80 else 0)
    return request[start : start + 2 + request[start + 1]]


def operation(request: bytes) -> int:
    """The tag of what is asked: 0x60 bind, 0x63 search, 0x42 unbind."""
    start = 2 + (request[1] & 0x7F if request[1] & 0x80 else 0)
    return request[start + 2 + request[start + 1]]


def done(request: bytes, tag: int, cookie: bytes | None = None) -> bytes:
    """A result of success; with a cookie, one of a page (RFC 2696)."""
    result = ber(tag, b"\x0a\x01\x00", b"\x04\x00", b"\x04\x00")
    if cookie is None:
        return ber(0x30, message_id(request), result)
    value = ber(0x30, b"\x02\x01\x00", ber(0x04, cookie))
    control = ber(0x30, ber(0x04, b"1.2.840.113556.1.4.319"), ber(0x04, value))
    return ber(0x30, message_id(request), result, ber(0xA0, control))


def entry(request: bytes, dn: str, **attributes: str) -> bytes:
    held = [
        ber(0x30, ber(0x04, name.encode()), ber(0x31, ber(0x04, value.encode()))) for name, value in attributes.items()
    ]
    return ber(0x30, message_id(request), ber(0x64, ber(0x04, dn.encode()), ber(0x30, *held)))


BOUND, FOUND = 0x61, 0x65
"""The tags of the results of a bind and of a search."""
