"""A roster connected under another name, or exported anew with other row ids, keeps what people decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.dbt.raw_rows import NOW, Company
from tests.integration.dbt.warehouses import SyncedWarehouse, Warehouse

FINDINGS = ("+all_findings", "+identity_decisions")
ANN = {"target_was_rostered": True, "target_employee_id": "e-1 ", "target_email": "ann@corp.example"}
BEN = {"target_was_rostered": True, "target_employee_id": None, "target_email": "ben@corp.example"}
GONE = {"target_was_rostered": True, "target_employee_id": "E-9", "target_email": "gone@corp.example"}


@pytest.mark.promise("P35")
def test_decisions_follow_a_roster_that_is_called_otherwise_and_those_that_cannot_are_listed(
    warehouse: Warehouse,
) -> None:
    company = Company()
    people = company.file("workforce")
    ann = people.person("row-77", email="Ann@corp.example", employee_id="E-1", display_name="Ann Lee")
    ben = people.person("row-78", email="ben@corp.example", display_name="Ben Cho")
    production = company.aws()
    keys = {name: production.key_of(production.user(name)) for name in ("x1", "x2", "x3", "x4")}
    okta = company.file("okta", authoritative=False)
    bot = okta.person("new-id", employee_id="77", email="bot@corp.example")
    company.decision("d-number", "link", keys["x1"], "people:E1", **ANN)
    company.decision("d-address", "link", keys["x2"], "people:B", **BEN)
    company.decision("d-gone", "owner", keys["x3"], "people:G", **GONE)
    company.decision("d-unnoted", "owner", keys["x4"], "people:U")
    company.decision(
        decision_id="d-other",
        verb="kind",
        account_key="okta:old-id",
        target="service",
        account_was_rostered=False,
        account_employee_id="77",
        account_email=None,
    )
    warehouse.build(company)
    decisions = {row["decision_id"]: row for row in warehouse.all("select * from identity.decisions")}
    facts = ("state", "account_key", "target", "carried_by")
    assert {name: tuple(row[fact] for fact in facts) for name, row in decisions.items()} == {
        "d-number": ("in_force", keys["x1"], ann, "employee_id"),
        "d-address": ("in_force", keys["x2"], ben, "email"),
        "d-gone": ("dangling", keys["x3"], "people:G", None),
        "d-unnoted": ("dangling", keys["x4"], "people:U", None),
        "d-other": ("in_force", bot, "service", "employee_id"),
    }
    assert decisions["d-number"]["decided_target"] == "people:E1"
    persons = warehouse.by("account_key", "identity.identity_accounts", "identity_id")
    assert persons[keys["x1"]] == persons[ann]
    assert persons[keys["x2"]] == persons[ben]
    assert warehouse.status("assert_decisions_are_about_known_accounts") == "warn"


def test_an_exception_follows_its_account_to_the_same_finding_there(synced: SyncedWarehouse) -> None:
    def exported(native_id: str, day: int) -> Company:
        company = Company(evaluated_at=NOW + timedelta(days=day))
        people = company.file(as_of=company.evaluated_at)
        people.person("E-1", email="ann@corp.example", employee_id="E-1", status="terminated")
        people.person("E-2", email="ben@corp.example", employee_id="E-2", status="active")
        okta = company.file("okta", authoritative=False, as_of=company.evaluated_at)
        okta.person(native_id, employee_id="E-1", email="ann@corp.example")
        return company

    synced.build(exported("old-id", 0), *FINDINGS)
    before = synced.one("findings.all_findings")
    assert (before["finding_type"], before["status"]) == ("orphaned_account", "open")
    again = exported("new-id", 1)
    until = NOW + timedelta(days=90)
    noted = {"account_was_rostered": False, "account_employee_id": "E-1", "account_email": None, "expires_at": until}
    again.decision("d-accepted", "except", "okta:old-id", before["finding_id"], **noted)
    synced.build(again, *FINDINGS)
    states = {row["account_key"]: row for row in synced.all("select * from findings.all_findings")}
    assert (states["okta:old-id"]["status"], states["okta:old-id"]["exception_id"]) == ("resolved", None)
    now = states["okta:new-id"]
    assert (now["status"], now["exception_id"], now["excepted_until"]) == ("excepted", "d-accepted", until)
    decision = synced.one("identity.decisions")
    assert (decision["state"], decision["carried_by"]) == ("in_force", "employee_id")
    assert (decision["target"], decision["decided_target"]) == (now["finding_id"], before["finding_id"])
