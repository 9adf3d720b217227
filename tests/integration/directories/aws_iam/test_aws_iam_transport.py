"""The way to AWS: one set of connections for all accounts, checked certificates, proxies, nothing left open."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.aws.role_session import RoleSession, role_of
from pipeline.aws.source_session import PATIENT
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.demo.emulator.server import _HTTPServer
from pipeline.directories.aws_iam.actions import READ_LIST
from tests.integration.directories.aws_iam.reading import complete, connect, read

THREADS = 4
REJECTED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error>"
    b"</ErrorResponse>"
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections that were ever made to an emulated AWS."""
    found: list[object] = []
    accept = _HTTPServer.process_request

    def counting(self: Any, request: Any, client_address: object) -> None:
        found.append(client_address)
        accept(self, request, client_address)

    monkeypatch.setattr("pipeline.demo.emulator.server._HTTPServer.process_request", counting)
    return found


def held_open(aws: Emulator) -> int:
    """The connections this process still has to the emulated AWS."""
    port = urlsplit(aws.endpoint_url).port
    return sum(bool(each.raddr) and each.raddr.port == port for each in psutil.Process().net_connections("tcp"))


def populated(aws: Emulator, account_id: str) -> EmulatedAccount:
    account = aws.account(account_id)
    for number in range(10):
        account.key(account.user(f"user-{number}"))
    return account


def test_accounts_read_side_by_side_share_their_connections(aws: Emulator, opened: list[object]) -> None:
    connections = [connect(aws, populated(aws, f"{number}" * 12)) for number in range(1, 6)]
    other = RoleSession(role_of(connections[0], "other", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    for connection in connections:
        complete(read(connection, threads=THREADS))
    other.close()
    assert aws.log.count("iam:ListAccessKeys") == 50
    assert len(opened) <= THREADS + 1


def test_nothing_is_left_open_when_the_last_read_is_over(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice")
    connection = connect(aws, account)
    other = RoleSession(role_of(connection, "other", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    complete(read(connection))
    assert held_open(aws) > 0
    other.close()
    assert held_open(aws) == 0
    complete(read(connection))
    assert held_open(aws) == 0


def test_a_call_is_not_held_back_until_its_headers_were_confirmed(aws: Emulator, account: EmulatedAccount) -> None:
    connection = connect(aws, account)
    other = RoleSession(role_of(connection, "other", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    complete(read(connection))
    server = ("127.0.0.1", urlsplit(aws.endpoint_url).port)
    sockets = [each for each in gc.get_objects() if type(each) is socket.socket and each.fileno() >= 0]
    ours = [each for each in sockets if each.type == socket.SOCK_STREAM and _peer(each) == server]
    assert len(ours) > 0
    assert all(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in ours)
    other.close()


def test_a_call_is_sent_only_when_its_client_has_waited_for_its_turn(aws: Emulator, account: EmulatedAccount) -> None:
    session = RoleSession(role_of(connect(aws, account), "run", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    session.clients["iam"].list_users()
    for client in (session.clients["iam"], session.hub.sts):
        answered: list[int] = []
        client.meta.events.register("before-send", lambda answered=answered, **_: answered.append(aws.log.count()))
        before = aws.log.count()
        (client.list_users if client is session.clients["iam"] else client.get_caller_identity)()
        assert (answered, aws.log.count()) == ([before], before + 1)
    session.close()


def _peer(each: socket.socket) -> object:
    try:
        return each.getpeername()
    except OSError:  # it listens
        return None


def test_a_connection_the_other_side_closed_is_replaced(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice")
    connection = connect(aws, account)
    other = RoleSession(role_of(connection, "other", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    complete(read(connection))
    aws._server._http.hang_up()
    complete(read(connection))
    other.close()


def test_a_proxy_of_the_environment_is_used(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.invalid")
    assert read(connect(aws, account)).problems[0].code == "aws_unreachable"
    monkeypatch.setenv("HTTP_PROXY", aws.endpoint_url)
    read(connect(aws, account))
    assert aws.log.count("sts:AssumeRole") == 1


def test_a_proxy_is_not_shown_what_goes_to_an_emulator_on_this_machine(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.user("alice")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    complete(read(connect(aws, account)))


def test_a_certificate_nobody_vouches_for_is_refused(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundles = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
    for name in bundles:
        monkeypatch.delenv(name, raising=False)
    with https_server(tmp_path) as (url, bundle):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        (refused,) = read(connect(aws, account)).problems
        assert (refused.code, refused.error_code) == ("aws_unreachable", "SSLError")
        for name in bundles:
            with monkeypatch.context() as within:
                within.setenv(name, str(bundle))
                (reached,) = read(connect(aws, account)).problems
            assert (reached.code, reached.error_code) == ("aws_credentials_rejected", "InvalidClientTokenId")


@contextmanager
def https_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """A server that knows nobody, and the certificate it vouches for itself with."""
    certificate = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rejecting)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Rejecting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(403)
        self.send_header("Content-Length", str(len(REJECTED)))
        self.end_headers()
        self.wfile.write(REJECTED)

    def handle(self) -> None:
        try:
            super().handle()
        except (ssl.SSLError, ConnectionError):  # who refused the certificate hangs up
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


def self_signed(folder: Path) -> Path:
    """Key and certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    file.chmod(0o600)
    return file
