"""`certify connect rotate-external-id`: two runs, a trust policy in between, and never a failing sync."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.connections.yaml_file import load_connections
from pipeline.demo.emulator import Emulator
from pipeline.directories.registry import directory_for
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]
ROTATE = ("connect", "rotate-external-id", "production", "--json")


@pytest.fixture
def connected(certify: Certify, applied: Callable[..., str]) -> str:
    """The external ID that `production` was connected with."""
    certify("connect", "aws", "production", "--organization-id", "o-certify0001")
    assert certify("connect", "aws", "production", "--role-arn", applied()).code == 0
    return revealed(certify)


def revealed(certify: Certify) -> str:
    return str(
        json.loads(certify("connect", "show", "production", "--reveal", "--json").out)["connection"]["external_id"]
    )


def trusted(home: Home) -> dict[str, object]:
    policy = json.loads((home.exports / "connect" / "production" / "trust-policy.json").read_text())
    condition: dict[str, object] = policy["Statement"][0]["Condition"]["StringEquals"]
    return condition


def readable(home: Home) -> bool:
    [connection] = load_connections(home, {})
    return all(step.outcome != "failed" for step in directory_for("aws_iam").test(connection) if step.required)


def test_two_runs_replace_it_and_the_connection_works_in_between(
    certify: Certify, home: Home, connected: str, applied: Callable[..., str]
) -> None:
    first = json.loads(certify(*ROTATE).out)
    assert (first["exit_code"], first["switched"]) == (0, False)
    assert readable(home)
    old, new = trusted(home)["sts:ExternalId"]  # type: ignore[misc]
    assert (old, revealed(certify)) == (connected, connected)
    applied()
    assert readable(home)
    second = json.loads(certify(*ROTATE).out)
    assert (second["exit_code"], second["switched"]) == (0, True)
    assert readable(home)
    assert revealed(certify) == new != connected
    assert trusted(home)["sts:ExternalId"] == new
    applied()
    assert readable(home)
    assert pending.every(home) == []


def test_a_role_that_does_not_accept_the_next_one_yet_changes_nothing(
    certify: Certify, home: Home, connected: str
) -> None:
    certify(*ROTATE)
    waiting, before = pending.every(home), home.connections_file.read_text()
    ran = certify(*ROTATE)
    document = json.loads(ran.out)
    assert (ran.code, document["problems"][0]["code"]) == (4, "assume_role_denied")
    assert pending.every(home) == waiting
    assert home.connections_file.read_text() == before
    assert readable(home)


def test_whoever_rotates_the_trust_stays_with_the_same_principal_and_organization(
    certify: Certify, home: Home, aws: Emulator, connected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = aws.account("999900001111").user("somebody-else")
    key = aws.account("999900001111").key(somebody)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret)
    certify(*ROTATE)
    policy = json.loads((home.exports / "connect" / "production" / "trust-policy.json").read_text())
    assert policy["Statement"][0]["Principal"] == {"AWS": aws.hub_arn}
    assert trusted(home)["aws:PrincipalOrgID"] == "o-certify0001"


def test_a_connection_that_is_rotating_says_so_and_is_removed_with_its_next_external_id(
    certify: Certify, home: Home, connected: str
) -> None:
    certify(*ROTATE)
    shown = json.loads(certify("connect", "show", "production", "--json").out)["connection"]
    assert shown["state"] == "rotating"
    assert shown["next_external_id"].endswith("…")
    certify("connect", "remove", "production", "--yes")
    assert (pending.every(home), load_connections(home, {})) == ([], [])


def test_an_external_id_from_the_environment_is_left_to_its_owner(
    certify: Certify, home: Home, connected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRODUCTION_EXTERNAL_ID", connected)
    text = home.connections_file.read_text().replace(connected, "${PRODUCTION_EXTERNAL_ID}")
    home.connections_file.write_text(text)
    ran = certify(*ROTATE)
    assert (ran.code, json.loads(ran.out)["problems"][0]["code"]) == (2, "external_id_elsewhere")
    assert home.connections_file.read_text() == text


def test_only_roles_have_external_ids_and_unknown_names_are_named(certify: Certify, home: Home, aws: Emulator) -> None:
    home.ensure()
    (home.root / "hr.csv").write_text("id\n1\n")
    home.connections_file.write_text("connections:\n  - {name: people, kind: file, path: hr.csv}\n")
    ran = certify("connect", "rotate-external-id", "people", "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["code"]) == (2, "no_external_id")
    ran = certify(*ROTATE)
    assert (ran.code, json.loads(ran.out)["problems"][0]["code"]) == (2, "unknown_connection")
    assert "people" in json.loads(ran.out)["problems"][0]["message"]
