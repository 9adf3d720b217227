"""What the API tells is what is there, in the shapes AWS tells it."""

from __future__ import annotations

import json
import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.demo.emulating import ACCOUNT, NOW

Rows = list[dict[str, Any]]


def _days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def populated(account: EmulatedAccount) -> EmulatedAccount:
    """Sixty users with everything a user can have, drawn at random from a fixed seed."""
    draw = random.Random(11)
    account.alias("example-production")
    boundary = account.managed_policy("boundary", ["s3:*"])
    admin = account.managed_policy("admin", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    for i in range(5):
        account.group(f"team-{i}", path="/teams/", created=_days_ago(500 - i))
    account.attach("team-0", "AdministratorAccess", group=True)
    account.inline_policy(
        "team-1", "own-bucket", {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "é"}]}, group=True
    )
    for i in range(60):
        user = account.user(
            f"user{i}",
            path=draw.choice(["/", "/eng/", "/eng/data/"]),
            created=_days_ago(400 + i),
            tags={"email": f"ü{i}@example.com", "note": "a<b&c"} if i % 3 else None,
            password_created=_days_ago(300) if i % 2 else None,
            password_last_used=_days_ago(draw.randint(1, 299)) if i % 5 else None,
            mfa=i % 4 == 0,
            boundary=boundary if i % 7 == 0 else None,
            groups=draw.sample([f"team-{g}" for g in range(5)], i % 3),
        )
        for k in range(i % 3):
            used = _days_ago(draw.randint(1, 99)) if draw.random() < 0.6 else None
            status = draw.choice(["Active", "Inactive"])
            account.key(
                user, created=_days_ago(200 - k), status=status, last_used=used, region="" if k else "eu-west-1"
            )
        if i % 6 == 0:
            account.inline_policy(user, "inline", ["ec2:*"])
            account.attach(user, admin)
    return account


def _naive(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=None) if instant else None


def _details(iam: Any) -> dict[str, Any]:
    pages = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 7})
    found: dict[str, Any] = pages.build_full_result()
    return found


def _by_id(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["user_id"]: row for row in rows}


def test_authorization_details_equal_the_truth(populated: EmulatedAccount, iam: Any) -> None:
    truth, details = populated.truth(), _details(iam)
    users = _by_id(truth["users"])
    assert {user["UserId"] for user in details["UserDetailList"]} == set(users)
    for user in details["UserDetailList"]:
        real = users[user["UserId"]]
        assert user["Arn"] == real["arn"]
        assert _naive(user["CreateDate"]) == real["created_at"]
        assert {tag["Key"]: tag["Value"] for tag in user.get("Tags", [])} == real["tags"]
        assert user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") == real["permissions_boundary_arn"]
        assert "PasswordLastUsed" not in user
    groups = {group["GroupName"]: group["GroupId"] for group in details["GroupDetailList"]}
    memberships = [
        {"user_id": u["UserId"], "group_id": groups[g]} for u in details["UserDetailList"] for g in u["GroupList"]
    ]
    assert sorted(memberships, key=str) == truth["memberships"]


def test_policies_of_the_details_equal_the_truth(populated: EmulatedAccount, iam: Any) -> None:
    truth, details = populated.truth(), _details(iam)
    inline: Rows = []
    attached: Rows = []
    for kind, lists in (("user", details["UserDetailList"]), ("group", details["GroupDetailList"])):
        for holder in lists:
            key = {"principal_type": kind, "principal_id": holder["UserId" if kind == "user" else "GroupId"]}
            inline += [
                key | {"policy_name": p["PolicyName"], "document": p["PolicyDocument"]}
                for p in holder.get(f"{kind.capitalize()}PolicyList", [])
            ]
            attached += [
                key | {"policy_name": p["PolicyName"], "policy_arn": p["PolicyArn"]}
                for p in holder["AttachedManagedPolicies"]
            ]
    assert sorted(inline, key=str) == sorted(truth["inline_policies"], key=str)
    assert sorted(attached, key=str) == sorted(truth["attached_policies"], key=str)
    policies = {policy["Arn"]: policy for policy in details["Policies"]}
    for real in truth["managed_policies"]:
        shown = policies[real["policy_arn"]]
        assert (shown["PolicyName"], shown["PolicyId"]) == (real["policy_name"], real["policy_id"])
        assert shown["AttachmentCount"] == real["attachment_count"]
        default = next(v for v in shown["PolicyVersionList"] if v["VersionId"] == shown["DefaultVersionId"])
        assert default["Document"] == real["document"]
    assert {arn for arn in policies if ":iam::aws:" in arn} == {
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/IAMReadOnlyAccess",  # the reading role's own
    }


