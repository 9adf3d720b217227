"""Changing an account behind the API's back, as its people do between two syncs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import EmulatedAccount, Emulator, trust_policy
from tests.integration.demo.emulating import EXTERNAL_ID, NOW, assume


def test_somebody_signs_in_and_uses_a_key(account: EmulatedAccount, iam: Any) -> None:
    user = account.user("alice", created=NOW - timedelta(days=300))
    key = account.key(user)
    account.set_password(user, NOW - timedelta(days=200), last_used=NOW - timedelta(days=100))
    account.use_key(key, NOW - timedelta(hours=1), service="ec2", region="eu-west-1")
    assert iam.get_login_profile(UserName="alice")["LoginProfile"]["CreateDate"] == NOW - timedelta(days=200)
    assert iam.list_users()["Users"][0]["PasswordLastUsed"] == NOW - timedelta(days=100)
    used = iam.get_access_key_last_used(AccessKeyId=key.access_key_id)["AccessKeyLastUsed"]
    assert (used["LastUsedDate"], used["ServiceName"]) == (NOW - timedelta(hours=1), "ec2")


def test_a_key_is_replaced_by_one_with_another_id(account: EmulatedAccount, iam: Any) -> None:
    user = account.user("alice")
    first = account.key(user)
    account.delete_key(first)
    second = account.key(user)
    assert first.access_key_id != second.access_key_id
    listed = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in listed] == [second.access_key_id]


def test_grants_come_and_go(account: EmulatedAccount, iam: Any) -> None:
    account.group("g")
    user = account.user("alice", groups=["g"])
    account.attach("g", "AdministratorAccess", group=True)
    account.attach(user, "ReadOnlyAccess")
    account.leave(user, "g")
    account.detach(user, "ReadOnlyAccess")
    account.tag(user, {"owner": "bob"})
    assert iam.list_groups_for_user(UserName="alice")["Groups"] == []
    assert iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"] == []
    assert len(iam.list_attached_group_policies(GroupName="g")["AttachedPolicies"]) == 1
    assert iam.get_user(UserName="alice")["User"]["Tags"] == [{"Key": "owner", "Value": "bob"}]


def test_a_role_stops_trusting(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("R", trust_principal=aws.hub_arn, external_id=EXTERNAL_ID)
    assume(aws, arn)
    account.role_trust("R", trust_policy(aws.hub_arn, "cc-another"))
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        assume(aws, arn)


def test_managed_policies_show_the_version_in_force(account: EmulatedAccount, iam: Any) -> None:
    arn = account.managed_policy("p", ["s3:*"], versions=[["s3:Get*"]])
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    assert policy["DefaultVersionId"] == "v2"
    versions = {
        version: iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"] for version in ("v1", "v2")
    }
    assert [versions[v]["IsDefaultVersion"] for v in ("v1", "v2")] == [False, True]
    assert [versions[v]["Document"]["Statement"][0]["Action"] for v in ("v1", "v2")] == [["s3:Get*"], ["s3:*"]]
