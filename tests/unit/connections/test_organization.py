"""Accounts of an organization: every page is read, and every active account gets a valid name of its own."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from pipeline.onboarding.organization_accounts import OrganizationAccount, active, list_accounts, propose
from pipeline.onboarding.pending import NAME
from pipeline.problems import ConfigurationError


def described(number: int, **values: str) -> dict[str, Any]:
    account_id = f"{number:012d}"
    arn = f"arn:aws:organizations::999988887777:account/o-a1b2c3d4e5/{account_id}"
    return {"Id": account_id, "Arn": arn, "Name": f"Account {number}", "Email": f"a{number}@example.org", **values}


def account(number: int, name: str = "Production", state: str = "ACTIVE") -> OrganizationAccount:
    return OrganizationAccount(
        f"{number:012d}", name, state, f"arn:aws:organizations::999988887777:account/o-a1b2c3d4e5/{number:012d}"
    )


def client() -> Any:
    return boto3.Session().client(
        "organizations", region_name="us-east-1", aws_access_key_id="AKIAX", aws_secret_access_key="x"
    )


def test_all_pages_are_read_also_short_and_empty_ones() -> None:
    organizations = client()
    pages = [range(20), range(20, 23), range(0), range(23, 41)]
    with Stubber(organizations) as stub:
        for place, page in enumerate(pages):
            asked = {"MaxResults": 20} | ({"NextToken": f"t{place}"} if place else {})
            more = {"NextToken": f"t{place + 1}"} if place + 1 < len(pages) else {}
            stub.add_response(
                "list_accounts", {"Accounts": [described(n, Status="ACTIVE") for n in page], **more}, asked
            )
        accounts = list(list_accounts(organizations))
        stub.assert_no_pending_responses()
    assert [each.account_id for each in accounts] == [f"{number:012d}" for number in range(41)]
    assert accounts[7] == account(7, "Account 7")


def test_a_page_that_is_denied_ends_in_an_error_and_not_in_half_a_list() -> None:
    organizations = client()
    with Stubber(organizations) as stub:
        stub.add_response(
            "list_accounts", {"Accounts": [described(1, Status="ACTIVE")], "NextToken": "t"}, {"MaxResults": 20}
        )
        stub.add_client_error("list_accounts", "AccessDeniedException")
        with pytest.raises(ClientError):
            list(list_accounts(organizations))


def test_the_newer_state_wins_over_the_older_status() -> None:
    organizations = client()
    listed = [described(1, Status="ACTIVE", State="PENDING_ACTIVATION"), described(2, State="ACTIVE"), described(3)]
    with Stubber(organizations) as stub:
        stub.add_response("list_accounts", {"Accounts": listed}, {"MaxResults": 20})
        assert [each.state for each in list_accounts(organizations)] == ["PENDING_ACTIVATION", "ACTIVE", "UNKNOWN"]


def test_only_active_accounts_are_proposed() -> None:
    states = ["ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED", "UNKNOWN", "ACTIVE"]
    readable, others = active(account(9 - place, state=state) for place, state in enumerate(states))
    assert [each.account_id[-1] for each in readable] == ["4", "9"]
    assert [each.state for each in others] == ["UNKNOWN", "CLOSED", "PENDING_CLOSURE", "SUSPENDED"]


def test_the_organization_and_its_management_account_are_told_by_any_account() -> None:
    assert (account(1).organization_id, account(1).management_account_id) == ("o-a1b2c3d4e5", "999988887777")


def test_each_account_gets_a_name_and_the_role_of_the_pattern() -> None:
    proposals = propose(
        [account(1, "Production (EU)"), account(2, "production-eu"), account(3, "42 Labs"), account(4, "日本")],
        partition="aws-us-gov",
        role="Reader-{account_id}",
        names="{account_name}",
        taken={"account-42-labs"},
    )
    assert [each.name for each in proposals] == [
        "production-eu",
        "production-eu-000000000002",
        "account-42-labs-000000000003",
        "account",
    ]
    assert proposals[1].role_arn == "arn:aws-us-gov:iam::000000000002:role/Reader-000000000002"


@given(
    st.lists(st.text(max_size=80), max_size=30),
    st.sampled_from(["{account_name}", "aws-{account_name}-x", "same", "{account_id}"]),
)
def test_any_account_names_become_valid_names_without_two_alike(names: list[str], pattern: str) -> None:
    accounts = [account(number, name) for number, name in enumerate(names)]
    taken = {"same", "same-000000000001", "account"}
    proposed = [each.name for each in propose(accounts, partition="aws", role="R", names=pattern, taken=taken)]
    assert all(NAME.fullmatch(name) for name in proposed)
    assert len(set(proposed) | taken) == len(proposed) + len(taken)


@pytest.mark.parametrize(
    ("role", "names", "blamed"),
    [
        ("Reader-{region}", "{account_name}", "role-name-pattern.*{region}"),
        ("Reader {account_id}", "{account_name}", "cannot be a role's name"),
        ("Reader-{account_id", "{account_name}", "cannot be a role's name"),
        ("Reader-{}", "{account_name}", "stands for nothing"),
        ("", "{account_name}", "cannot be a role's name"),
        ("R" * 65, "{account_name}", "cannot be a role's name"),
        ("Reader", "{0.__class__}", "--name-pattern"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused_before_anything_is_made(role: str, names: str, blamed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        propose([account(1)], partition="aws", role=role, names=names, taken=())
    assert re.search(blamed, str(caught.value))
