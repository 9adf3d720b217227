"""Who may assume a role: within one account and across accounts, the answers AWS gives."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import HUB_ACCOUNT, Emulator, trust_policy
from tests.integration.demo.emulating import ACCOUNT, EXTERNAL_ID, assume, client

STRANGER = "arn:aws:iam::444455556666:user/mallory"
PLACES = pytest.mark.parametrize("account_id", [ACCOUNT, HUB_ACCOUNT], ids=["cross-account", "same-account"])


def _role(aws: Emulator, account_id: str, trust: dict[str, Any] | None = None) -> str:
    return aws.account(account_id).role("Reader", trust=trust or trust_policy(aws.hub_arn, EXTERNAL_ID))


def _refusal(aws: Emulator, role_arn: str, **options: Any) -> str:
    with pytest.raises(ClientError) as refused:
        assume(aws, role_arn, **options)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(refused.value.response["Error"]["Message"])


@PLACES
def test_the_right_external_id_opens_a_session_of_that_account(aws: Emulator, account_id: str) -> None:
    session = assume(aws, _role(aws, account_id))
    identity = client(aws, "sts", **session).get_caller_identity()
    assert identity["Account"] == account_id
    assert identity["Arn"] == f"arn:aws:sts::{account_id}:assumed-role/Reader/test-session"
    assert identity["UserId"].startswith("AROA")
    assert identity["UserId"].endswith(":test-session")


@PLACES
def test_a_wrong_external_id_is_refused_in_aws_words(aws: Emulator, account_id: str) -> None:
    arn = _role(aws, account_id)
    assert _refusal(aws, arn, ExternalId="cc-wrong") == (
        f"User: {aws.hub_arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    )


@PLACES
def test_a_missing_external_id_is_refused(aws: Emulator, account_id: str) -> None:
    _refusal(aws, _role(aws, account_id), ExternalId=None)


@PLACES
def test_the_account_root_as_principal_trusts_whom_the_account_lets(aws: Emulator, account_id: str) -> None:
    assume(aws, _role(aws, account_id, trust_policy(f"arn:aws:iam::{HUB_ACCOUNT}:root", EXTERNAL_ID)))


@PLACES
def test_a_stranger_as_principal_is_refused(aws: Emulator, account_id: str) -> None:
    _refusal(aws, _role(aws, account_id, trust_policy(STRANGER, EXTERNAL_ID)))


@PLACES
def test_a_missing_role_is_refused_exactly_like_a_role_that_does_not_trust(aws: Emulator, account_id: str) -> None:
    aws.account(account_id)
    arn = f"arn:aws:iam::{account_id}:role/Nobody"
    assert _refusal(aws, arn).endswith(f"sts:AssumeRole on resource: {arn}")


def test_a_role_of_an_unknown_account_is_refused(aws: Emulator) -> None:
    _refusal(aws, "arn:aws:iam::000000000000:role/Reader")


def test_a_role_is_found_only_under_its_whole_path(aws: Emulator) -> None:
    arn = aws.account(ACCOUNT).role("Reader", path="/audit/", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    assert arn == f"arn:aws:iam::{ACCOUNT}:role/audit/Reader"
    identity = client(aws, "sts", **assume(aws, arn)).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/test-session"
    _refusal(aws, f"arn:aws:iam::{ACCOUNT}:role/Reader")


@pytest.mark.parametrize("principal", ["*", HUB_ACCOUNT, [STRANGER, HUB_ACCOUNT]])
def test_everybody_and_a_bare_account_id_are_principals(aws: Emulator, principal: Any) -> None:
    assume(aws, _role(aws, ACCOUNT, trust_policy(principal, EXTERNAL_ID)))


def test_a_partial_wildcard_is_no_principal(aws: Emulator) -> None:
    _refusal(aws, _role(aws, ACCOUNT, trust_policy(f"arn:aws:iam::{HUB_ACCOUNT}:user/*", EXTERNAL_ID)))


def test_a_trust_without_external_id_lets_any_external_id_in(aws: Emulator) -> None:
    arn = _role(aws, ACCOUNT, trust_policy(aws.hub_arn))
    assume(aws, arn, ExternalId=None)
    assume(aws, arn, ExternalId="anything")


def _conditioned(principal: str, **condition: Any) -> dict[str, Any]:
    policy = trust_policy(principal)
    policy["Statement"][0]["Condition"] = condition
    return policy


def test_a_pattern_of_external_ids_is_matched(aws: Emulator) -> None:
    arn = _role(aws, ACCOUNT, _conditioned(aws.hub_arn, StringLike={"sts:ExternalId": ["cc-*", "other"]}))
    assume(aws, arn, ExternalId="cc-anything")
    _refusal(aws, arn, ExternalId="dd-anything")


def test_the_organization_of_the_caller_is_a_condition(aws: Emulator) -> None:
    assume(aws, _role(aws, ACCOUNT, _conditioned("*", StringEquals={"aws:PrincipalOrgID": aws.organization_id})))
    other = aws.account("444455556666").role("R", trust=_conditioned("*", StringEquals={"aws:PrincipalOrgID": "o-x"}))
    _refusal(aws, other)


def test_a_caller_outside_the_organization_has_no_organization(aws: Emulator) -> None:
    arn = _role(aws, ACCOUNT, _conditioned("*", StringEquals={"aws:PrincipalOrgID": aws.organization_id}))
    outside = aws.account("777788889999", in_organization=False)
    user = outside.user("eve")
    outside.inline_policy(user, "p", ["sts:AssumeRole"])
    key = outside.key(user)
    sts = client(aws, "sts", key=key.access_key_id, secret=key.secret)
    _refusal(aws, arn, sts=sts)


def test_a_condition_nobody_here_can_judge_allows_nothing(aws: Emulator) -> None:
    _refusal(aws, _role(aws, ACCOUNT, _conditioned(aws.hub_arn, IpAddress={"aws:SourceIp": "127.0.0.0/8"})))


def test_an_explicit_deny_beats_an_allow(aws: Emulator) -> None:
    policy = trust_policy(aws.hub_arn)
    policy["Statement"].append({"Effect": "Deny", "Principal": {"AWS": aws.hub_arn}, "Action": "sts:*"})
    _refusal(aws, _role(aws, ACCOUNT, policy))


def test_across_accounts_the_caller_needs_a_policy_of_its_own_too(aws: Emulator) -> None:
    other = aws.account("777788889999")
    user = other.user("bob")
    key = other.key(user)
    sts = client(aws, "sts", key=key.access_key_id, secret=key.secret)
    arn = _role(aws, ACCOUNT, trust_policy(user.arn, EXTERNAL_ID))
    _refusal(aws, arn, sts=sts)
    other.inline_policy(user, "p", {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn}})
    assume(aws, arn, sts=sts)


def test_within_one_account_a_role_that_names_the_user_is_enough(aws: Emulator) -> None:
    account = aws.account(ACCOUNT)
    user = account.user("bob")
    key = account.key(user)
    sts = client(aws, "sts", key=key.access_key_id, secret=key.secret)
    assume(aws, account.role("Named", trust=trust_policy(user.arn, EXTERNAL_ID)), sts=sts)
    delegated = account.role("Delegated", trust=trust_policy(f"arn:aws:iam::{ACCOUNT}:root", EXTERNAL_ID))
    _refusal(aws, delegated, sts=sts)


def test_roles_chain_for_one_hour_at_most(aws: Emulator) -> None:
    hop = aws.account("444455556666").role("Hop", trust=trust_policy(aws.hub_arn), policy=["sts:AssumeRole"])
    target = aws.account(ACCOUNT).role("Target", trust=trust_policy(hop, EXTERNAL_ID), max_session=43200)
    sts = client(aws, "sts", **assume(aws, hop, ExternalId=None))
    with pytest.raises(ClientError, match="role chaining"):
        assume(aws, target, sts=sts, DurationSeconds=7200)
    assume(aws, target, sts=sts, DurationSeconds=3600)
    _refusal(aws, target)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_are_served_by_the_arn(aws: Emulator, partition: str) -> None:
    account = aws.account(ACCOUNT, partition=partition)
    arn = account.role("Reader", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    account.user("li")
    session = assume(aws, arn)
    assert client(aws, "sts", **session).get_caller_identity()["Arn"].startswith(f"arn:{partition}:sts::{ACCOUNT}:")
    users = client(aws, "iam", **session).list_users()["Users"]
    assert [user["Arn"] for user in users] == [f"arn:{partition}:iam::{ACCOUNT}:user/li"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"RoleSessionName": "a b"}, "roleSessionName"),
        ({"RoleSessionName": "x" * 65}, "roleSessionName"),
        ({"ExternalId": "a b!"}, "externalId"),
        ({"DurationSeconds": 899}, "durationSeconds"),
        ({"DurationSeconds": 3601}, "MaxSessionDuration"),
        ({"RoleArn": "arn:aws:iam::111122223333:user/nobody"}, "is invalid"),
    ],
)
def test_what_aws_would_not_accept_is_a_validation_error(aws: Emulator, options: dict[str, Any], words: str) -> None:
    arn = _role(aws, ACCOUNT)
    with pytest.raises(ClientError, match=words) as refused:
        assume(aws, options.pop("RoleArn", arn), **options)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