def test_single_reads_equal_the_truth(populated: EmulatedAccount, iam: Any) -> None:
    truth = populated.truth()
    profiles = _by_id(truth["login_profiles"])
    keys: Rows = []
    for real in truth["users"]:
        name = real["user_name"]
        user = iam.get_user(UserName=name)["User"]
        assert _naive(user.get("PasswordLastUsed")) == real["password_last_used_at"]
        assert user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") == real["permissions_boundary_arn"]
        assert {tag["Key"]: tag["Value"] for tag in user.get("Tags", [])} == real["tags"]
        assert bool(iam.list_mfa_devices(UserName=name)["MFADevices"]) == real["mfa_enabled"]
        try:
            profile = iam.get_login_profile(UserName=name)["LoginProfile"]
            assert _naive(profile["CreateDate"]) == profiles[real["user_id"]]["created_at"]
        except iam.exceptions.NoSuchEntityException:
            assert profiles[real["user_id"]]["has_password"] is False
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
            assert used["UserName"] == name
            keys.append(_key(real["user_id"], key, used["AccessKeyLastUsed"]))
    assert sorted(keys, key=str) == sorted(truth["access_keys"], key=str)


def _key(user_id: str, key: dict[str, Any], used: dict[str, Any]) -> dict[str, Any]:
    ever = "LastUsedDate" in used
    return {
        "access_key_id": key["AccessKeyId"],
        "user_id": user_id,
        "status": key["Status"],
        "created_at": _naive(key["CreateDate"]),
        "last_used_state": "used" if ever else "never_used",
        "last_used_at": _naive(used.get("LastUsedDate")),
        "last_used_service": used["ServiceName"] if ever else None,
        "last_used_region": used["Region"] if ever and used["Region"] != "N/A" else None,
    }


def test_listing_users_leaves_out_tags_and_boundaries_as_aws_does(populated: EmulatedAccount, iam: Any) -> None:
    users = iam.list_users(MaxItems=1000)["Users"]
    assert {u["UserName"]: _naive(u.get("PasswordLastUsed")) for u in users} == {
        u["user_name"]: u["password_last_used_at"] for u in populated.truth()["users"]
    }
    assert all("Tags" not in user and "PermissionsBoundary" not in user for user in users)


def test_a_password_leaves_its_last_use_behind(account: EmulatedAccount, iam: Any) -> None:
    account.user("alice", password_created=_days_ago(9), password_last_used=_days_ago(2))
    account.delete_password("alice")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="Login Profile for User alice cannot be found"):
        iam.get_login_profile(UserName="alice")
    assert iam.get_user(UserName="alice")["User"]["PasswordLastUsed"] == _days_ago(2)


def test_the_summary_counts_what_is_there(populated: EmulatedAccount, iam: Any) -> None:
    populated.root(mfa=False, key_created=_days_ago(1))
    summary = iam.get_account_summary()["SummaryMap"]
    truth = populated.truth()
    assert summary["Users"] == len(truth["users"]) == 60
    assert summary["Groups"] == len(truth["groups"]) == 5
    assert summary["MFADevicesInUse"] == sum(user["mfa_enabled"] for user in truth["users"])
    assert (summary["AccountMFAEnabled"], summary["AccountAccessKeysPresent"]) == (0, 1)
    assert (summary["Policies"], summary["UsersQuota"]) == (2, 5000)
    assert iam.list_account_aliases()["AccountAliases"] == ["example-production"]


def test_ids_look_like_aws_ids_and_stay_the_same_at_every_start(aws: Emulator) -> None:
    def ids(emulator: Emulator) -> str:
        account = emulator.account(ACCOUNT)
        account.group("g")
        account.managed_policy("p", ["s3:*"])
        account.attach(account.user("alice", groups=["g"]), f"arn:aws:iam::{ACCOUNT}:policy/p")
        account.key("alice")
        account.key("alice")
        return json.dumps(account.truth(), default=str)

    text = ids(aws)
    for prefix, length in (("AIDA", 17), ("AGPA", 17), ("ANPA", 17), ("AKIA", 16)):
        assert re.search(rf'"{prefix}[A-Z2-7]{{{length}}}"', text)
    assert len(set(re.findall(r'"(AKIA\w+)"', text))) == 2
    with Emulator() as again:
        assert ids(again) == text


def test_a_user_made_again_is_another_user(account: EmulatedAccount) -> None:
    first = account.user("alice")
    account.delete_user(first)
    second = account.user("alice", created=NOW)
    assert first.user_id != second.user_id
    assert [user["user_id"] for user in account.truth()["users"]] == [second.user_id]


def test_names_that_differ_by_case_only_are_one_name(account: EmulatedAccount) -> None:
    account.user("Alice")
    with pytest.raises(ValueError, match="Alice is there already"):
        account.user("alice")


def test_a_full_account_is_served_in_five_pages(account: EmulatedAccount, iam: Any) -> None:
    for g in range(300):
        account.group(f"g{g}")
    for i in range(5000):
        account.user(f"u{i}", created=NOW, groups=[f"g{i % 300}"])
    paginator = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1000})
    assert [len(page["Users"]) for page in paginator] == [1000] * 5
    users = [
        user
        for page in iam.get_paginator("get_account_authorization_details").paginate(
            Filter=["User"], PaginationConfig={"PageSize": 1000}
        )
        for user in page["UserDetailList"]
    ]
    assert len({user["UserId"] for user in users}) == 5000
    assert all(len(user["GroupList"]) == 1 for user in users)
