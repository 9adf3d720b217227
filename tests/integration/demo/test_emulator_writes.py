"""The writes that carry out a revocation and its undoing, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.demo.emulating import NOW, Clock


@pytest.fixture
def writer(iam_as: Callable[..., Any]) -> Any:
    return iam_as(["iam:*"])


def test_a_key_is_switched_off_and_on(account: EmulatedAccount, writer: Any) -> None:
    key = account.key(account.user("alice"))
    for status in ("Inactive", "Active"):
        writer.update_access_key(UserName="alice", AccessKeyId=key.access_key_id, Status=status)
        assert [row["status"] for row in account.truth()["access_keys"]] == [status]


def test_a_console_login_is_taken_away_and_given_back_with_a_date_of_its_own(
    clock: Clock, account: EmulatedAccount, writer: Any
) -> None:
    account.user("alice", created=NOW - timedelta(days=9), password_created=NOW - timedelta(days=9))
    writer.delete_login_profile(UserName="alice")
    with pytest.raises(writer.exceptions.NoSuchEntityException):
        writer.get_login_profile(UserName="alice")
    clock.now += timedelta(hours=1)
    writer.create_login_profile(UserName="alice", Password="Correct-horse-9")
    assert writer.get_login_profile(UserName="alice")["LoginProfile"]["CreateDate"] == clock.now


def test_policies_are_detached_and_attached(account: EmulatedAccount, writer: Any) -> None:
    account.user("alice")
    account.attach("alice", "AdministratorAccess")
    arn = account.aws_policy("AdministratorAccess")
    writer.detach_user_policy(UserName="alice", PolicyArn=arn)
    assert writer.list_attached_user_policies(UserName="alice")["AttachedPolicies"] == []
    with pytest.raises(writer.exceptions.NoSuchEntityException):
        writer.detach_user_policy(UserName="alice", PolicyArn=arn)
    writer.attach_user_policy(UserName="alice", PolicyArn=arn)
    assert [row["policy_arn"] for row in account.truth()["attached_policies"]] == [arn]


def test_groups_are_left_and_joined(account: EmulatedAccount, writer: Any) -> None:
    account.group("admins")
    account.user("alice", groups=["admins"])
    writer.remove_user_from_group(UserName="alice", GroupName="admins")
    assert account.truth()["memberships"] == []
    writer.add_user_to_group(UserName="alice", GroupName="admins")
    assert len(account.truth()["memberships"]) == 1


def test_inline_policies_are_removed(account: EmulatedAccount, writer: Any) -> None:
    account.user("alice")
    account.inline_policy("alice", "admin", ["*"])
    writer.delete_user_policy(UserName="alice", PolicyName="admin")
    assert account.truth()["inline_policies"] == []


def test_what_is_made_over_the_api_is_dated_by_the_clock(account: EmulatedAccount, writer: Any) -> None:
    writer.create_user(UserName="alice")
    writer.create_access_key(UserName="alice")
    truth = account.truth()
    assert [row["created_at"] for row in truth["users"] + truth["access_keys"]] == [NOW.replace(tzinfo=None)] * 2


def test_a_deleted_user_is_in_no_group_any_more(account: EmulatedAccount, writer: Any) -> None:
    account.group("g")
    account.user("alice", groups=["g"])
    writer.delete_user(UserName="alice")
    assert writer.get_group(GroupName="g")["Users"] == []


def test_a_refused_write_is_logged_under_its_code(aws: Emulator, account: EmulatedAccount, writer: Any) -> None:
    with pytest.raises(ClientError):
        writer.delete_login_profile(UserName="nobody")
    assert aws.log[-1].error_code == "NoSuchEntity"
    assert aws.log[-1].status == 404


def test_what_is_not_emulated_says_so(writer: Any) -> None:
    with pytest.raises(ClientError) as refused:
        writer.simulate_custom_policy(PolicyInputList=["{}"], ActionNames=["iam:ListUsers"])
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
