"""A real mail server and a real webhook on loopback, over TLS or plain, that refuse when they are told to."""

from __future__ import annotations

import base64
import ipaddress
import json
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "alerts", "smtp-pa55word-canary"


@dataclass(frozen=True)
class Certificate:
    """Of 127.0.0.1 and localhost, signed by nobody but itself. `file` is what to trust, `context` a server's half."""

    file: Path
    context: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test of alerts")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return Certificate(public, context)


@dataclass(frozen=True)
class Mail:
    """One delivery: who it was handed over for, whether over TLS, by whom, and what it was."""

    receivers: tuple[str, ...]
    encrypted: bool
    user: str
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]


@dataclass
class _Server:
    """A server in threads; `port` while it runs. `stop` and `start` may alternate: the port stays."""

    port: int = 0
    _running: Any = None

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        owner = self

        class Session(self.session()):  # type: ignore[misc]
            server_of_test = owner

        class Threads(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that distrusts the certificate leaves in the middle."""

        self._running = Threads(("127.0.0.1", self.port), Session)
        self.port = self._running.server_address[1]
        threading.Thread(target=self._running.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.shutdown()
            self._running.server_close()
            self._running = None

    def session(self) -> Any:
        raise NotImplementedError


@dataclass
class MailServer(_Server):
    """`refused` maps an address, or `DATA`, `AUTH` or `QUIT`, to the answer given instead of a good one."""

    certificate: Certificate | None = None
    implicit_tls: bool = False
    wants_login: bool = False
    password: str = PASSWORD
    refused: dict[str, str] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0

    def session(self) -> Any:
        return _MailSession


class _MailSession(socketserver.StreamRequestHandler):
    server_of_test: MailServer

    def handle(self) -> None:
        owner, self.encrypted, self.user = self.server_of_test, False, ""
        owner.connections += 1
        if owner.implicit_tls:
            self._encrypt()
        self.receivers: list[str] = []
        self._say("220 test")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().rstrip("\r\n").partition(" ")
            if verb.upper() == "QUIT":
                self._say(owner.refused.get("QUIT", "221 bye"))
                return
            getattr(self, f"_{verb.lower()}", self._unknown)(rest)

    def _ehlo(self, _: str) -> None:
        offers = ["test", "AUTH PLAIN"]
        if self.server_of_test.certificate is not None and not self.encrypted:
            offers.append("STARTTLS")
        for number, offer in enumerate(offers, start=1):
            self._say(f"250{' ' if number == len(offers) else '-'}{offer}")

    def _starttls(self, _: str) -> None:
        self._say("220 go on")
        self._encrypt()

    def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split(" ", 1)[1]).decode().split("\0")
        good = (user, password) == (USER, self.server_of_test.password)
        self.user = user if good else ""
        self._say(self.server_of_test.refused.get("AUTH", "235 welcome" if good else f"535 not with {password}"))

    def _mail(self, _: str) -> None:
        self.receivers = []
        self._say("530 log in" if self.server_of_test.wants_login and not self.user else "250 ok")

    def _rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        answer = self.server_of_test.refused.get(address, "250 ok")
        self.receivers += [address] if answer.startswith("250") else []
        self._say(answer)

    def _data(self, _: str) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        answer = self.server_of_test.refused.get("DATA", "250 taken")
        if answer.startswith("250"):
            mail = Mail(tuple(self.receivers), self.encrypted, self.user, b"".join(lines))
            self.server_of_test.mails.append(mail)
        self._say(answer)

    def _rset(self, _: str) -> None:
        self._say("250 ok")

    def _unknown(self, _: str) -> None:
        self._say("502 no")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.server_of_test.certificate is not None
        self.connection = self.server_of_test.certificate.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.encrypted = True


@dataclass
class Webhook(_Server):
    """`statuses` are the next answers; afterwards 200."""

    certificate: Certificate | None = None
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    """Path, headers, and the document of each request that was answered with 2xx."""
    tried: int = 0

    @property
    def url(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.port}/services/T000/B000/webhook-path-canary"

    def session(self) -> Any:
        return _Post


class _Post(BaseHTTPRequestHandler):
    server_of_test: Webhook

    def setup(self) -> None:
        if self.server_of_test.certificate is not None:
            self.request = self.server_of_test.certificate.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_POST(self) -> None:
        owner = self.server_of_test
        owner.tried += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = owner.statuses.pop(0) if owner.statuses else 200
        if 200 <= status < 300:
            owner.requests.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(status)
        self.send_header("Location", f"{owner.url}/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""
