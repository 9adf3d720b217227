"""Becoming the role: what is sent, what is checked, and what each way of failing tells the user."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.aws import source_session
from pipeline.aws.role_session import RoleSession, role_of, session_name
from pipeline.aws.source_session import PATIENT
from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import HUB_ACCOUNT, EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS, READ_LIST, READ_ONLY_SESSION_POLICY
from pipeline.directories.aws_iam.reader import AWS_IAM
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import NOW, complete, connect, outcomes, read
from tests.integration.directories.aws_iam.tampering import tampered

ROLE = "arn:aws:iam::111122223333:role/CertificationCenterReadOnly"


def pointing_to(role_arn: str, external_id: str = "cc-whatever") -> AwsIamConnection:
    """A connection nobody has checked."""
    return AwsIamConnection.model_construct(
        name="production", kind="aws_iam", role_arn=role_arn, external_id=SecretStr(external_id)
    )


@pytest.mark.promise("P16")
def test_every_assume_role_carries_the_external_id_and_the_read_only_policy(
    aws: Emulator, account: EmulatedAccount
) -> None:
    full_account(account)
    complete(read(connect(aws, account)))
    (assumed,) = aws.log.matching("sts:AssumeRole")
    assert assumed.has_external_id
    assert assumed.session_policy == READ_ONLY_SESSION_POLICY
    assert assumed.params["RoleSessionName"] == "certify-test-run"
    assert 1800 <= int(assumed.params["DurationSeconds"]) <= 3600


def test_the_session_policy_is_the_read_list_and_fits() -> None:
    assert len(READ_ONLY_SESSION_POLICY) <= 2048
    (statement,) = json.loads(READ_ONLY_SESSION_POLICY)["Statement"]
    assert statement == {"Effect": "Allow", "Action": sorted(READ_ACTIONS), "Resource": "*"}
    assert all(re.fullmatch(r"iam:(Get|List|Generate)\w+", action) for action in READ_ACTIONS)


@pytest.mark.parametrize("run_id", ["", "a", "2026-06-15T12:00:00Z/übung #7", "x" * 200])
def test_a_session_is_named_after_its_run_in_aws_alphabet(run_id: str) -> None:
    assert re.fullmatch(r"certify-[A-Za-z0-9_+=,.@-]*", session_name(run_id))
    assert 2 <= len(session_name(run_id)) <= 64


def test_a_wrong_external_id_says_what_to_compare(aws: Emulator, account: EmulatedAccount) -> None:
    connection = connect(aws, account, external_id="cc-another")
    snapshot = read(connection)
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code, problem.error_code) == ("failed", "assume_role_denied", "AccessDenied")
    assert problem.message.startswith("AccessDenied on AssumeRole: the trust policy's principal or external ID")
    assert connection.role_arn in problem.message
    assert f"compare Principal with {aws.hub_arn}" in problem.remedy
    assert "external_id of 'production'" in problem.remedy
    assert connection.external_id.get_secret_value() not in str(problem)


def test_a_stranger_to_the_trust_policy_and_an_absent_role_look_alike(aws: Emulator, account: EmulatedAccount) -> None:
    strangers = connect(aws, account, trust_principal="arn:aws:iam::444455556666:role/Other")
    for connection in (strangers, pointing_to(f"{ROLE}-not-there")):
        snapshot = read(connection)
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "assume_role_denied")
        assert dict(snapshot.tables) == {}
        assert set(outcomes(snapshot).values()) == {"not_tried"}


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("", "is empty"),
        ("CertificationCenterReadOnly", "is not an ARN"),
        ("arn:aws:iam::111122223333:user/alice", "is the ARN of a user"),
        ("arn:aws:sts::111122223333:assumed-role/R/s", "use the role itself: arn:aws:iam::111122223333:role/R"),
        ("arn:aws:iam::111122223333:root", "root user"),
        ("arn:aws:iam::1111:role/R", "12 digits"),
        ("arn:aws-mars:iam::111122223333:role/R", "names partition aws-mars, which AWS does not have"),
    ],
)
def test_a_malformed_arn_is_named_and_nothing_is_sent(aws: Emulator, arn: str, reason: str) -> None:
    snapshot = read(pointing_to(arn))
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "invalid_role_arn")
    assert problem.message.startswith("Invalid role ARN")
    assert reason in problem.message
    assert "IAM > Roles" in problem.remedy
    assert aws.log.count() == 0


@pytest.mark.parametrize("external_id", ["", "a", "has blanks", "x" * 1225])
def test_an_external_id_aws_would_not_take_is_not_sent(aws: Emulator, external_id: str) -> None:
    snapshot = read(pointing_to(ROLE, external_id))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "external_id_unusable")
    assert aws.log.count() == 0


def test_no_credentials_at_all_is_said_so(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "no_aws_credentials")
    assert "AWS_PROFILE" in snapshot.problems[0].remedy


def test_a_profile_that_is_not_there_is_said_so(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "no_aws_credentials")
    assert "nobody" in snapshot.problems[0].message


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_credentials_aws_does_not_know_are_said_so(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "AKIAIOSFODNN7EXAMPLE")
    snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "aws_credentials_rejected")
    assert snapshot.problems[0].error_code in ("InvalidClientTokenId", "SignatureDoesNotMatch")


def test_an_endpoint_nobody_listens_at_is_said_so(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "aws_unreachable")
    assert "127.0.0.1:9" in snapshot.problems[0].message


def test_a_role_that_leads_to_another_account_is_not_read(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    elsewhere = lambda action, body: body.replace(b"111122223333", b"999988887777") if "Identity" in action else body  # noqa: E731
    with tampered(aws.endpoint_url, elsewhere) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "wrong_account")
    assert "account 111122223333 was not read" in snapshot.problems[0].remedy
    assert not [call for call in aws.log if call.service == "iam"]


@pytest.mark.promise("P32")
def test_an_empty_account_is_a_complete_snapshot_that_says_no_users(aws: Emulator, account: EmulatedAccount) -> None:
    snapshot = complete(read(connect(aws, account)))
    (problem,) = snapshot.problems
    assert problem.message.startswith("No users returned: account 111122223333 answered")
    assert snapshot.tables["users"].num_rows == 0
    assert set(snapshot.tables) == set(AWS_IAM.tables)


@pytest.mark.parametrize(
    ("partition", "configured", "region"),
    [
        ("aws", None, "us-east-1"),
        ("aws", "eu-west-1", "eu-west-1"),
        ("aws-cn", "eu-west-1", "cn-north-1"),
        ("aws-cn", "cn-northwest-1", "cn-northwest-1"),
        ("aws-us-gov", None, "us-gov-west-1"),
        ("aws-eusc", None, "eusc-de-east-1"),
    ],
)
@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_one_of_the_roles_partition(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, partition: str, configured: str | None, region: str, variable: str
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    if configured:
        monkeypatch.setenv(variable, configured)
    assert source_session.region_for(source_session.new_session(), partition) == region


@pytest.mark.parametrize(
    ("partition", "iam", "sts"),
    [
        ("aws", "https://iam.amazonaws.com", "https://sts.us-east-1.amazonaws.com"),
        ("aws-us-gov", "https://iam.us-gov.amazonaws.com", "https://sts.us-gov-west-1.amazonaws.com"),
        ("aws-cn", "https://iam.cn-north-1.amazonaws.com.cn", "https://sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_each_partition_has_its_endpoints_and_sts_is_regional(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, partition: str, iam: str, sts: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    session = session_for(f"arn:{partition}:iam::111122223333:role/R")
    assert session.clients["iam"].meta.endpoint_url == iam
    assert session.hub.sts.meta.endpoint_url == sts
    assert session.endpoint is None, "AWS's own"


def test_an_account_of_another_partition_is_read(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    account = aws.account("111122223333", partition="aws-us-gov")
    account.user("alice")
    snapshot = complete(read(connect(aws, account)))
    assert snapshot.tables["account"].to_pylist()[0]["partition"] == "aws-us-gov"
    assert snapshot.tables["users"].to_pylist()[0]["arn"] == "arn:aws-us-gov:iam::111122223333:user/alice"


def session_for(role_arn: str) -> RoleSession:
    return RoleSession(role_of(pointing_to(role_arn), "run", READ_LIST), READ_LIST.recorder(), patience=PATIENT)


def test_clients_are_patient(aws: Emulator) -> None:
    config: Any = session_for(ROLE).clients["iam"].meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 10}
    assert (config.connect_timeout, config.read_timeout) == (5, 30)


def test_connections_share_the_connectors_side_until_its_environment_changes(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = session_for(ROLE), session_for(ROLE)
    assert first.hub is second.hub
    assert first.clients is not second.clients
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    assert session_for(ROLE).hub is not first.hub


def test_threads_of_a_read_assume_the_role_once(aws: Emulator, account: EmulatedAccount) -> None:
    for number in range(30):
        account.user(f"user-{number}")
    aws.faults.deny("iam:GetAccountAuthorizationDetails")
    aws.faults.deny("iam:GenerateCredentialReport")
    snapshot = AWS_IAM.read(connect(aws, account), as_of=NOW, run_id="r")
    assert complete(snapshot).calls == aws.log.count()
    assert aws.log.count("sts:AssumeRole") == 1


def test_the_connector_may_itself_come_by_a_profile_that_assumes_a_role(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full_account(account)
    hub_account = aws.account(HUB_ACCOUNT)
    chained = hub_account.role("Chained", trust_principal=aws.hub_arn, policy=["sts:AssumeRole"])
    keys = aws.environment()
    config = tmp_path / "config"
    config.write_text(
        f"[profile keys]\naws_access_key_id={keys['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key={keys['AWS_SECRET_ACCESS_KEY']}\n"
        f"[profile chained]\nrole_arn={chained}\nsource_profile=keys\nregion=eu-west-1\n"
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "chained")
    complete(read(connect(aws, account, trust_principal=chained)))
    stranger = read(connect(aws, account))
    assert f"compare Principal with {chained}" in stranger.problems[0].remedy
