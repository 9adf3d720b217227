"""One user is refused to us, in an account read user by user: from the calls to the findings, it alone is unknown."""

from __future__ import annotations

import os

import pytest

from pipeline.demo.emulator import Emulator
from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse
from tests.integration.directories.aws_iam.reading import ACCOUNT, NOW, ago, complete, connect, read, rows

USERS = [f"user-{number:02}" for number in range(20)]
UNLUCKY = "user-07"
BULK = ("iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport")


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    """Each user has a person (named in a tag), all rights, an idle key, and a password used lately or long ago."""
    company = Company(evaluated_at=NOW.replace(tzinfo=None))
    roster = company.file()
    with Emulator(clock=lambda: NOW) as aws, aws.exported(os.environ):
        account = aws.account(ACCOUNT)
        for number, name in enumerate(USERS):
            roster.person(f"E{number}", email=f"p{number}@corp.example", employee_id=f"E{number}", status="active")
            used = ago(1 if number % 2 else 200)
            account.user(name, created=ago(400), tags={"email": f"p{number}@corp.example"}, password_created=ago(300),
                         password_last_used=used)  # fmt: skip
            account.key(name, created=ago(300), last_used=ago(200))
            account.attach(name, "AdministratorAccess")
        for action in BULK:
            aws.faults.deny(action)
        reason = "with an explicit deny in a service control policy"
        aws.faults.deny("iam:*", resource=f"*:user/{UNLUCKY}", reason=reason)
        snapshot = complete(read(connect(aws, account), read_tags_per_user=True))
    attempt = company.aws(account_id=ACCOUNT).attempt
    leading = {name: attempt[name] for name in ("directory_id", "snapshot_id", "as_of")}
    for table in snapshot.tables:
        company.rows[f"aws_iam_{table}"] = [{**leading, **row} for row in rows(snapshot, table)]
    for line in snapshot.coverage:
        counted = {name: getattr(line, name) for name in ("calls", "rows", "principals_asked", "principals_denied")}
        company.coverage(attempt, line.action, line.outcome, remedy=line.remedy, **counted)
    return warehouse.build(company)


def test_its_activity_alone_is_unknown_and_the_fix_names_the_policy(built: Warehouse) -> None:
    (unknown,) = built.all("select * from findings.unknown_activity")
    assert unknown["username"] == UNLUCKY
    assert "iam:ListAccessKeys denied by a service control policy" in unknown["reason"]
    assert unknown["missing_permission"] == "iam:GetLoginProfile, iam:ListAccessKeys"
    assert unknown["remedy"].startswith("let the organization's service control policy allow iam:GetLoginProfile")
    activity = built.by("username", "inventory.accounts", "activity")
    others = {name: "active" if int(name[-2:]) % 2 else "stale" for name in USERS if name != UNLUCKY}
    assert {name: activity[name] for name in others} == others


def test_its_owner_and_its_rights_alone_are_unknown(built: Warehouse) -> None:
    assert [row["username"] for row in built.all("select username from findings.unknown_ownership")] == [UNLUCKY]
    accounts = built.all("select username, is_admin from inventory.accounts where directory_id = 'production'")
    assert {row["username"]: row["is_admin"] for row in accounts} == {name: None if name == UNLUCKY else True
                                                                     for name in USERS}  # fmt: skip
    assert built.all("select 1 from findings.orphaned_accounts") == []


def test_the_coverage_shows_a_denial_of_one_principal(built: Warehouse) -> None:
    covered = {row["action"]: row for row in built.all("select * from operations.permission_coverage")}
    for action in ("iam:ListAccessKeys", "iam:GetLoginProfile", "iam:GetUser", "iam:ListAttachedUserPolicies"):
        line = covered[action]
        assert (line["outcome"], line["principals_asked"], line["principals_denied"]) == ("denied", len(USERS), 1)
        assert line["remedy"].startswith(f"AWS refuses it for 1 of {len(USERS)} principals only: in the organization's")
    assert covered["iam:ListAccessKeys"]["rows"] == len(USERS) - 1
    directory = built.one("inventory.directories", "directory_id = 'production'")
    assert directory["coverage"] == "partial"
    assert "iam:ListAccessKeys" in directory["missing_permissions"]
