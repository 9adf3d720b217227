"""Whom the new role trusts: the lasting principal behind the credentials at hand; and where secrets never turn up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from pipeline.demo.emulator import HUB_ACCOUNT, Emulator
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.running import Ran, in_a_process

Certify = Callable[..., Ran]


@pytest.fixture
def as_role(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Go on with the session of a role in the hub's account instead of its user's key."""

    def become(name: str = "runner", path: str = "/ci/", policy: list[str] | None = None) -> dict[str, str]:
        allowed = ["sts:AssumeRole"] if policy is None else policy
        arn = aws.account(HUB_ACCOUNT).role(name, path=path, trust_principal=aws.hub_arn, policy=allowed)
        made = boto3.Session().client("sts").assume_role(RoleArn=arn, RoleSessionName="nightly")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", made["SessionToken"])
        return {"arn": arn, "token": made["SessionToken"], "secret": made["SecretAccessKey"]}

    return become


def prepared(certify: Certify, *options: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(certify("connect", "aws", "production", "--json", *options).out)
    return document


def test_a_session_is_traced_to_its_role_and_the_path_it_hides(
    certify: Certify, aws: Emulator, as_role: Callable[..., dict[str, str]]
) -> None:
    arn = as_role(policy=["sts:AssumeRole", "iam:GetRole"])["arn"]
    document = prepared(certify)
    assert arn == f"arn:aws:iam::{HUB_ACCOUNT}:role/ci/runner"
    assert (document["principal"], document["warnings"]) == (arn, [])


def test_a_path_that_cannot_be_told_is_warned_of(certify: Certify, as_role: Callable[..., dict[str, str]]) -> None:
    as_role(policy=["sts:AssumeRole"])
    document = prepared(certify)
    assert document["principal"] == f"arn:aws:iam::{HUB_ACCOUNT}:role/runner"
    [warning] = document["warnings"]  # type: ignore[misc]
    assert "--principal" in warning


def test_a_persons_session_is_warned_of(certify: Certify, as_role: Callable[..., dict[str, str]]) -> None:
    as_role("AWSReservedSSO_Administrator_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/")
    assert any("person" in warning for warning in prepared(certify)["warnings"])  # type: ignore[attr-defined]


def test_a_role_trusts_the_runner_and_the_runner_reads_through_it(
    certify: Certify, home: Home, as_role: Callable[..., dict[str, str]], applied: Callable[..., str]
) -> None:
    as_role(path="/")
    prepared(certify)
    ran = certify("connect", "aws", "production", "--role-arn", applied(), "--json")
    assert json.loads(ran.out)["saved"] is True


def test_no_secret_reaches_a_log_or_a_file_it_does_not_belong_to(
    home: Home, as_role: Callable[..., dict[str, str]], applied: Callable[..., str]
) -> None:
    secrets = as_role(path="/")
    base = ("--home", str(home.root), "connect", "aws", "production", "-vv")
    first = in_a_process(*base)
    waiting = pending.find(home, "production")
    assert waiting is not None
    last = in_a_process(*base, "--role-arn", applied(), "--json")
    assert (first.code, last.code) == (0, 0)
    texts = {"log": first.err + last.err, "answer": last.out}
    texts |= {str(path.relative_to(home.root)): path.read_text() for path in home.root.rglob("*") if path.is_file()}
    assert not [where for where, text in texts.items() if secrets["token"] in text or secrets["secret"] in text]
    meant_to = {"connections.yaml", *(where for where in texts if Path(where).parts[:2] == ("exports", "connect"))}
    assert {where for where, text in texts.items() if waiting.external_id in text} <= meant_to
