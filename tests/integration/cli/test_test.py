"""`certify test` on the sample company's emulated AWS: what it says when all is well, denied, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.connections.yaml_file import update_connection
from pipeline.demo.start import start
from pipeline.home import Home
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    with start(home, datetime.now(UTC)):
        return home


def test_a_role_that_may_read_everything_passes(certify: Certify, home: Home) -> None:
    ran = certify("test", "production")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "production (aws_iam)"
    assert "AWS refuses the role without it and with another one" in ran.out
    assert "25 of 25 actions allowed." in ran.out
    assert ran.err == "Next: certify sync production\n"


def test_denied_actions_are_named_with_what_they_hide_and_the_statement(certify: Certify, home: Home) -> None:
    document = json.loads(certify("test", "data", "--json").out)
    [data] = document["connections"]
    assert data["passed"] is True
    assert {"iam:GetCredentialReport", "iam:GetAccessKeyLastUsed"} <= set(data["denied_actions"])
    assert len(data["not_judged"]) == len(data["denied_actions"]) > 0
    closing = json.loads(data["statement"])["Action"]
    assert {"iam:GetCredentialReport", "iam:GetAccessKeyLastUsed"} <= set(closing) <= set(data["denied_actions"])
    denied = [step for step in data["steps"] if step["outcome"] == "failed"]
    assert all(step["fix"] and step["problem"]["code"] == "read_denied" for step in denied)
    assert document["exit_code"] == 0


def test_one_refused_connection_is_partial_and_all_of_them_is_a_connection_error(certify: Certify, home: Home) -> None:
    update_connection(home, "staging", {"external_id": "cc-not-the-one-it-wants"})
    assert certify("test", "production", "staging").code == 5
    ran = certify("test", "staging")
    assert ran.code == 4
    assert "AccessDenied on AssumeRole" in ran.out
    assert "Next:" not in ran.err


def test_an_unknown_name_is_exit_2_with_the_known_ones(certify: Certify, home: Home) -> None:
    ran = certify("test", "prodction")
    assert (ran.code, ran.out) == (2, "")
    assert "production, staging, data, sso, ldap, people" in ran.err
    assert "did you mean" in ran.err.lower()
