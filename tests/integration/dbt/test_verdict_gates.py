"""No authoritative directory to rely on: no orphan verdicts, and a check that says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.integration.dbt.raw_rows import NOW, Company, days_ago
from tests.integration.dbt.warehouses import Reading, SyncedWarehouse, Warehouse


def _company(connect_roster: Callable[[Company], None]) -> Company:
    company = Company()
    connect_roster(company)
    company.aws().user("nobodys", login={}, password_last_used_at=days_ago(1))
    return company


def fresh(company: Company) -> None:
    company.file(as_of=NOW - timedelta(hours=48)).person("E1", email="e1@corp.example")


def a_second_too_old(company: Company) -> None:
    company.file(as_of=NOW - timedelta(hours=48, seconds=1)).person("E1", email="e1@corp.example")


def not_connected(company: Company) -> None:
    del company


def failed_after_a_good_read(company: Company) -> None:
    company.file(as_of=NOW - timedelta(hours=1)).person("E1", email="e1@corp.example")
    company.attempt("people", "file", status="failed", problem_code="unreadable_file", problem_remedy="put hr.csv back")


def shrunk_and_held(company: Company) -> None:
    company.file(as_of=NOW - timedelta(hours=1)).person("E1", email="e1@corp.example")
    company.attempt("people", "file", status="held", problem_remedy="certify sync --accept-shrink people")


def never_read(company: Company) -> None:
    company.file()
    company.rows["attempts"].clear()


def failed_at_once(company: Company) -> None:
    company.file(status="failed", problem_code="unreadable_file", problem_remedy="put hr.csv back")


def empty(company: Company) -> None:
    company.file()


def one_of_two_failed(company: Company) -> None:
    fresh(company)
    company.file("contractors", status="failed", problem_remedy="put contractors.csv back")


CLOSED = {
    not_connected: ("no authoritative directory is connected", "connect the HR roster"),
    a_second_too_old: ("people (stale, last good read 2026-11-22 03:14:59 UTC)", "certify sync people"),
    failed_after_a_good_read: ("people (failed, last good read 2026-11-24 02:15:00 UTC)", "put hr.csv back"),
    shrunk_and_held: ("people (held, last good read 2026-11-24 02:15:00 UTC)", "certify sync --accept-shrink people"),
    never_read: ("people (never_synced)", "certify sync people"),
    failed_at_once: ("people (failed)", "put hr.csv back"),
    empty: ("the authoritative directory lists nobody", "look at the roster file"),
    one_of_two_failed: ("contractors (failed)", "put contractors.csv back"),
}


def orphans(built: Reading) -> list[str]:
    return [row["username"] for row in built.all("select username from findings.orphaned_accounts")]


def finding(built: Reading) -> dict[str, str]:
    return built.one("findings.all_findings", "finding_type = 'orphaned_account'")


@pytest.mark.promise("P26")
def test_roster_as_old_as_allowed_gives_verdicts_and_a_second_later_none(warehouse: Warehouse) -> None:
    warehouse.build(_company(fresh))
    assert orphans(warehouse) == ["nobodys"]
    assert warehouse.one("operations.verdict_gates")["is_open"]
    assert warehouse.status("assert_verdict_gates_open") == "pass"
    assert (finding(warehouse)["status"], finding(warehouse)["coverage"]) == ("open", "full")


@pytest.mark.promise("P31")
@pytest.mark.parametrize("connect_roster", CLOSED, ids=lambda function: function.__name__)
def test_no_verdict_while_the_roster_cannot_be_relied_on(
    warehouse: Warehouse, connect_roster: Callable[[Company], None]
) -> None:
    reason, remedy = CLOSED[connect_roster]
    warehouse.build(_company(connect_roster))
    gate = warehouse.one("operations.verdict_gates")
    assert orphans(warehouse) == []
    assert not gate["is_open"]
    assert reason in gate["reason"]
    assert remedy in gate["remedy"]
    assert warehouse.status("assert_verdict_gates_open") == "warn"


@pytest.mark.promise("P31")
def test_a_finding_known_before_stays_open_and_says_that_it_could_not_be_looked_at_again(
    synced: SyncedWarehouse,
) -> None:
    for connect_roster, coverage in ((fresh, "full"), (failed_after_a_good_read, "none")):
        synced.build(_company(connect_roster), "+all_findings")
        found = finding(synced)
        assert (found["status"], found["coverage"]) == ("open", coverage)
