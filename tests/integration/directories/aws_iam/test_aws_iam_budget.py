"""How many calls a read may cost, counted by the other side."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.aws.calls import SAMPLE
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import MINIMAL, RECOMMENDED
from tests.integration.directories.aws_iam.reading import NINE, ago, complete, connect, gaps, outcomes, read, rows

FULL_USERS, FULL_GROUPS, HOLDERS = 5000, 300, 40


def populate(account: EmulatedAccount, users: int, groups: int, holders: int) -> None:
    for number in range(groups):
        account.group(f"group-{number}")
    for number in range(users):
        name = f"user-{number:05}"
        joined = [f"group-{number % groups}"] if groups else []
        account.user(
            name,
            created=ago(100),
            password_created=ago(90) if number % 2 else None,
            password_last_used=ago(number % 80) if number % 2 else None,
            groups=joined,
        )
        if number < holders:
            account.key(name, created=ago(80), last_used=ago(2))


def test_a_full_account_costs_25_calls_and_one_for_each_key_holder(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account, FULL_USERS, FULL_GROUPS, HOLDERS)
    snapshot = complete(read(connect(aws, account, sorted(RECOMMENDED))))
    assert (len(rows(snapshot, "users")), len(rows(snapshot, "groups"))) == (FULL_USERS, FULL_GROUPS)
    assert len(rows(snapshot, "memberships")) == FULL_USERS
    assert aws.log.count("iam:ListAccessKeys") == HOLDERS
    assert aws.log.count("iam:GetAccessKeyLastUsed") == 0
    assert aws.log.count() - HOLDERS <= 25
    assert gaps(snapshot) == set()


@pytest.mark.parametrize(("users", "groups"), [(0, 0), (1, 1), (60, 7)])
def test_the_nine_actions_cost_four_calls_a_user_and_one_a_group(
    aws: Emulator, account: EmulatedAccount, users: int, groups: int
) -> None:
    populate(account, users, groups, users // 2)
    snapshot = complete(read(connect(aws, account, NINE)))
    counted = Counter(call.action for call in aws.log if call.action in MINIMAL)
    assert counted["iam:ListUsers"] == 1
    assert counted.total() <= 4 * users + groups + 2, "one page of users, one of groups"
    refused = Counter(call.action for call in aws.log if call.error_code == "AccessDenied")
    assert max(refused.values()) <= SAMPLE, "an action outside the nine is asked about a few principals"
    assert len(rows(snapshot, "memberships")) == users
    assert outcomes(snapshot)["iam:GetUser"] == "not_tried"


def test_tags_are_read_per_user_when_the_report_spared_two_calls_a_user(
    aws: Emulator, account: EmulatedAccount
) -> None:
    populate(account, 20, 2, 0)
    aws.faults.deny("iam:GetAccountAuthorizationDetails")
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == set()
    assert aws.log.count("iam:GetUser") == 20
    assert aws.log.count("iam:GetLoginProfile") + aws.log.count("iam:ListAccessKeys") == 0


def test_tags_are_read_per_user_when_the_setting_says_so(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account, 5, 1, 0)
    connection = connect(aws, account, NINE)
    without = complete(read(connection))
    assert {("users", "tags_gap", "iam:GetUser not_tried"), ("users", "boundary_gap", "iam:GetUser not_tried")} <= gaps(
        without
    )
    aws.log.clear()
    complete(read(connection, read_tags_per_user=True))
    assert aws.log.count("iam:GetUser") == 5


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_are_followed_to_the_last(aws: Emulator, account: EmulatedAccount, limit: int) -> None:
    populate(account, 7, 3, 7)
    aws.faults.page_size(limit)
    for policy in (None, NINE):
        snapshot = complete(read(connect(aws, account, policy), reused_report_user_limit=0))
        assert (
            len(rows(snapshot, "users"))
            == len(rows(snapshot, "memberships"))
            == len(rows(snapshot, "access_keys"))
            == 7
        )


def test_pages_are_asked_for_a_thousand_at_a_time(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account, 3, 1, 1)
    complete(read(connect(aws, account, NINE)))
    listings = [call for call in aws.log if call.action.startswith("iam:List") and not call.error_code]
    assert {call.params.get("MaxItems") for call in listings} == {"1000"}
