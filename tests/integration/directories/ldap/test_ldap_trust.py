"""The password goes to the right server over TLS, or nowhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pipeline.connections.network import LdapConnection
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.strict_yaml.issues import InvalidFileError
from tests.integration.directories.ldap.breaking import Breaking
from tests.integration.directories.ldap.reading import QUICK, connect, person, read, rows
from tests.integration.directories.ldap.slapd import PASSWORD, Slapd, certificates, slapd


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_both_ways_to_tls_work_with_the_right_authority(server: Slapd, scheme: str) -> None:
    server.add(person("ann"))
    assert len(rows(read(connect(server, url=getattr(server, scheme))))) == 1


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
@pytest.mark.parametrize("authority", ["stranger", "system", "missing"])
def test_a_certificate_nobody_trusts_ends_it_before_the_password(
    server: Slapd, scheme: str, authority: str, tmp_path: Path
) -> None:
    files = {"stranger": certificates().stranger, "system": None, "missing": tmp_path / "none.pem"}
    with Breaking(getattr(server, scheme)) as wire:
        url = f"{scheme}://localhost:{wire.port}"
        snapshot = read(connect(server, url=url, ca_file=files[authority]))
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_untrusted")
        assert PASSWORD.encode() not in wire.sent


def test_a_certificate_for_another_name_is_not_trusted(server: Slapd) -> None:
    snapshot = read(connect(server, url=server.ldaps.replace("localhost", "127.0.0.1")))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_untrusted")


def test_a_server_without_tls_does_not_get_the_password_in_the_clear(tmp_path: Path) -> None:
    (folder := tmp_path / "plain").mkdir()
    with slapd(folder, tls=False) as server, Breaking(server.ldap) as wire:
        snapshot = read(connect(server, url=f"ldap://localhost:{wire.port}"))
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "starttls_refused")
        assert wire.sent
        assert PASSWORD.encode() not in wire.sent


def test_a_wrong_password_is_told_without_showing_it(server: Slapd) -> None:
    snapshot = read(connect(server, bind_password=SecretStr("not-the-password")))
    [problem] = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "directory_login_refused")
    assert "not-the-password" not in str(problem)


def test_nobody_there_is_told(server: Slapd) -> None:
    snapshot = read(connect(server, url="ldaps://localhost:1"))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_unreachable")


def test_a_connection_that_breaks_now_and_then_changes_nothing(server: Slapd) -> None:
    server.add("".join(person(f"user{n}") for n in range(40)))
    whole = read(connect(server))
    with Breaking(server.ldap, break_after=[1500, 2600, 4200]) as wire:
        snapshot = read(connect(server, url=f"ldap://localhost:{wire.port}", page_size=4))
    assert wire.broken == 3
    assert snapshot.tables == whole.tables
    assert snapshot.retries == 3


def test_a_connection_that_always_breaks_is_a_failed_attempt(server: Slapd) -> None:
    server.add("".join(person(f"user{n}") for n in range(40)))
    with Breaking(server.ldap, break_after=[4000] * 100) as wire:
        snapshot = read(connect(server, url=f"ldap://localhost:{wire.port}", page_size=1))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_read_failed")
    assert not snapshot.tables


def test_no_password_is_logged_even_at_debug(server: Slapd, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.add(person("ann"))
    connection = connect(server)
    read(connection)
    list(QUICK.test(connection))
    assert PASSWORD not in caplog.text + repr(connection) + str(connection)


def test_the_steps_of_a_test_end_at_the_first_that_fails(server: Slapd) -> None:
    server.add(person("ann"))
    assert [step.outcome for step in QUICK.test(connect(server))] == ["ok"] * 4
    steps = list(QUICK.test(connect(server, bind_password=SecretStr("no"))))
    assert [step.outcome for step in steps] == ["failed", "not_tried", "not_tried", "not_tried"]
    assert steps[0].fix


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "http://localhost"},
        {"url": "ldap://user:pw@localhost"},
        {"url": "ldap://localhost/dc=x??sub"},
        {"bind_password": None},
        {"bind_password": SecretStr("")},
        {"bind_password_file": Path("also")},
        {"base_dn": " "},
        {"user_filter": "objectClass=*"},
        {"columns": {"email": "mail)(x=*"}},
        {"page_size": 0},
    ],
)
def test_keys_that_cannot_work_are_refused(server: Slapd, keys: dict[str, object]) -> None:
    good = connect(server)
    with pytest.raises(ValidationError):
        LdapConnection(**{**dict(good), **keys})


def test_a_password_may_not_stand_in_the_file(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.ensure()
    keys = "name: corp, kind: ldap, url: 'ldaps://h', base_dn: dc=x, bind_dn: cn=r, bind_password: '{}'"
    text = f"connections: [{{{{{keys}}}}}]\n"
    home.connections_file.write_text(text.format("hunter2hunter2"))
    with pytest.raises(InvalidFileError) as refusal:
        load_connections(home, {})
    assert "is a secret" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    home.connections_file.write_text(text.format("${LDAP_PASSWORD}"))
    [connection] = load_connections(home, {"LDAP_PASSWORD": "hunter2hunter2"})
    assert isinstance(connection, LdapConnection)
    assert connection.bind_password == SecretStr("hunter2hunter2")
