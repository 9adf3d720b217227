"""MaxItems, Marker and IsTruncated on every listing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import EmulatedAccount, Emulator

LISTINGS = [
    ("list_users", "Users", {}),
    ("list_groups", "Groups", {}),
    ("list_policies", "Policies", {"Scope": "Local"}),
    ("list_roles", "Roles", {}),
    ("get_group", "Users", {"GroupName": "g0"}),
    ("list_groups_for_user", "Groups", {"UserName": "u0"}),
    ("list_user_policies", "PolicyNames", {"UserName": "u0"}),
    ("list_attached_user_policies", "AttachedPolicies", {"UserName": "u0"}),
    ("list_group_policies", "PolicyNames", {"GroupName": "g0"}),
    ("list_attached_group_policies", "AttachedPolicies", {"GroupName": "g0"}),
    ("list_access_keys", "AccessKeyMetadata", {"UserName": "u0"}),
    ("list_mfa_devices", "MFADevices", {"UserName": "u0"}),
    ("list_virtual_mfa_devices", "VirtualMFADevices", {}),
    ("list_user_tags", "Tags", {"UserName": "u0"}),
    ("list_policy_versions", "Versions", {"PolicyArn": "arn:aws:iam::111122223333:policy/p0"}),
]
COUNTS = {
    "list_roles": 1,
    "list_access_keys": 2,
    "list_mfa_devices": 1,
    "list_virtual_mfa_devices": 7,
    "list_user_tags": 3,
    "list_policy_versions": 3,
}


@pytest.fixture
def crowd(account: EmulatedAccount) -> EmulatedAccount:
    """Seven of nearly everything."""
    documents = [["s3:Get*"], ["s3:List*"]]
    for i in range(7):
        account.group(f"g{i}")
        account.managed_policy(f"p{i}", ["s3:*"], versions=documents if i == 0 else [])
    for i in range(7):
        account.user(f"u{i}", tags={"a": "1", "b": "2", "c": "3"}, mfa=True, groups=["g0"])
        account.inline_policy("u0", f"inline{i}", ["s3:*"])
        account.inline_policy("g0", f"inline{i}", ["s3:*"], group=True)
        account.attach("u0", f"arn:aws:iam::111122223333:policy/p{i}")
        account.attach("g0", f"arn:aws:iam::111122223333:policy/p{i}", group=True)
        if i:
            account.join("u0", f"g{i}")
    account.key("u0")
    account.key("u0")
    return account


def _pages(call: Callable[..., Any], **params: Any) -> list[dict[str, Any]]:
    pages = [call(**params)]
    while pages[-1]["IsTruncated"]:
        pages.append(call(**params, Marker=pages[-1]["Marker"]))
    return pages


@pytest.mark.parametrize(("operation", "member", "params"), LISTINGS, ids=[name for name, _, _ in LISTINGS])
def test_every_listing_pages_without_loss_or_repetition(
    crowd: EmulatedAccount, iam: Any, operation: str, member: str, params: dict[str, str]
) -> None:
    call = getattr(iam, operation)
    whole = call(**params)
    assert whole["IsTruncated"] is False
    assert "Marker" not in whole
    expected = COUNTS.get(operation, 7)
    assert len(whole[member]) == expected
    pages = _pages(call, **params, MaxItems=3)
    assert [len(page[member]) for page in pages] == [3] * (expected // 3) + ([expected % 3] if expected % 3 else [])
    assert [item for page in pages for item in page[member]] == whole[member]


def test_get_group_names_the_group_on_every_page(crowd: EmulatedAccount, iam: Any) -> None:
    pages = _pages(iam.get_group, GroupName="g0", MaxItems=3)
    assert [page["Group"]["GroupName"] for page in pages] == ["g0"] * 3


@pytest.mark.parametrize("items", [0, 1001, 5000])
def test_more_than_a_thousand_items_are_a_validation_error(iam: Any, items: int) -> None:
    with pytest.raises(ClientError, match="'maxItems' failed to satisfy constraint") as refused:
        iam.list_users(MaxItems=items)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_a_hundred_items_are_given_unless_asked(account: EmulatedAccount, iam: Any) -> None:
    for i in range(150):
        account.user(f"u{i:03}")
    assert [len(page["Users"]) for page in _pages(iam.list_users)] == [100, 50]
    assert [len(page["Users"]) for page in _pages(iam.list_users, MaxItems=1000)] == [150]


def test_a_marker_is_opaque_and_fits_only_its_own_listing(crowd: EmulatedAccount, iam: Any) -> None:
    marker = iam.list_users(MaxItems=3)["Marker"]
    assert not marker.isdigit()
    for call, params in [(iam.list_groups, {}), (iam.list_users, {"PathPrefix": "/eng/"})]:
        with pytest.raises(ClientError, match="Invalid Marker"):
            call(Marker=marker, **params)
    with pytest.raises(ClientError, match="Invalid Marker"):
        iam.list_users(Marker="3")


def test_a_user_deleted_between_pages_moves_nobody_out(crowd: EmulatedAccount, iam: Any) -> None:
    first = iam.list_users(MaxItems=3)
    crowd.delete_user("u0")
    rest = iam.list_users(Marker=first["Marker"])
    assert [user["UserName"] for user in rest["Users"]] == ["u3", "u4", "u5", "u6"]


def test_pages_may_be_shorter_than_asked(crowd: EmulatedAccount, iam: Any, aws: Emulator) -> None:
    aws.faults.page_size(2)
    assert [len(page["Users"]) for page in _pages(iam.list_users, MaxItems=1000)] == [2, 2, 2, 1]


def test_authorization_details_put_four_lists_under_one_marker(crowd: EmulatedAccount, iam: Any) -> None:
    pages = _pages(iam.get_account_authorization_details, MaxItems=5)
    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    assert all(sum(len(page[name]) for name in lists) == 5 for page in pages[:-1])
    merged = {name: [item for page in pages for item in page[name]] for name in lists}
    whole = iam.get_account_authorization_details(MaxItems=1000)
    assert merged == {name: whole[name] for name in lists}
    # the role's IAMReadOnlyAccess is the only policy of AWS's in use
    assert {name: len(items) for name, items in merged.items()} == {
        "UserDetailList": 7,
        "GroupDetailList": 7,
        "RoleDetailList": 1,
        "Policies": 8,
    }
    paginator = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 4})
    full = paginator.build_full_result()
    assert {name: full[name] for name in lists} == merged


@pytest.mark.parametrize(
    ("filters", "counts"),
    [
        (["User"], [7, 0, 0, 0]),
        (["Group", "Role"], [0, 7, 1, 0]),
        (["LocalManagedPolicy"], [0, 0, 0, 7]),
        (["AWSManagedPolicy"], [0, 0, 0, 1]),
        (["User", "Group", "LocalManagedPolicy", "AWSManagedPolicy"], [7, 7, 0, 8]),
    ],
)
def test_authorization_details_respect_the_filter(
    crowd: EmulatedAccount, iam: Any, filters: list[str], counts: list[int]
) -> None:
    found = iam.get_account_authorization_details(Filter=filters)
    assert [len(found[f"{k}DetailList"]) for k in ("User", "Group", "Role")] + [len(found["Policies"])] == counts
