"""An account that changes while it is read, an IAM that lags, an AWS that throttles: read as far as it agrees."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipeline.aws.calls import LOST_PAUSES
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam import listing
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import (
    Pauses,
    ago,
    complete,
    connect,
    differences,
    gaps,
    keys,
    login,
    outcomes,
    read,
    rows,
    user,
)

BULK, GENERATE, GET = "iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"
A_USER_EACH = (
    *("iam:GetUser", "iam:ListGroupsForUser", "iam:ListAttachedUserPolicies", "iam:ListUserPolicies"),
    *("iam:GetLoginProfile", "iam:ListMFADevices"),
)
"""What is asked about each user where the answers about all were denied."""


@pytest.fixture
def quick_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr("botocore.retries.adaptive.ClientRateLimiter.on_sending_request", lambda *_, **__: None)


def populate(account: EmulatedAccount, users: int = 30) -> None:
    account.group("everybody")
    account.attach("everybody", "ReadOnlyAccess", group=True)
    for number in range(users):
        name = f"user-{number:02}"
        account.user(name, created=ago(200), password_created=ago(200), groups=["everybody"], tags={"n": str(number)})
        account.key(name, created=ago(90), last_used=ago(3))


def names(snapshot: object) -> set[str]:
    return {one["user_name"] for one in rows(snapshot, "users")}  # type: ignore[arg-type]


def test_users_of_a_vault_that_come_and_go_do_not_fail_the_read(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.churn(3)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert slept[: len(listing.PAUSES)] == list(listing.PAUSES)
    assert names(snapshot) == {f"user-{number:02}" for number in range(30)}
    assert snapshot.vanished >= 3
    assert gaps(snapshot) == set()


def test_a_user_made_while_we_read_is_found_by_the_second_listing(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.lag("carol", listings=1)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert slept == [listing.PAUSES[0]]
    assert aws.log.count("iam:ListUsers") == 2
    assert snapshot.vanished == 0
    assert differences(snapshot, account) == []


def test_a_user_no_listing_shows_though_aws_counts_it_is_a_contradiction(
    aws: Emulator, account: EmulatedAccount
) -> None:
    populate(account)
    aws.faults.lag("user-07", listings=100)
    snapshot = read(connect(aws, account))
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "listing_incomplete")
    assert "AWS counts 30 users and listed 29" in problem.message


def test_a_listing_that_loses_half_the_account_is_no_churn(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    for number in range(15):
        aws.faults.lag(f"user-{number:02}", listings=100 if number else 1)
    snapshot = read(connect(aws, account))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "listing_incomplete")


def test_a_user_just_listed_and_not_found_is_asked_about_again(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny(GENERATE)
    aws.faults.lag("bob", lookups=1)
    aws.faults.lag("alice", lookups=2)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert snapshot.vanished == 0
    assert slept[:2] == list(LOST_PAUSES)
    assert login(snapshot, "bob")["has_password"] is True
    assert login(snapshot, "alice")["has_password"] is True


def test_a_user_that_stays_unknown_has_vanished(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny(GENERATE)
    aws.faults.lag("bob", lookups=100)
    snapshot = complete(read(connect(aws, account)))
    assert (snapshot.vanished, names(snapshot)) == (1, {"alice", "carol", "dave"})


@pytest.mark.promise("P15")
@pytest.mark.parametrize("users", [4, 30])
def test_a_throttled_bulk_answer_does_not_become_calls_for_each_user(
    aws: Emulator, account: EmulatedAccount, users: int, quick_botocore: None
) -> None:
    populate(account, users)
    aws.faults.throttle(1.0, actions=[BULK])
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert slept == [5, 15, 30]
    assert all(aws.log.count(action) == 0 for action in A_USER_EACH)
    assert outcomes(snapshot)[BULK] == "throttled"
    columns = ("groups_gap", "attached_policies_gap", "inline_policies_gap", "tags_gap", "boundary_gap")
    assert gaps(snapshot) == {("users", column, f"{BULK} throttled") for column in columns}
    assert {(one["tags"], one["permissions_boundary_arn"]) for one in rows(snapshot, "users")} == {(None, None)}
    assert {one["has_password"] for one in rows(snapshot, "login_profiles")} == {True}


def test_a_bulk_answer_that_is_throttled_for_a_while_is_waited_for(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, quick_botocore: None
) -> None:
    populate(account)
    aws.faults.answer(BULK, "Throttling", times=12)  # botocore gives up after ten
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert slept == [5]
    assert (gaps(snapshot), snapshot.strategy, outcomes(snapshot)[BULK]) == (set(), "bulk", "ok")


def test_what_the_pages_before_the_throttled_one_told_is_kept(
    aws: Emulator, account: EmulatedAccount, quick_botocore: None
) -> None:
    populate(account)
    aws.faults.page_size(20)
    connection = connect(aws, account)

    from pipeline.aws import requests

    real, seen = requests.Requests.one, []

    def one(self: object, action: str, *arguments: object, **parameters: object) -> object:
        if action == BULK:
            seen.append(action)
            if len(seen) == 2:
                aws.faults.throttle(1.0, actions=[BULK])
        return real(self, action, *arguments, **parameters)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Requests, "one", one)
        snapshot = complete(read(connection))
    known = [one for one in rows(snapshot, "users") if one["tags_gap"] is None]
    assert 0 < len(known) < 30
    assert all(one["tags"] is not None for one in known)
    assert all(aws.log.count(action) == 0 for action in A_USER_EACH)


def test_a_bulk_answer_that_fails_in_a_large_account_is_not_replaced_by_calls(
    aws: Emulator, account: EmulatedAccount
) -> None:
    populate(account)
    aws.faults.truncate(1.0, actions=[BULK])
    snapshot = complete(read(connect(aws, account)))
    assert all(aws.log.count(action) == 0 for action in A_USER_EACH)
    assert ("users", "tags_gap", f"{BULK} failed") in gaps(snapshot)


@pytest.mark.parametrize(
    ("fault", "gap"),
    [
        ({"state": "in_progress", "polls": None}, f"{GENERATE} failed"),
        ({"state": "limit_exceeded"}, f"{GENERATE} throttled"),
        ({"state": "expired"}, f"{GET} failed"),
    ],
)
def test_a_report_that_never_comes_does_not_become_calls_for_each_user(
    aws: Emulator, account: EmulatedAccount, fault: dict[str, object], gap: str
) -> None:
    populate(account)
    aws.faults.report(**fault)  # type: ignore[arg-type]
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert 590 <= sum(slept) <= 620
    assert all(aws.log.count(action) == 0 for action in (*A_USER_EACH, "iam:ListAccessKeys"))
    assert gaps(snapshot) == {
        ("login_profiles", "login_profile_gap", gap),
        ("users", "access_keys_gap", gap),
        ("users", "mfa_gap", gap),
    }
    assert {one["has_password"] for one in rows(snapshot, "login_profiles")} == {None}
    assert {one["mfa_enabled"] for one in rows(snapshot, "users")} == {None}
    assert keys(snapshot, "user-00") == []
    assert user(snapshot, "user-00")["tags"] == '{"n": "0"}'


def test_a_report_that_takes_five_minutes_is_waited_for(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.report(state="in_progress", polls=32)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert 120 < sum(slept) < 400
    assert (gaps(snapshot), snapshot.strategy) == (set(), "bulk")
    assert differences(snapshot, account, tables=["users", "login_profiles", "access_keys"]) == []


@pytest.mark.promise("P15")
def test_a_throttled_report_does_not_become_calls_for_each_user(
    aws: Emulator, account: EmulatedAccount, quick_botocore: None
) -> None:
    populate(account)
    aws.faults.throttle(1.0, actions=[GENERATE, GET])
    complete(read(connect(aws, account)))
    assert all(aws.log.count(action) == 0 for action in (*A_USER_EACH, "iam:ListAccessKeys"))
