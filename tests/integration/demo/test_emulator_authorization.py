"""What a session may do: role policies, session policies, boundaries, resources, and AWS's words for no."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import EmulatedAccount, Emulator, trust_policy
from tests.integration.demo.emulating import ACCOUNT, EXTERNAL_ID, assume, client

IamAs = Callable[..., Any]


def _statement(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _refusal(call: Callable[..., Any], **params: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**params)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    return str(refused.value.response["Error"]["Message"])


def test_an_action_nobody_allows_is_refused_in_aws_words(aws: Emulator, iam_as: IamAs) -> None:
    iam = iam_as(["iam:ListGroups"])
    assert iam.list_groups()["Groups"] == []
    session = aws.log[-1].principal
    assert session.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader")
    assert _refusal(iam.list_users) == (
        f"User: {session} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/"
        " because no identity-based policy allows the iam:ListUsers action"
    )


def test_account_level_actions_are_refused_on_a_star(iam_as: IamAs) -> None:
    message = _refusal(iam_as([]).get_account_authorization_details)
    assert "on resource: * because no identity-based policy allows the iam:GetAccountAuthorizationDetails" in message


def test_wildcards_in_actions_ignore_case(iam_as: IamAs, account: EmulatedAccount) -> None:
    account.user("alice")
    iam = iam_as(["iam:list*", "IAM:getu?er"])
    assert iam.list_users()["Users"][0]["UserName"] == "alice"
    assert iam.get_user(UserName="alice")["User"]["UserName"] == "alice"
    _refusal(iam.get_login_profile, UserName="alice")


def test_an_explicit_deny_wins_and_says_so(iam_as: IamAs) -> None:
    iam = iam_as(_policy(_statement("Allow", "iam:*"), _statement("Deny", "iam:ListUsers")))
    assert _refusal(iam.list_users).endswith("with an explicit deny in an identity-based policy")
    iam.list_groups()


def test_not_action_allows_everything_else(iam_as: IamAs) -> None:
    iam = iam_as({"Statement": {"Effect": "Allow", "NotAction": ["iam:ListUsers"], "Resource": "*"}})
    iam.list_groups()
    _refusal(iam.list_users)


def test_a_deny_on_one_path_leaves_the_other_users_readable(iam_as: IamAs, account: EmulatedAccount) -> None:
    account.user("root-ish", path="/admins/")
    account.user("alice", path="/eng/")
    deny = _statement("Deny", "iam:GetLoginProfile", f"arn:aws:iam::{ACCOUNT}:user/admins/*")
    iam = iam_as(_policy(_statement("Allow", "iam:*"), deny))
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_login_profile(UserName="alice")
    assert "on resource: user root-ish with an explicit deny" in _refusal(iam.get_login_profile, UserName="root-ish")


def test_a_policy_for_users_only_allows_listing_users(iam_as: IamAs) -> None:
    iam = iam_as(_policy(_statement("Allow", "iam:*", f"arn:aws:iam::{ACCOUNT}:user/*")))
    iam.list_users()
    _refusal(iam.list_groups)
    _refusal(iam.get_account_summary)


def test_not_resource_allows_everything_else(iam_as: IamAs, account: EmulatedAccount) -> None:
    account.user("alice", path="/eng/")
    account.user("boss", path="/admins/")
    iam = iam_as(
        {"Statement": {"Effect": "Allow", "Action": "iam:GetUser", "NotResource": "arn:aws:iam::*:user/admins/*"}}
    )
    iam.get_user(UserName="alice")
    _refusal(iam.get_user, UserName="boss")


def test_a_session_policy_narrows_a_broad_role(iam_as: IamAs) -> None:
    narrow = json.dumps(_policy(_statement("Allow", ["iam:ListUsers"])))
    iam = iam_as(["*"], Policy=narrow)
    iam.list_users()
    assert _refusal(iam.list_groups).endswith("because no session policy allows the iam:ListGroups action")


def test_a_session_policy_gives_nothing_the_role_has_not(iam_as: IamAs) -> None:
    iam = iam_as(["iam:ListGroups"], Policy=json.dumps(_policy(_statement("Allow", "iam:*"))))
    iam.list_groups()
    assert "no identity-based policy allows" in _refusal(iam.list_users)


def test_a_deny_in_a_session_policy_is_named(iam_as: IamAs) -> None:
    policy = json.dumps(_policy(_statement("Allow", "*"), _statement("Deny", "iam:ListUsers")))
    assert _refusal(iam_as(["*"], Policy=policy).list_users).endswith("with an explicit deny in a session policy")


def test_a_managed_policy_may_be_the_session_policy(iam_as: IamAs) -> None:
    iam = iam_as(["*"], PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}])
    assert "no session policy allows" in _refusal(iam.list_users)


def test_a_session_policy_that_is_no_policy_is_refused(iam_as: IamAs) -> None:
    with pytest.raises(ClientError) as refused:
        iam_as(["*"], Policy="{not json")
    assert refused.value.response["Error"]["Code"] == "MalformedPolicyDocument"
    with pytest.raises(ClientError, match="less than or equal to 2048"):
        iam_as(["*"], Policy=json.dumps(_policy(_statement("Allow", ["iam:" + "x" * 3000]))))


def test_a_permissions_boundary_limits_the_role(aws: Emulator, account: EmulatedAccount) -> None:
    boundary = account.managed_policy("only-groups", ["iam:ListGroups"])
    arn = account.role("Bounded", trust=trust_policy(aws.hub_arn), policy=["iam:*"], boundary=boundary)
    iam = client(aws, "iam", **assume(aws, arn, ExternalId=None))
    iam.list_groups()
    assert "because no permissions boundary allows the iam:ListUsers action" in _refusal(iam.list_users)


def test_a_changed_role_policy_is_felt_by_running_sessions(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("Reader", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    iam = client(aws, "iam", **assume(aws, arn))
    iam.list_users()
    account.role_policy("Reader", ["iam:ListGroups"])
    _refusal(iam.list_users)


def test_iam_read_only_access_covers_every_read_and_no_write(iam: Any, account: EmulatedAccount) -> None:
    account.user("alice")
    iam.get_account_authorization_details()
    iam.generate_credential_report()
    iam.get_account_summary()
    assert "iam:DeleteUser" in _refusal(iam.delete_user, UserName="alice")


def test_the_hub_may_assume_roles_and_read_nothing(aws: Emulator) -> None:
    hub = client(aws, "iam")
    assert f"User: {aws.hub_arn} is not authorized" in _refusal(hub.list_users)
    assert client(aws, "sts").get_caller_identity()["Arn"] == aws.hub_arn


def test_writes_reach_the_account_when_allowed(iam_as: IamAs, account: EmulatedAccount) -> None:
    user = account.user("alice", password_created=None)
    key = account.key(user)
    iam = iam_as(["iam:*"])
    iam.update_access_key(UserName="alice", AccessKeyId=key.access_key_id, Status="Inactive")
    assert iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    assert account.truth()["access_keys"][0]["status"] == "Inactive"


def _code(aws: Emulator, **credentials: Any) -> str:
    with pytest.raises(ClientError) as refused:
        client(aws, "sts", **credentials).get_caller_identity()
    return str(refused.value.response["Error"]["Code"])


def test_unknown_inactive_and_mistyped_keys_open_nothing(aws: Emulator, account: EmulatedAccount) -> None:
    user = account.user("alice")
    key = account.key(user)
    assert _code(aws, key="AKIAIOSFODNN7EXAMPLE", secret="x") == "InvalidClientTokenId"
    assert _code(aws, key=key.access_key_id, secret="wrong") == "SignatureDoesNotMatch"
    account.set_key_status(key, "Inactive")
    assert _code(aws, key=key.access_key_id, secret=key.secret) == "InvalidClientTokenId"


def test_a_session_needs_its_own_token(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("Reader", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    session = assume(aws, arn)
    assert _code(aws, **(session | {"token": "forged"})) == "InvalidClientTokenId"
    assert _code(aws, **(session | {"token": None})) == "InvalidClientTokenId"
    assert _code(aws, **(session | {"secret": "wrong"})) == "SignatureDoesNotMatch"


def test_using_a_key_is_noted_as_its_last_use(aws: Emulator, account: EmulatedAccount, iam: Any) -> None:
    user = account.user("alice")
    key = account.key(user)
    assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=key.access_key_id)["AccessKeyLastUsed"]
    client(aws, "sts", key=key.access_key_id, secret=key.secret).get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=key.access_key_id)["AccessKeyLastUsed"]
    assert (used["LastUsedDate"], used["ServiceName"], used["Region"]) == (aws.clock(), "sts", "us-east-1")
