"""The token goes to the service that was named over TLS, or nowhere."""

from __future__ import annotations

import logging
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr, ValidationError

from pipeline.connections.network import ScimConnection
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.strict_yaml.issues import InvalidFileError
from tests.integration.directories.ldap.slapd import certificates
from tests.integration.directories.scim.reading import connect, quick, read, rows
from tests.integration.directories.scim.service import CLIENT, SECRET, TOKEN, Service

OAUTH = {"token": None, "client_id": CLIENT, "client_secret": SecretStr(SECRET)}


def test_client_credentials_give_a_token_and_a_new_one_when_it_is_worn_out(service: Service) -> None:
    service.user("ann")
    connection = connect(service, token_url=service.token_url, scope="scim.read", **OAUTH)
    expired: list[bool] = []

    def expire(path: str, query: dict[str, list[str]]) -> None:
        if path.endswith("Groups") and not expired:
            expired.append(True)
            service.tokens.intersection_update({TOKEN})

    service.faults.answers.append(expire)
    snapshot = read(connection)
    assert len(rows(snapshot)) == 1
    assert service.issued == 2
    assert [step.outcome for step in quick().test(connection)] == ["ok", "ok", "ok"]


@pytest.mark.parametrize("how", ["token", "client"])
def test_a_refused_login_is_told_without_showing_it(service: Service, how: str) -> None:
    wrong = SecretStr("wrong-secret-000")
    keys = {"token": wrong} if how == "token" else {**OAUTH, "client_secret": wrong, "token_url": service.token_url}
    snapshot = read(connect(service, **keys))
    [problem] = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "directory_login_refused")
    assert "wrong-secret-000" not in str(problem)


def test_a_token_of_two_lines_is_refused_and_shown_nowhere(service: Service, tmp_path: Path) -> None:
    """urllib3 refuses such a header with a message that shows all of it; that message went everywhere."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\nsecond-line-of-it\n")
    snapshot = read(connect(service, token=None, token_file=file))
    [problem] = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "secret_unreadable")
    assert "a line break inside the secret" in problem.message
    for shown in (str(problem), repr(snapshot)):
        assert TOKEN not in shown
        assert "second-line-of-it" not in shown
    assert not service.requests


def test_a_redirect_to_another_host_is_not_followed(service: Service) -> None:
    service.user("ann")
    with Service() as other:
        target = f"{other.url}/Users"
        service.faults.answers.append(lambda _path, _query: (302, {"Location": target}, b""))
        snapshot = read(connect(service))
        assert (snapshot.status, snapshot.problems[0].error_code) == ("failed", "Redirect")
        assert not other.requests


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_redirect_to_a_port_that_does_not_exist_is_a_failed_read(service: Service, port: str) -> None:
    service.faults.answers.append(lambda _path, _query: (302, {"Location": f"http://127.0.0.1:{port}/Users"}, b""))
    snapshot = read(connect(service))
    assert (snapshot.status, snapshot.problems[0].error_code) == ("failed", "Redirect")


def test_a_redirect_within_the_service_is_followed(service: Service) -> None:
    service.user("ann")
    service.faults.answers.append(
        lambda path, _query: (
            None if path.endswith(".scim") else (308, {"Location": f"{path}.scim?startIndex=1&count=100"}, b"")
        )
    )
    assert len(rows(read(connect(service)))) == 1


class _Eavesdropper(BaseHTTPRequestHandler):
    heard: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        self.heard.append(self.headers.get("Authorization"))
        body = b'{"totalResults": 0, "Resources": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize(("authority", "trusted"), [("authority", True), ("stranger", False), (None, False)])
def test_only_a_certificate_of_the_named_authority_is_trusted(authority: str | None, trusted: bool) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Eavesdropper)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates().server, certificates().key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    _Eavesdropper.heard = []
    try:
        url = f"https://localhost:{server.server_address[1]}/scim"
        file = getattr(certificates(), authority) if authority else None
        snapshot = read(ScimConnection(name="okta", url=url, token=SecretStr(TOKEN), ca_file=file))
    finally:
        server.shutdown()
        server.server_close()
    if trusted:
        assert snapshot.status == "complete"
        assert _Eavesdropper.heard[0] == f"Bearer {TOKEN}"
    else:
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_untrusted")
        assert _Eavesdropper.heard == []


def test_no_secret_is_logged_even_at_debug(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connection = connect(service, token_url=service.token_url, **OAUTH)
    service.user("ann")
    read(connection)
    list(quick().test(connection))
    said = caplog.text + repr(connection)
    assert not [secret for secret in (SECRET, "issued-token-1-of-the-service", TOKEN) if secret in said]


def test_the_steps_of_a_test_end_at_the_first_that_fails(service: Service) -> None:
    service.user("ann")
    assert [step.outcome for step in quick().test(connect(service))] == ["ok", "ok", "ok"]
    steps = list(quick().test(connect(service, token=SecretStr("no-such-token"))))
    assert [step.outcome for step in steps] == ["ok", "failed", "not_tried"]
    assert steps[1].fix


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "http://example.org/scim"},
        {"url": "ftp://localhost/scim"},
        {"url": "https://example.org/scim?x=1"},
        {"url": "https://user:pw@example.org/scim"},
        {"token": None},
        {"token": SecretStr("")},
        {"token_file": Path("also")},
        {"client_id": "certify"},
        {"token_url": "https://example.org/token"},
        {"page_size": 0},
    ],
)
def test_keys_that_cannot_work_are_refused(keys: dict[str, object]) -> None:
    good = {"name": "okta", "url": "https://example.org/scim", "token": SecretStr(TOKEN)}
    ScimConnection(**good)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        ScimConnection(**{**good, **keys})  # type: ignore[arg-type]


def test_a_token_may_not_stand_in_the_file_but_in_one_beside_it(tmp_path: Path, service: Service) -> None:
    home = Home(tmp_path / "home")
    home.ensure()
    text = f"connections: [{{name: okta, kind: scim, url: '{service.url}', KEY}}]\n"
    home.connections_file.write_text(text.replace("KEY", f"token: {TOKEN}"))
    with pytest.raises(InvalidFileError) as refusal:
        load_connections(home, {})
    assert "is a secret" in str(refusal.value)
    assert TOKEN not in str(refusal.value)
    home.connections_file.write_text(text.replace("KEY", "token_file: okta.token"))
    [connection] = load_connections(home, {})
    assert isinstance(connection, ScimConnection)
    assert read(connection).problems[0].code == "secret_unreadable"
    (home.root / "okta.token").write_text(TOKEN + "\n")
    service.user("ann")
    assert len(rows(read(connection))) == 1
