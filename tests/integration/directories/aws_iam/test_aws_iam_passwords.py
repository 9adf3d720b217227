"""A password is made once and changed often: which of the two a date means never changes what is said of its use."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from tests.integration.directories.aws_iam.reading import NINE, ago, complete, connect, login, read

WITHOUT_REPORT = sorted(READ_ACTIONS.keys() - {"iam:GenerateCredentialReport", "iam:GetCredentialReport"})
ROUTES = {"report": None, "calls": WITHOUT_REPORT, "nine actions": NINE}


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def make_passwords(account: EmulatedAccount) -> None:
    """Each kind of history a password can have."""

    def make(name: str, created: float, changed: float | None, used: float | None) -> None:
        account.user(
            name,
            created=ago(900),
            password_created=ago(created),
            password_changed=ago(changed) if changed is not None else None,
            password_last_used=ago(used) if used is not None else None,
        )

    make("reset", 800, 10, 300)
    make("changed-at-first-sign-in", 300, 299.999, 300)
    make("used-since-its-change", 800, 200, 5)
    make("of-a-deleted-password", 10, None, 300)
    make("never-used", 200, None, None)
    make("never-used-and-reset", 800, 10, None)
    make("made-with-its-user", 900, None, None)
    account.user("deleted", created=ago(900), password_last_used=ago(20))


EXPECTED = {
    "reset": (True, "used", naive(ago(300))),
    "changed-at-first-sign-in": (True, "used", naive(ago(300))),
    "used-since-its-change": (True, "used", naive(ago(5))),
    "of-a-deleted-password": (True, "never_used", None),
    "never-used": (True, "never_used", None),
    "never-used-and-reset": (True, "never_used", None),
    "made-with-its-user": (True, "never_used", None),
    "deleted": (False, None, None),
}


@pytest.mark.parametrize("route", ROUTES)
def test_the_use_of_a_password_is_the_same_by_every_route(aws: Emulator, account: EmulatedAccount, route: str) -> None:
    make_passwords(account)
    snapshot = complete(read(connect(aws, account, ROUTES[route])))
    found = {name: login(snapshot, name) for name in EXPECTED}
    assert {n: (f["has_password"], f["last_used_state"], f["last_used_at"]) for n, f in found.items()} == EXPECTED
    for name, created in (("never-used", 200), ("never-used-and-reset", 800), ("made-with-its-user", 900)):
        assert found[name]["created_at"] == naive(ago(created)), name
    assert {f["last_used_gap"] for f in found.values()} == {None}


def test_only_passwords_the_report_leaves_open_are_asked_about(aws: Emulator, account: EmulatedAccount) -> None:
    make_passwords(account)
    complete(read(connect(aws, account)))
    asked = {call.params["UserName"] for call in aws.log.matching("iam:GetLoginProfile")}
    assert asked == EXPECTED.keys() - {"used-since-its-change", "made-with-its-user", "deleted"}


def test_where_the_report_cannot_tell_and_the_call_is_denied_the_use_is_unknown(
    aws: Emulator, account: EmulatedAccount
) -> None:
    make_passwords(account)
    aws.faults.deny("iam:GetLoginProfile")
    snapshot = complete(read(connect(aws, account)))
    for name in ("reset", "changed-at-first-sign-in", "of-a-deleted-password"):
        found = login(snapshot, name)
        assert (found["has_password"], found["last_used_state"], found["last_used_at"]) == (True, "unknown", None)
        assert found["last_used_gap"] == found["created_gap"] == "iam:GetLoginProfile denied"
    never = login(snapshot, "never-used-and-reset")
    assert (never["last_used_state"], never["created_at"]) == ("never_used", None)
    assert never["created_gap"] == "iam:GetLoginProfile denied"
