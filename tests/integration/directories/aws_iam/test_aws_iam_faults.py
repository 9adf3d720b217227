"""An AWS that throttles, fails, cuts answers short, loses users, repeats itself: exact or failed, never wrong."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    NINE,
    Pauses,
    ago,
    complete,
    connect,
    differences,
    gaps,
    outcomes,
    read,
    rows,
)

READ = ("iam:ListUsers", "iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetLoginProfile")


@pytest.fixture
def quick_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore waits before its own repeats, and slows down where AWS throttles; a test need not."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr("botocore.retries.adaptive.ClientRateLimiter.on_sending_request", lambda *_, **__: None)


@pytest.mark.promise("P15")
@pytest.mark.parametrize("policy", [None, NINE], ids=["bulk", "nine actions"])
@pytest.mark.parametrize("fault", ["throttle", "error500", "truncate"])
def test_a_fifth_of_the_calls_failing_changes_nothing(
    aws: Emulator, account: EmulatedAccount, fault: str, policy: list[str] | None, quick_botocore: None
) -> None:
    full_account(account)
    connection = connect(aws, account, policy)
    still = complete(read(connection, reused_report_user_limit=0))
    account.generate_report(ago(1))
    getattr(aws.faults, fault)(0.2)
    shaken = complete(read(connection, reused_report_user_limit=0))
    unaffected = [name for name in IDENTITY if name != "root_user"]
    for name in unaffected:
        assert _undated(shaken, name) == _undated(still, name), name
    assert set(outcomes(shaken).values()) <= {"ok", "denied", "not_tried"}
    assert shaken.retries > 0


def _undated(snapshot: Any, table: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name != "evidence_as_of"} for one in rows(snapshot, table)]


def test_everything_at_once_is_still_exact(aws: Emulator, account: EmulatedAccount, quick_botocore: None) -> None:
    full_account(account)
    aws.faults.throttle(0.1)
    aws.faults.error500(0.1)
    aws.faults.truncate(0.1)
    aws.faults.page_size(2)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept, reused_report_user_limit=0))
    assert differences(snapshot, account) == []


@pytest.mark.parametrize(
    ("action", "table", "column"),
    [
        ("iam:GetLoginProfile", "login_profiles", "login_profile_gap"),
        ("iam:ListAccessKeys", "users", "access_keys_gap"),
        ("iam:ListAttachedUserPolicies", "users", "attached_policies_gap"),
    ],
)
@pytest.mark.parametrize("fault", ["truncate", "error500"])
def test_a_call_that_never_succeeds_is_unknown_and_not_empty(
    aws: Emulator, account: EmulatedAccount, action: str, table: str, column: str, fault: str, quick_botocore: None
) -> None:
    full_account(account)
    getattr(aws.faults, fault)(1.0, actions=[action])
    snapshot = complete(read(connect(aws, account, NINE)))
    assert (table, column, f"{action} failed") in gaps(snapshot)
    assert outcomes(snapshot)[action] == "failed"


def test_a_list_of_users_that_is_always_cut_short_makes_a_failed_attempt(
    aws: Emulator, account: EmulatedAccount
) -> None:
    full_account(account)
    aws.faults.truncate(1.0, actions=["iam:ListUsers"])
    slept = Pauses()
    snapshot = read(connect(aws, account), sleep=slept)
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code, problem.action) == ("failed", "listing_failed", "iam:ListUsers")
    assert problem.error_code == "ResponseParserError"
    assert len(slept) == 6


def test_a_bulk_answer_that_fails_is_replaced_by_the_calls(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.truncate(1.0, actions=["iam:GetAccountAuthorizationDetails"])
    snapshot = complete(read(connect(aws, account)))
    assert differences(snapshot, account) == []
    assert outcomes(snapshot)["iam:GetAccountAuthorizationDetails"] == "failed"
    assert snapshot.strategy == "mixed"


@pytest.mark.parametrize("policy", [None, NINE], ids=["bulk", "nine actions"])
def test_a_user_that_vanishes_after_the_listing_is_dropped_and_counted(
    aws: Emulator, account: EmulatedAccount, policy: list[str] | None
) -> None:
    full_account(account)
    aws.faults.vanish("alice", after="ListUsers")
    snapshot = complete(read(connect(aws, account, policy)))
    assert snapshot.vanished == 1
    readable = IDENTITY.keys() if policy is None else ("groups", "memberships")
    assert differences(snapshot, account, tables=readable) == []
    assert "alice" not in {one["user_name"] for one in rows(snapshot, "users")}
    assert len(rows(snapshot, "login_profiles")) == 3


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    "after",
    ["GetAccountAuthorizationDetails", "ListGroups", "ListAttachedUserPolicies", "GetLoginProfile", "ListAccessKeys"],
)
def test_a_user_may_vanish_at_any_point_of_a_read(aws: Emulator, account: EmulatedAccount, after: str) -> None:
    full_account(account)
    aws.faults.vanish("carol", after=after)
    for policy in (None, NINE):
        snapshot = complete(read(connect(aws, account, policy)))
        names = {one["user_name"] for one in rows(snapshot, "users")}
        ids = {one["user_id"] for one in rows(snapshot, "users")}
        assert names >= {"alice", "bob", "dave"}
        assert len(names) + snapshot.vanished == 4 or snapshot.vanished == 0
        for table in ("login_profiles", "access_keys", "memberships"):
            assert {one["user_id"] for one in rows(snapshot, table)} <= ids


def test_no_such_user_is_told_from_no_such_password_by_its_words(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    for action in ("iam:GenerateCredentialReport", "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices"):
        aws.faults.deny(action)
    aws.faults.vanish("dave", after="GetAccountAuthorizationDetails")
    snapshot = complete(read(connect(aws, account)))
    assert snapshot.vanished == 1
    assert {one["login_profile_gap"] for one in rows(snapshot, "login_profiles")} == {None}
    assert aws.log.count("iam:GetUser") == 0


def test_a_token_that_wears_out_in_the_midst_is_renewed_once(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.expire_tokens_after(9)
    snapshot = complete(read(connect(aws, account, NINE)))
    assert aws.log.count("sts:AssumeRole") == 2
    assert differences(snapshot, account, tables=("login_profiles", "groups", "memberships")) == []
    assert "failed" not in outcomes(snapshot).values()


def test_tokens_that_are_worn_out_from_the_start_end_the_read(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    for calls in (0, 1):
        aws.log.clear()
        aws.faults.expire_tokens_after(calls, sessions=None)
        snapshot = read(connect(aws, account))
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "session_expired")
        assert aws.log.count("sts:AssumeRole") <= 4


def test_a_role_that_can_no_longer_be_assumed_is_no_denied_read(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    connection = connect(aws, account, NINE)

    def close_the_door(_: str, stage: str, *__: object) -> None:
        if stage == "iam:GetGroup":
            account.role_trust(connection.role_arn.rsplit("/", 1)[1], {"Version": "2012-10-17", "Statement": []})
            aws.expire_sessions()

    snapshot = read_with_progress(connection, close_the_door)
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "assume_role_denied")
    assert "denied" not in {outcomes(snapshot)[action] for action in NINE}


def read_with_progress(connection: Any, progress: Callable[..., None]) -> Any:
    from pipeline.directories.aws_iam.reader import AWS_IAM
    from tests.integration.directories.aws_iam.reading import NOW

    return AWS_IAM.read(connection, as_of=NOW, run_id="r", progress=progress)


@pytest.mark.promise("P11")
def test_a_listing_without_end_makes_a_failed_attempt(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.page_size(1)
    snapshot = read(connect(aws, account), most_pages=3)
    assert (snapshot.status, snapshot.problems[0].error_code) == ("failed", "EndlessListing")
