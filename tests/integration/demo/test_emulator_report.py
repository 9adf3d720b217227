"""The credential report: its states, its four hours, and what its rows say."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.demo.emulating import NOW, Clock

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)


def _days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def _code(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"], refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def _rows(iam: Any) -> dict[str, dict[str, str]]:
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    content = iam.get_credential_report()["Content"].decode()
    assert content.splitlines()[0] == HEADER
    return {row["user"]: row for row in csv.DictReader(io.StringIO(content))}


def test_a_report_is_asked_for_and_then_there(iam: Any) -> None:
    assert _code(iam.get_credential_report) == ("ReportNotPresent", 410)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    assert report["GeneratedTime"] == NOW


def test_a_report_in_progress_says_so_for_so_many_polls(aws: Emulator, iam: Any) -> None:
    aws.faults.report(state="in_progress", polls=3)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "INPROGRESS"
    assert _code(iam.get_credential_report) == ("ReportInProgress", 404)
    assert iam.generate_credential_report()["State"] == "INPROGRESS"
    assert iam.generate_credential_report()["State"] == "COMPLETE"


def test_a_report_may_never_come(aws: Emulator, iam: Any) -> None:
    aws.faults.report(state="in_progress", polls=None)
    iam.generate_credential_report()
    assert [iam.generate_credential_report()["State"] for _ in range(20)] == ["INPROGRESS"] * 20


def test_a_report_is_reused_for_four_hours_as_it_was(clock: Clock, account: EmulatedAccount, iam: Any) -> None:
    account.user("alice")
    assert set(_rows(iam)) == {"<root_account>", "alice"}
    account.delete_user("alice")
    account.user("bob", created=NOW)
    clock.now += timedelta(hours=3, minutes=59)
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert set(_rows(iam)) == {"<root_account>", "alice"}
    assert iam.get_credential_report()["GeneratedTime"] == NOW
    clock.now += timedelta(minutes=1)
    assert _code(iam.get_credential_report) == ("ReportExpired", 410)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert set(_rows(iam)) == {"<root_account>", "bob"}
    assert iam.get_credential_report()["GeneratedTime"] == clock.now


def test_an_older_report_may_already_be_there(aws: Emulator, account: EmulatedAccount, iam: Any) -> None:
    then = NOW - timedelta(hours=2)
    user = account.user("alice", created=_days_ago(9), password_created=_days_ago(9), password_last_used=NOW)
    account.key(user, created=NOW - timedelta(hours=1))
    account.user("newcomer", created=NOW)
    aws.faults.report(generated_at=then)
    rows = _rows(iam)
    assert set(rows) == {"<root_account>", "alice"}
    assert rows["alice"]["access_key_1_active"] == "false"
    assert rows["alice"]["password_last_used"] == "2026-06-15T10:00:00+00:00"
    assert iam.get_credential_report()["GeneratedTime"] == then


def test_a_builder_may_freeze_a_report(account: EmulatedAccount, iam: Any) -> None:
    account.user("alice", created=_days_ago(1))
    account.generate_report(NOW - timedelta(hours=1))
    account.delete_user("alice")
    assert set(_rows(iam)) == {"<root_account>", "alice"}


def test_no_capacity_is_limit_exceeded(aws: Emulator, iam: Any) -> None:
    aws.faults.report(state="limit_exceeded", times=2)
    assert _code(iam.generate_credential_report) == ("LimitExceeded", 409)
    assert _code(iam.generate_credential_report) == ("LimitExceeded", 409)
    assert iam.generate_credential_report()["State"] == "STARTED"


def test_a_report_can_expire_before_it_is_fetched(aws: Emulator, iam: Any) -> None:
    aws.faults.report(state="expired", times=1)
    iam.generate_credential_report()
    iam.generate_credential_report()
    assert _code(iam.get_credential_report) == ("ReportExpired", 410)
    assert iam.get_credential_report()["GeneratedTime"] == NOW


def test_a_report_can_be_denied(aws: Emulator, iam: Any) -> None:
    aws.faults.deny("iam:GenerateCredentialReport")
    assert _code(iam.generate_credential_report) == ("AccessDenied", 403)


def test_the_root_row_comes_first_with_its_own_words(account: EmulatedAccount, iam: Any) -> None:
    account.root(created=_days_ago(1000), mfa=False, key_created=_days_ago(900), key_last_used=_days_ago(800))
    row = next(iter(_rows(iam).values()))
    assert row["user"] == "<root_account>"
    assert row["arn"] == "arn:aws:iam::111122223333:root"
    assert row["password_enabled"] == row["password_last_changed"] == row["password_next_rotation"] == "not_supported"
    assert row["password_last_used"] == "no_information"
    assert (row["mfa_active"], row["access_key_1_active"], row["access_key_2_active"]) == ("false", "true", "false")
    assert row["access_key_1_last_rotated"].startswith("2023-")


def test_a_user_with_everything(account: EmulatedAccount, iam: Any) -> None:
    user = account.user(
        "alice",
        created=_days_ago(400),
        mfa=True,
        password_created=_days_ago(300),
        password_changed=_days_ago(100),
        password_last_used=_days_ago(5),
    )
    account.key(user, created=_days_ago(200), last_used=_days_ago(3), service="s3", region="eu-west-1")
    account.key(user, created=_days_ago(20), status="Inactive", last_used=_days_ago(10), service="iam", region="")
    row = _rows(iam)["alice"]
    assert row == {
        "user": "alice",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "user_creation_time": "2025-05-11T12:00:00+00:00",
        "password_enabled": "true",
        "password_last_used": "2026-06-10T12:00:00+00:00",
        "password_last_changed": "2026-03-07T12:00:00+00:00",
        "password_next_rotation": "N/A",
        "mfa_active": "true",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": "2025-11-27T12:00:00+00:00",
        "access_key_1_last_used_date": "2026-06-12T12:00:00+00:00",
        "access_key_1_last_used_region": "eu-west-1",
        "access_key_1_last_used_service": "s3",
        "access_key_2_active": "false",
        "access_key_2_last_rotated": "2026-05-26T12:00:00+00:00",
        "access_key_2_last_used_date": "2026-06-05T12:00:00+00:00",
        "access_key_2_last_used_region": "N/A",
        "access_key_2_last_used_service": "iam",
        "cert_1_active": "false",
        "cert_1_last_rotated": "N/A",
        "cert_2_active": "false",
        "cert_2_last_rotated": "N/A",
    }


def test_a_password_never_used_and_a_password_deleted_read_differently(account: EmulatedAccount, iam: Any) -> None:
    account.user("never", created=_days_ago(9), password_created=_days_ago(9))
    account.user("gone", created=_days_ago(9), password_last_used=_days_ago(3))
    never, gone = (_rows(iam)[name] for name in ("never", "gone"))
    assert (never["password_enabled"], never["password_last_used"]) == ("true", "no_information")
    assert (gone["password_enabled"], gone["password_last_used"], gone["password_last_changed"]) == (
        "false",
        "N/A",
        "N/A",
    )


def test_a_key_never_used_has_a_creation_date_only(account: EmulatedAccount, iam: Any) -> None:
    account.key(account.user("alice", created=_days_ago(9)), created=_days_ago(8))
    row = _rows(iam)["alice"]
    assert [row[f"access_key_1_{column}"] for column in ("active", "last_used_date", "last_used_region")] == [
        "true",
        "N/A",
        "N/A",
    ]
    assert row["access_key_1_last_rotated"] == "2026-06-07T12:00:00+00:00"
