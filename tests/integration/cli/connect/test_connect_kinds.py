"""`certify connect KIND`: the options are the keys of connections.yaml, tested first and saved when it can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.connections.models import KINDS
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.strict_yaml.checking import keys
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]


@pytest.fixture
def roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A roster in the folder the shell stands in, which is not the home."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    path = folder / "hr.csv"
    path.write_text("EmployeeNumber,WorkEmail,Status\n1,ann@example.org,active\n2,bob@example.org,terminated\n")
    monkeypatch.chdir(folder)
    return path


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("aws_")])
def test_help_describes_every_key_of_every_kind(certify: Certify, kind: str) -> None:
    ran = certify("connect", kind, "--help")
    text = " ".join(ran.out.split())
    for key in keys(KINDS[kind]):
        if key.name not in ("name", "kind"):
            assert f"--{key.name.replace('_', '-')}" in text
            assert " ".join(key.description.split()) in text
    assert kind in certify("connect", "--help").out


def test_a_roster_is_read_before_it_is_saved(certify: Certify, home: Home, roster: Path) -> None:
    columns = ["--columns", "employee_id=EmployeeNumber", "--columns", "email=WorkEmail"]
    ran = certify("connect", "file", "people", "--path", "hr.csv", "--authoritative", *columns, "--json")
    document = json.loads(ran.out)
    assert (ran.code, document["saved"]) == (0, True), ran.err
    [connection] = load_connections(home, {})
    assert connection.model_dump(include={"name", "kind", "path", "authoritative", "columns"}) == {
        "name": "people",
        "kind": "file",
        "path": roster,
        "authoritative": True,
        "columns": {"employee_id": "EmployeeNumber", "email": "WorkEmail"},
    }


def test_a_file_below_the_home_is_named_relative_to_it(
    certify: Certify, home: Home, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.ensure()
    roster.rename(home.root / "hr.csv")
    monkeypatch.chdir(home.root)
    assert certify("connect", "file", "people", "--path", "hr.csv", "--columns", "employee_id=EmployeeNumber").code == 0
    assert "path: hr.csv\n" in home.connections_file.read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--path", "hr.doc"], "--path: has an ending nobody here can read"),
        ([], "--path: is missing"),
        (["--path", "hr.csv", "--columns", "badge=Badge"], "--columns.badge: is not a key"),
        (["--path", "hr.csv", "--columns", "email"], "has no = in it"),
        (["--path", "hr.csv", "--separator", "dot"], "--separator: 'dot' is not possible"),
        (["--path", "hr.csv", "--max-size-mb", "0"], "--max-size-mb: is outside"),
    ],
)
def test_options_that_make_no_connection_are_named_and_nothing_is_saved(
    certify: Certify, home: Home, roster: Path, options: list[str], told: str
) -> None:
    ran = certify("connect", "file", "people", *options)
    assert ran.code == 2
    assert told in ran.err
    assert not home.connections_file.exists()


def test_a_file_that_is_not_there_is_not_saved(certify: Certify, home: Home, roster: Path) -> None:
    ran = certify("connect", "file", "people", "--path", "other.csv", "--json")
    assert ran.code != 0
    assert json.loads(ran.out)["saved"] is False
    assert not home.connections_file.exists()


def test_an_unknown_kind_is_a_usage_error(certify: Certify) -> None:
    ran = certify("connect", "ldap3", "people")
    assert ran.code == 2
    assert "ldap3" in ran.err


def test_a_taken_name_is_refused(certify: Certify, home: Home, roster: Path) -> None:
    assert certify("connect", "file", "people", "--path", "hr.csv", "--columns", "employee_id=EmployeeNumber").code == 0
    before = home.connections_file.read_text()
    ran = certify("connect", "file", "people", "--path", "hr.csv", "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["code"]) == (2, "connection_name_taken")
    assert home.connections_file.read_text() == before
