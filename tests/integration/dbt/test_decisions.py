"""What people decided, as analysts see it: what counts, what is over, what is about nobody; and accepted findings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.dbt.raw_rows import NOW, Company, days_ago
from tests.integration.dbt.warehouses import SyncedWarehouse, Warehouse

HISTORY = ("+all_findings", "+finding_history")
SECOND = timedelta(seconds=1)
JANUARY = NOW + timedelta(days=40)


def company() -> Company:
    """Somebody whose key nobody has used for years."""
    company = Company()
    company.file().person("E1", display_name="Ada Byron", email="ada@example.com", employee_id="E1", status="active")
    account = company.aws()
    account.key(account.user("ada"), "AKIAOLD", used=days_ago(700))
    return company


@pytest.fixture(scope="module")
def finding(warehouse: Warehouse) -> str:
    warehouse.build(company())
    return str(warehouse.one("findings.all_findings", "finding_type = 'stale_credential'")["finding_id"])


def test_an_accepted_finding_is_excepted_until_the_instant_of_its_end_and_open_again_from_then_on(
    warehouse: Warehouse, finding: str
) -> None:
    accepted = company()
    accepted.decision("d-1", "except", None, finding, expires_at=JANUARY)
    seen = {}
    for name, instant in (("now", NOW), ("before", JANUARY - SECOND), ("at", JANUARY), ("after", JANUARY + SECOND)):
        judged = accepted if name == "now" else accepted.at(instant)
        found = warehouse.build(judged).one("findings.all_findings", f"finding_id = '{finding}'")
        facts = ("status", "exception_id", "exception_reason", "excepted_by", "excepted_until")
        seen[name] = tuple(found[fact] for fact in facts)
    excepted = ("excepted", "d-1", "they said so", "auditor", JANUARY)
    nothing = ("open", None, None, None, None)
    assert seen == {"now": excepted, "before": excepted, "at": nothing, "after": nothing}


def test_an_exception_hides_no_resolution_and_its_coming_and_going_is_history(
    synced: SyncedWarehouse, finding: str
) -> None:
    synced.build(company(), *HISTORY)
    accepted = company()
    accepted.decision("d-1", "except", None, finding, expires_at=JANUARY)
    synced.build(accepted, *HISTORY)
    accepted.rows["aws_iam_access_keys"].clear()
    over = synced.build(accepted, *HISTORY).one("findings.all_findings", f"finding_id = '{finding}'")
    assert over["status"] == "resolved"
    versions = synced.all(f"select status from history.finding_history where finding_id = '{finding}'")
    assert {row["status"] for row in versions} == {"open", "excepted", "resolved"}


def test_each_decision_is_published_with_its_state(warehouse: Warehouse) -> None:
    decided = company()
    key = "production:AIDA111122223333ADA"
    decided.decision("d-kind", "kind", key, "human")
    decided.decision("d-over", "owner", key, "people:E1", expires_at=NOW)
    decided.decision("d-gone", "kind", "production:AIDAGONE", "service")
    decided.decision("d-target-gone", "unlink", key, "people:E9", expires_at=JANUARY)
    decided.decision("d-nothing", "except", None, "no such finding", expires_at=JANUARY)
    warehouse.build(decided)
    states = {"d-kind": "in_force", "d-over": "expired"}
    states |= {"d-gone": "dangling", "d-target-gone": "dangling", "d-nothing": "dangling"}
    assert warehouse.by("decision_id", "identity.decisions", "state") == states
    assert warehouse.one("identity.decisions", "decision_id = 'd-target-gone'") == {
        "decision_id": "d-target-gone",
        "verb": "unlink",
        "account_key": key,
        "target": "people:E9",
        "reason": "they said so",
        "decided_by": "auditor",
        "decided_at": days_ago(1),
        "expires_at": JANUARY,
        "state": "dangling",
        "contradiction": None,
        "decided_account_key": key,
        "decided_target": "people:E9",
        "carried_by": None,
    }


def test_decisions_that_contradict_each_other_are_published_and_say_so(warehouse: Warehouse) -> None:
    contradicting = company()
    key = "production:AIDA111122223333ADA"
    contradicting.decision("d-1", "kind", key, "human")
    contradicting.decision("d-2", "kind", key, "service")
    warehouse.build(contradicting)
    assert warehouse.status("assert_decisions_agree") == "warn"
    told = dict.fromkeys(("d-1", "d-2"), f"{key} was given more than one kind")
    assert warehouse.by("decision_id", "identity.decisions", "contradiction") == told
    contradicting.rows["ledger_decisions"].pop()
    warehouse.build(contradicting)
    assert warehouse.by("decision_id", "identity.decisions", "contradiction") == {"d-1": None}
