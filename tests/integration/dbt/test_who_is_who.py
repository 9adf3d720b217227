"""From raw tables to persons: matching by strong keys, owners of services, duplicates, and the traps in each."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company, days_ago
from tests.integration.dbt.warehouses import Warehouse

GET_USER = "iam:GetUser denied"


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    """A roster and two AWS accounts holding one of every case; user names say which."""
    company = Company()
    hr = company.file()
    _roster(hr)
    production, sandbox = company.aws("production"), company.aws("sandbox", account_id="222233334444")
    for aws in (production, sandbox):
        aws.user("ann", login={}, tags={"Email": "Ann.Lee+aws@CORP.example "})
        aws.user("zoë", login={}, tags={"email": "ZOË.ÜNAL@corp.example"})
        aws.user("same-name", login={})
        aws.user("outside-contractor", login={}, tags={"email": "eva@agency.example"})
        aws.user("support", login={}, tags={"email": "support@corp.example"})
        aws.user("break-glass", login={}, tags={"email": "ann.lee@corp.example"})
    production.user("ann-adm", login={}, tags={"employee-id": "0042"})
    production.user("two-fit", login={}, tags={"email": "twins@corp.example"})
    production.user("left", login={}, tags={"email": "left@corp.example"})
    production.user("leaves-next-month", login={}, tags={"email": "leaving@corp.example"})
    production.user("employment-unread", login={}, tags={"email": "unread@corp.example"})
    production.user("crowd", login={}, tags={"email": "crowd@corp.example"})
    production.user("conflict", login={}, tags={"email": "ann.lee@corp.example", "employeeid": "E7"})
    production.user("blank", login={}, tags={"email": "", "employeeid": "0"})
    production.user("tags-denied", login={}, tags_gap=GET_USER)
    production.user("ben@corp.example", login={}, tags_gap=GET_USER)
    production.user("blee", login={}, tags={"owner": "ben@corp.example"})
    production.user("trainee", login={}, tags={"owner": "ben@corp.example"})
    for name, tags in SERVICES.items():
        production.key(production.user(name, login=None, tags=tags), f"AKIA{name}", used=days_ago(1))
    return warehouse.build(company)


SERVICES = {
    "svc-owned": {"owner": "ben@corp.example"},
    "svc-owned-by-id": {"OwnerId": "42"},
    "svc-owned-by-name": {"owner": "bcho"},
    "svc-two-owners": {"owner": "left@corp.example ben@corp.example"},
    "svc-contact": {"email": "ann.lee@corp.example"},
    "svc-contact-is-owner": {"email": "ann.lee@corp.example", "owner": "Ann.Lee@corp.example", "OwnerId": "42"},
    "svc-owner-left": {"owner": "left@corp.example"},
    "svc-untagged": {},
    "svc-owner-unknown": {"owner": "ghost@corp.example"},
    "svc-team-owner": {"owner": "platform@corp.example"},
    "hermes": {},
}


def _roster(hr: object) -> None:
    people = {
        "E42": {"email": "ann.lee@corp.example", "employee_id": "42", "given_name": "Ann", "family_name": "Lee"},
        "E2": {"email": "ben@corp.example", "given_name": "Ben", "family_name": "Lee", "username": "bcho"},
        "E3": {"email": "zoë.ünal@corp.example", "given_name": "Zoë", "family_name": "Ünal"},
        "E4": {"email": "twins@corp.example"},
        "E5": {"email": "twins@corp.example"},
        "E6": {"email": "left@corp.example", "terminated_on": days_ago(1), "status": "active"},
        "E7": {"email": "same@corp.example", "username": "same-name"},
        "E8": {"email": "leaving@corp.example", "terminated_on": days_ago(-30), "status": "terminated"},
        "E9": {"email": "unread@corp.example", "invalid": ["terminated_on"]},
        **{f"C{i}": {"email": "crowd@corp.example"} for i in range(4)},
    }
    for native_id, columns in people.items():
        hr.person(native_id, **{"employee_id": native_id, "display_name": native_id, **columns})  # type: ignore[attr-defined]


def verdicts(built: Warehouse, directory: str = "production") -> dict[str, str]:
    return {
        row["username"]: row["reason"]
        for row in built.all(
            f"select username, reason from findings.orphaned_accounts where directory_id = '{directory}'"
        )
    }


def test_every_orphan_has_its_reason_and_everybody_else_is_no_orphan(built: Warehouse) -> None:
    assert verdicts(built) == {
        "same-name": "no_owner",
        "outside-contractor": "no_owner",
        "support": "no_owner",
        "two-fit": "owner_ambiguous",
        "left": "owner_terminated",
        "crowd": "no_owner",
        "conflict": "owner_ambiguous",
        "blank": "no_owner",
        "svc-owner-left": "service_owner_terminated",
        "svc-untagged": "service_unowned",
        "svc-owner-unknown": "service_unowned",
        "svc-team-owner": "service_unowned",
        "hermes": "service_unowned",
    }


def test_unread_tags_or_dates_make_ownership_unknown_and_not_orphaned(built: Warehouse) -> None:
    unknown = {row["username"]: row for row in built.all("select * from findings.unknown_ownership")}
    assert set(unknown) == {"tags-denied", "employment-unread"}
    assert unknown["tags-denied"]["missing_permission"] == "iam:GetUser"
    assert "allow iam:GetUser" in unknown["tags-denied"]["action"]
    assert "termination date" in unknown["employment-unread"]["action"]


def test_match_by_user_name_stands_although_the_tags_were_not_read(built: Warehouse) -> None:
    row = built.one("identity.identity_accounts", "account_key like 'production:%BEN@CORP.EXAMPLE'")
    assert (row["status"], row["rules"]) == ("assigned", "email")


def test_duplicates_are_found_by_keys_and_never_by_user_name(built: Warehouse) -> None:
    kinds = {
        (row["directory_id"], row["username"]): row["duplicate_kind"]
        for row in built.all("select * from findings.duplicate_identities")
    }
    assert kinds == {
        ("production", "ann"): "admin_twin",
        ("production", "ann-adm"): "admin_twin",
        ("sandbox", "ann"): "cross_directory",
        ("production", "zoë"): "cross_directory",
        ("sandbox", "zoë"): "cross_directory",
        ("production", "outside-contractor"): "cross_directory",
        ("sandbox", "outside-contractor"): "cross_directory",
        ("production", "ben@corp.example"): "same_directory",
        ("production", "blee"): "same_directory",
    }


def test_shared_mailbox_and_break_glass_account_are_nobody(built: Warehouse) -> None:
    rows = built.all(
        """
        select status, identity_id from identity.identity_accounts
        where account_key like '%SUPPORT' or account_key like '%BREAK-GLASS'
        """
    )
    assert len(rows) == 4
    assert all(row["identity_id"] is None for row in rows)
    assert built.by("username", "inventory.accounts", "account_kind")["support"] == "shared"


def test_owner_tag_makes_a_persons_account_theirs_only_where_the_user_name_fits(built: Warehouse) -> None:
    status = built.by("account_key", "identity.identity_accounts", "status")
    assert status["production:AIDA111122223333BLEE"] == "assigned"
    assert status["production:AIDA111122223333TRAINEE"] == "unmatched"
    owner = built.one("identity.identity_accounts", "account_key like '%TRAINEE'")["owner_identity_id"]
    assert owner == built.one("identity.identities", "email = 'ben@corp.example'")["identity_id"]


def test_ambiguous_account_keeps_all_its_candidates(built: Warehouse) -> None:
    row = built.one("identity.identity_accounts", "account_key like '%TWO-FIT'")
    assert row["status"] == "ambiguous"
    assert row["candidates"] == "E4 (twins@corp.example, active); E5 (twins@corp.example, active)"


def test_address_that_many_persons_share_is_listed_and_is_no_evidence(built: Warehouse) -> None:
    shared = {row["key_value"]: row for row in built.all("select * from identity.shared_identifiers")}
    assert shared["crowd@corp.example"]["reason"] == "shared by 4 persons of the roster"
    assert shared["crowd@corp.example"]["person_count"] == 4
    assert shared["support@corp.example"]["reason"] == "a generic mailbox"
    assert not built.all(
        "select 1 from identity.match_evidence where key_value in ('crowd@corp.example', 'support@corp.example')"
    )


def test_every_assignment_is_explained_by_evidence_with_both_sides(built: Warehouse) -> None:
    rows = built.all(
        "select * from identity.match_evidence where account_key like 'production:%ANN' and relation = 'identity'"
    )
    assert [(row["rule"], row["left_value"], row["right_value"], row["weight"]) for row in rows] == [
        ("email", "Ann.Lee+aws@CORP.example", "ann.lee@corp.example", 0.97)
    ]
    unexplained = built.all(
        """
        select account_key from identity.identity_accounts
        where status = 'assigned' and not is_authoritative and rules not like 'shared_%'
            and account_key not in (select account_key from identity.match_evidence)
        """
    )
    assert unexplained == []


def test_person_outside_the_roster_is_an_identity_with_unknown_employment(built: Warehouse) -> None:
    eva = built.one("identity.identities", "email = 'eva@agency.example'")
    assert (eva["anchor"], eva["employment_status"], eva["account_count"]) == ("email:eva@agency.example", "unknown", 2)
    assert not eva["is_in_roster"]


def test_persons_employment_follows_the_date_before_the_word(built: Warehouse) -> None:
    employment = built.by("email", "identity.identities", "employment_status")
    assert employment["left@corp.example"] == "terminated"
    assert employment["leaving@corp.example"] == "active"
    assert employment["unread@corp.example"] == "unknown"


def test_roster_rows_are_persons_and_in_no_finding(built: Warehouse) -> None:
    roster = built.all("select * from inventory.accounts where is_authoritative")
    assert len(roster) == 13
    assert {(row["account_kind"], row["activity"], row["has_console_password"]) for row in roster} == {
        ("human", "unknown", None)
    }
    for table in (
        "stale_accounts",
        "orphaned_accounts",
        "duplicate_identities",
        "unknown_activity",
        "unknown_ownership",
        "all_findings",
    ):
        assert not built.all(f"select 1 from findings.{table} where account_key like 'people:%'")


def test_leavers_account_that_still_opens_comes_first(built: Warehouse) -> None:
    severity = {
        row["username"]: row["severity"]
        for row in built.all(
            """
            select a.username, f.severity from findings.all_findings as f
            join inventory.accounts as a using (account_key)
            where f.finding_type = 'orphaned_account' and a.directory_id = 'production'
            """
        )
    }
    assert severity["left"] == "high"
    assert severity["svc-owner-left"] == "high"
    assert severity["same-name"] == "medium"


def test_identity_ids_are_the_same_in_the_next_build(built: Warehouse) -> None:
    before = built.by("anchor", "identity.identities", "identity_id")
    built.rebuild()
    assert built.by("anchor", "identity.identities", "identity_id") == before
