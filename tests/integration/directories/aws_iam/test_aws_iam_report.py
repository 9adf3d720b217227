"""The credential report in every state, and a report made hours before the read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.aws.responses import MalformedResponseError
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.credential_report import parse
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    NOW,
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

GENERATE, GET = "iam:GenerateCredentialReport", "iam:GetCredentialReport"
TWO_HOURS_AGO = NOW - timedelta(hours=2)
WITHOUT_ROOT = IDENTITY.keys() - {"root_user"}


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        ({}, []),
        ({"state": "in_progress", "polls": 3}, [1, 2, 4]),
        ({"state": "limit_exceeded", "times": 2}, [1, 2]),
        ({"state": "expired", "times": 2}, [1, 2]),
    ],
)
def test_a_slow_report_is_waited_for_with_growing_pauses(
    aws: Emulator, account: EmulatedAccount, fault: dict[str, Any], pauses: list[float]
) -> None:
    full_account(account)
    aws.faults.report(**fault)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert snapshot.strategy == "bulk"
    assert slept == pauses
    assert (outcomes(snapshot)[GENERATE], outcomes(snapshot)[GET]) == ("ok", "ok")
    assert differences(snapshot, account) == []


@pytest.mark.parametrize(
    ("fault", "action", "outcome", "code"),
    [
        ({"state": "in_progress", "polls": None}, GENERATE, "failed", "ReportInProgress"),
        ({"state": "limit_exceeded"}, GENERATE, "throttled", "LimitExceeded"),
        ({"state": "expired"}, GET, "failed", "ReportExpired"),
    ],
)
def test_a_report_that_never_comes_is_done_without(
    aws: Emulator, account: EmulatedAccount, fault: dict[str, Any], action: str, outcome: str, code: str
) -> None:
    full_account(account)
    aws.faults.report(**fault)
    slept = Pauses()
    snapshot = complete(read(connect(aws, account), sleep=slept))
    assert 110 <= sum(slept) <= 130
    assert max(slept) == 10
    assert snapshot.strategy == "mixed"
    line = next(one for one in snapshot.coverage if one.action == action)
    assert (line.outcome, line.error_code) == (outcome, code)
    assert differences(snapshot, account, tables=WITHOUT_ROOT) == []
    assert gaps(snapshot) == set()


def test_a_report_somebody_else_made_is_read_when_we_may_not_make_one(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    account.generate_report(TWO_HOURS_AGO)
    aws.faults.deny(GENERATE)
    snapshot = complete(read(connect(aws, account)))
    assert (outcomes(snapshot)[GENERATE], outcomes(snapshot)[GET]) == ("denied", "ok")
    assert differences(snapshot, account) == []
    assert snapshot.evidence_as_of == naive(TWO_HOURS_AGO)


def test_a_report_we_may_read_but_nobody_made_is_no_denied_one(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny(GENERATE)
    snapshot = complete(read(connect(aws, account)))
    assert (outcomes(snapshot)[GENERATE], outcomes(snapshot)[GET]) == ("denied", "ok")
    assert rows(snapshot, "root_user") == []


def change_after_the_report(account: EmulatedAccount) -> None:
    """Everything that can happen between a report and a read that gets it."""
    account.user("victor", created=ago(300), password_created=ago(290))
    account.user("gone", created=ago(300))
    account.user("again", created=ago(300), password_created=ago(290), mfa=True)
    account.user("walter", created=ago(300), password_created=ago(290))
    old = account.key("walter", created=ago(200), last_used=ago(100))
    dropped = account.key("walter", created=ago(150))
    account.generate_report(TWO_HOURS_AGO)
    just_now = NOW - timedelta(hours=1)
    account.delete_user("gone")
    account.delete_user("again")
    account.user("again", created=just_now)
    account.key(account.user("newcomer", created=just_now, mfa=True), created=just_now)
    account.delete_password("victor")
    account.key("victor", created=just_now)
    account.use_key(old, just_now, service="ec2")
    account.delete_key(dropped)
    account.set_key_status(old, "Inactive")


@pytest.mark.parametrize("option", [{"fresh": True}, {"reused_report_user_limit": 1000}])
def test_a_fresh_read_sees_what_happened_since_a_reused_report(
    aws: Emulator, account: EmulatedAccount, option: dict[str, Any]
) -> None:
    full_account(account)
    change_after_the_report(account)
    snapshot = complete(read(connect(aws, account), **option))
    assert differences(snapshot, account) == []
    assert gaps(snapshot) == set()
    assert login(snapshot, "victor")["has_password"] is False
    assert [key["last_used_state"] for key in keys(snapshot, "victor")] == ["never_used"]
    assert [key["last_used_at"] for key in keys(snapshot, "walter")] == [naive(NOW - timedelta(hours=1))]
    assert user(snapshot, "again")["mfa_enabled"] is False
    assert login(snapshot, "alice")["password_last_changed_at"] == naive(ago(300))
    assert snapshot.evidence_as_of == naive(TWO_HOURS_AGO)
    assert aws.log.count("iam:GetLoginProfile") == len(rows(snapshot, "users"))


def test_a_password_made_anew_since_the_report_is_not_dated_by_it(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice", created=ago(300), password_created=ago(290))
    account.generate_report(TWO_HOURS_AGO)
    just_now = NOW - timedelta(hours=1)
    account.set_password("alice", just_now)
    found = login(complete(read(connect(aws, account))), "alice")
    assert (found["created_at"], found["password_last_changed_at"]) == (naive(just_now), None)


def test_facts_of_a_reused_report_carry_its_instant_and_users_it_does_not_list_are_read_live(
    aws: Emulator, account: EmulatedAccount
) -> None:
    full_account(account)
    account.user("xenia", created=ago(300), password_created=ago(300), mfa=True)
    change_after_the_report(account)
    account.delete_password("xenia")
    snapshot = complete(read(connect(aws, account)))
    reported = [one for one in rows(snapshot, "login_profiles") if one["source"] == "credential_report"]
    assert {one["evidence_as_of"] for one in reported} == {naive(TWO_HOURS_AGO)}
    assert snapshot.evidence_as_of == naive(TWO_HOURS_AGO)
    assert login(snapshot, "xenia")["has_password"] is True, "as the report has it, and dated so"
    assert user(snapshot, "xenia")["mfa_evidence_as_of"] == naive(TWO_HOURS_AGO)
    assert user(snapshot, "xenia")["access_keys_evidence_as_of"] == naive(TWO_HOURS_AGO)
    for name in ("newcomer", "again"):
        assert user(snapshot, name)["mfa_evidence_as_of"] == naive(NOW)
        assert user(snapshot, name)["access_keys_evidence_as_of"] == naive(NOW)
    for name in ("newcomer", "again"):
        assert (login(snapshot, name)["source"], login(snapshot, name)["has_password"]) == ("GetLoginProfile", False)
        assert login(snapshot, name)["evidence_as_of"] == naive(NOW)
    assert [key["source"] for key in keys(snapshot, "newcomer")] == ["GetAccessKeyLastUsed"]
    assert "gone" not in {one["user_name"] for one in rows(snapshot, "users")}
    asked = {call.params["UserName"] for call in aws.log.matching("iam:GetLoginProfile")}
    assert asked == {"newcomer", "again", "victor", "walter", "bob"}, "and those of whom the report cannot tell"
    asked = {call.params["UserName"] for call in aws.log.matching("iam:ListAccessKeys")}
    assert asked == {"alice", "carol", "walter", "newcomer", "again"}


def test_a_reused_report_steps_in_where_a_call_is_denied(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    change_after_the_report(account)
    for action in ("iam:GetLoginProfile", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"):
        aws.faults.deny(action, resource="*user/[!n]*" if action == "iam:ListAccessKeys" else "*")
    snapshot = complete(read(connect(aws, account)))
    alice = login(snapshot, "alice")
    assert (alice["has_password"], alice["source"]) == (True, "credential_report")
    assert alice["evidence_as_of"] == naive(TWO_HOURS_AGO)
    for name in ("newcomer", "again"):
        assert login(snapshot, name)["login_profile_gap"] == "iam:GetLoginProfile denied"
    (new_key,) = keys(snapshot, "newcomer")
    assert (new_key["last_used_state"], new_key["last_used_gap"]) == ("unknown", "iam:GetAccessKeyLastUsed denied")
    assert user(snapshot, "alice")["access_keys_gap"] == "iam:ListAccessKeys denied"
    assert user(snapshot, "dave")["access_keys_gap"] is None, "the report says that dave has no key"
    assert user(snapshot, "again")["access_keys_gap"] == "iam:ListAccessKeys denied", "not the again of the report"


def test_a_reported_slot_answers_for_its_key_when_the_call_is_denied(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    account.generate_report(TWO_HOURS_AGO)
    aws.faults.deny("iam:GetAccessKeyLastUsed")
    snapshot = complete(read(connect(aws, account)))
    assert {key["source"] for key in rows(snapshot, "access_keys")} == {"credential_report"}
    assert {key["evidence_as_of"] for key in rows(snapshot, "access_keys")} == {naive(TWO_HOURS_AGO)}
    assert differences(snapshot, account) == []


def test_keys_made_in_the_same_second_are_asked_for_one_by_one(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("twin", created=ago(100))
    account.key("twin", created=ago(50), last_used=ago(1))
    account.key("twin", created=ago(50))
    account.user("single", created=ago(100))
    account.key("single", created=ago(50), last_used=ago(2))
    snapshot = complete(read(connect(aws, account)))
    assert differences(snapshot, account) == []
    assert aws.log.count("iam:GetAccessKeyLastUsed") == 2


HEADER = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active"
KEY_1 = "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_service"
LINE = "a,arn:aws:iam::111122223333:user/a,2026-01-01T00:00:00+00:00"
OTHER = LINE.replace("user/a", "user/b")


def test_columns_are_found_by_name_and_flags_in_any_case() -> None:
    header = f"new_column,{HEADER},{KEY_1}"
    (row,) = parse(f"{header}\n?,{LINE},TRUE,no_information,N/A,False,True,2026-02-01T00:00:00Z,N/A,N/A\n".encode())
    assert (row.password_enabled, row.mfa_active, row.password_last_used_at) == (True, False, None)
    assert row.slots[0].rotated_at == datetime(2026, 2, 1)
    assert (row.slots[0].use, row.holds_key) == ("never_used", True)


def test_what_the_report_does_not_say_is_unknown_and_not_no() -> None:
    (row,) = parse(f"{HEADER},{KEY_1}\n{LINE},not_supported,N/A,N/A,maybe,false,2026-02-01T00:00:00Z,soon,N/A".encode())
    assert (row.password_enabled, row.mfa_active) == (None, None)
    assert row.slots[0].use == "unknown"
    assert row.holds_key, "an inactive key is a key"
    (without_columns,) = parse(f"user,arn,user_creation_time,password_enabled\n{LINE},false".encode())
    assert without_columns.holds_key, "no column about keys: they must be asked for"


def test_users_with_more_keys_than_the_report_has_room_for_are_holders() -> None:
    header = f"{HEADER},access_key_1_active,access_key_2_active,additional_credentials_info"
    none, more = parse(
        f"{header}\n{LINE},false,N/A,N/A,false,false,false,N/A\n{OTHER},false,,,false,false,false,3".encode()
    )
    assert (none.holds_key, more.holds_key) == (False, True)


@pytest.mark.parametrize(
    "broken",
    [
        b"a,arn:aws",
        b'"a',
        b"\xff\xfe",
        b"a,no-arn,2026-01-01T00:00:00+00:00,true,N/A,N/A,false",
        b"",
        b'"a"b,c,d,e,f,g,h',
    ],
)
def test_a_malformed_line_costs_that_line(broken: bytes) -> None:
    good = f"{OTHER},true,N/A,N/A,false".encode()
    for lines in ([broken, good], [good, broken]):
        (row,) = parse(b"\n".join([HEADER.encode(), *lines]))
        assert (row.arn[-1], row.password_enabled) == ("b", True)


def test_two_lines_that_contradict_each_other_are_neither_believed() -> None:
    rows = [f"{LINE},true,N/A,N/A,false", f"{LINE},false,N/A,N/A,false", f"{OTHER},false,N/A,N/A,false"]
    assert [row.arn[-1] for row in parse("\n".join([HEADER, *rows, rows[-1]]).encode())] == ["b"]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEADER}\n{LINE},{text}".encode()))
def test_any_bytes_are_a_report_or_refused_as_none(content: bytes) -> None:
    try:
        parsed = parse(content)
    except MalformedResponseError:
        return
    assert all(row.arn.startswith("arn:") for row in parsed)


def test_the_user_of_a_malformed_line_is_read_live(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    account.generate_report(TWO_HOURS_AGO)
    report = account.state.report
    content = report.get(NOW, lambda _: b"", aws.faults.report_of(account.account_id))["Content"]
    report.freeze(content.replace(b"alice,arn", b'"alice,arn'), TWO_HOURS_AGO)
    snapshot = complete(read(connect(aws, account)))
    assert differences(snapshot, account) == []
    assert login(snapshot, "alice")["evidence_as_of"] == naive(NOW)
    assert login(snapshot, "carol")["evidence_as_of"] == naive(TWO_HOURS_AGO)
    asked = {call.params["UserName"] for call in aws.log.matching("iam:ListMFADevices")}
    assert asked == {"alice"}
