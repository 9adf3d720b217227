"""From raw tables to inventory and operations: entitlements, other directories, coverage, bad rows, `--as-of`."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import ADMIN_ARN, EVERYTHING, NOTHING_MUCH, NOW, Company, days_ago
from tests.integration.dbt.warehouses import Warehouse

LOGINS = ("native_id", "username", "email", "is_enabled", "last_active_at", "created_at")


def company() -> Company:
    """An AWS account with policies held in every way, a failed one, a file of logins, and one without activity."""
    result = Company()
    result.file().person("E1", email="ann@corp.example", employee_id="E1", terminated_on=days_ago(5))
    aws = result.aws()
    aws.managed(ADMIN_ARN, None, "iam:GetPolicyVersion denied")
    aws.managed("arn:aws:iam::111122223333:policy/Reader", NOTHING_MUCH)
    aws.managed("arn:aws:iam::111122223333:policy/Unread", None, "iam:GetPolicyVersion denied")
    direct, member = aws.user("direct", login={}), aws.user("member", login={})
    unread, unlisted = aws.user("unread"), aws.user("unlisted", groups_gap="iam:ListGroupsForUser denied")
    admins = aws.group("admins", member, direct)
    aws.attach(admins, ADMIN_ARN)
    aws.inline(admins, "everything", EVERYTHING)
    aws.attach(direct, "arn:aws:iam::111122223333:policy/Reader")
    aws.inline(direct, "reads", NOTHING_MUCH)
    aws.attach(unread, "arn:aws:iam::111122223333:policy/Unread")
    aws.group("hidden", members_gap="iam:GetGroup denied")
    assert unlisted
    result.coverage(aws.attempt, "iam:ListUsers", "ok", rows=4)
    result.coverage(aws.attempt, "iam:GetGroup", "denied", error_code="AccessDenied", remedy="attach IAMReadOnlyAccess")
    old = result.aws("sandbox", account_id="222233334444", as_of=days_ago(3))
    old.key(old.user("last-good", login=None), "AKIALG", used=days_ago(200))
    failed = result.attempt(
        "sandbox",
        "aws_iam",
        status="failed",
        problem_code="read_denied",
        problem_action="iam:ListUsers",
        problem_remedy="fix it",
    )
    result.coverage(failed, "iam:ListUsers", "denied")
    logins = result.file("wiki", authoritative=False, known=LOGINS)
    logins.person("1", email="ann@corp.example", is_enabled=True, last_active_at=days_ago(91))
    logins.person("2", is_enabled=True, last_active_at=days_ago(2))
    logins.person("3", is_enabled=False, last_active_at=days_ago(400))
    logins.person("4", is_enabled=True, created_at=days_ago(91))
    logins.person("4", username="repeated", is_enabled=True)
    result.file("badges", authoritative=False, known=("native_id", "username")).person("9")
    return result


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    return warehouse.build(company())


def test_entitlements_are_direct_and_through_groups_managed_and_inline(built: Warehouse) -> None:
    rows = built.all("select * from inventory.entitlements where directory_id = 'production'")
    held = {
        (row["account_key"].split("111122223333")[1], row["policy_name"], row["granted_through"]): row["is_admin"]
        for row in rows
    }
    assert held == {
        ("DIRECT", "Reader", "direct"): False,
        ("DIRECT", "reads", "direct"): False,
        ("DIRECT", "AdministratorAccess", "admins"): True,
        ("DIRECT", "everything", "admins"): True,
        ("MEMBER", "AdministratorAccess", "admins"): True,
        ("MEMBER", "everything", "admins"): True,
        ("UNREAD", "Unread", "direct"): None,
    }


def test_administrator_is_known_unknown_or_not(built: Warehouse) -> None:
    admin = built.by("username", "inventory.accounts", "is_admin")
    assert admin["member"] is True
    assert admin["unread"] is None
    assert admin["unlisted"] is None
    assert admin["last-good"] is False


def test_members_that_were_not_read_are_not_none(built: Warehouse) -> None:
    assert built.by("group_name", "inventory.groups", "member_count") == {"admins": 2, "hidden": None}


def test_login_of_another_directory_is_judged_by_its_last_activity(built: Warehouse) -> None:
    rows = built.all("select * from inventory.accounts where directory_id in ('wiki', 'badges')")
    assert {row["account_key"]: row["activity"] for row in rows} == {
        "wiki:1": "stale",
        "wiki:2": "active",
        "wiki:3": "no_credentials",
        "wiki:4": "unknown",  # listed twice, and not the same: quarantined
        "badges:9": "unknown",
    }
    assert "map last_active_at" in built.one("findings.unknown_activity", "account_key = 'badges:9'")["remedy"]


def test_directory_that_tells_no_keys_has_unknown_owners(built: Warehouse) -> None:
    assert "map email or employee_id" in built.one("findings.unknown_ownership", "directory_id = 'badges'")["action"]


def test_repeated_key_of_a_file_counts_once_and_is_reported(built: Warehouse) -> None:
    assert built.one("inventory.accounts", "account_key = 'wiki:4'")["username"] == "4"
    assert built.status("unique_key_stg_file__accounts_account_key") == "warn"


@pytest.mark.promise("P14")
def test_failed_directory_keeps_its_last_good_rows_with_their_own_date(built: Warehouse) -> None:
    sandbox = built.one("inventory.directories", "directory_id = 'sandbox'")
    assert (sandbox["status"], sandbox["as_of"], sandbox["missing_permissions"]) == (
        "failed",
        days_ago(3),
        "iam:ListUsers",
    )
    finding = built.one("findings.all_findings", "directory_id = 'sandbox' and finding_type = 'stale_account'")
    assert (finding["status"], finding["coverage"], finding["last_seen_at"]) == ("open", "none", days_ago(3))


def test_permission_coverage_is_that_of_the_latest_attempt(built: Warehouse) -> None:
    rows = built.all("select directory_id, action, outcome from operations.permission_coverage order by all")
    assert [tuple(row.values()) for row in rows] == [
        ("production", "iam:GetGroup", "denied"),
        ("production", "iam:ListUsers", "ok"),
        ("sandbox", "iam:ListUsers", "denied"),
    ]


def test_sync_runs_list_every_attempt(built: Warehouse) -> None:
    rows = built.all(
        "select status, is_current, is_latest from operations.sync_runs where directory_id = 'sandbox' order by as_of"
    )
    assert [tuple(row.values()) for row in rows] == [("complete", True, False), ("failed", False, True)]


def test_as_of_moves_the_verdicts_and_every_as_of_column(warehouse: Warehouse, built: Warehouse) -> None:
    earlier = days_ago(2)
    assert built.one("findings.stale_accounts", "account_key = 'wiki:1'")["as_of"] == NOW
    warehouse.build(company().at(earlier))
    assert not warehouse.all("select 1 from findings.stale_accounts where account_key = 'wiki:1'")
    for table in ("inventory.accounts", "findings.stale_accounts", "findings.orphaned_accounts", "identity.identities"):
        assert {row["as_of"] for row in warehouse.all(f"select distinct as_of from {table}")} == {earlier}
    warehouse.build(company().at(days_ago(6)))
    assert warehouse.one("identity.identities", "email = 'ann@corp.example'")["employment_status"] == "active"


def test_nothing_connected_builds_to_empty_tables(warehouse: Warehouse, built: Warehouse) -> None:
    warehouse.build(Company())
    assert warehouse.all("select * from inventory.accounts") == []
    assert not warehouse.one("operations.verdict_gates")["is_open"]
    assert warehouse.all("select * from findings.all_findings") == []
