"""What a roster says of its people: words, disabled records, saying nothing at all, and how old its file is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.dbt.raw_rows import NOW, Company, days_ago
from tests.integration.dbt.warehouses import Warehouse

WORDS = ("Laid off", "Term", "T", "0", "Ausgeschieden")
"""None of them is in our list, and all of them were taken for active."""
UNDATED = ("native_id", "email", "employee_id", "status")


def _company(**roster: object) -> Company:
    """One account of each person: `ann` (active), and one a word."""
    company = Company()
    people = company.file(**{"known": UNDATED, **roster})  # type: ignore[arg-type]
    production = company.aws()
    for number, (name, status) in enumerate([("ann", "Active"), *((f"p{n}", word) for n, word in enumerate(WORDS))]):
        columns = {"status": status} if "status" in people.known else {}
        people.person(f"E{number}", email=f"{name}@corp.example", employee_id=f"E{number}", **columns)
        production.user(name, tags={"email": f"{name}@corp.example"})
    return company


def employment(built: Warehouse) -> dict[str, str]:
    return {
        str(row["email"]).partition("@")[0]: row["employment_status"]
        for row in built.all("select email, employment_status from identity.identities where is_in_roster")
    }


def orphans(built: Warehouse) -> dict[str, str]:
    return built.by("username", "findings.orphaned_accounts", "reason")


@pytest.mark.promise("P31")
def test_a_word_that_nothing_explains_is_unknown_listed_and_gives_no_verdict(warehouse: Warehouse) -> None:
    warehouse.build(_company())
    assert employment(warehouse) == {"ann": "active", **{f"p{n}": "unknown" for n in range(5)}}
    assert orphans(warehouse) == {}
    reasons = warehouse.by("username", "findings.unknown_ownership", "reason")
    assert set(reasons) == {f"p{n}" for n in range(5)}
    assert 'the status "Laid off" is not understood' in reasons["p0"]
    actions = warehouse.by("username", "findings.unknown_ownership", "action")
    assert 'status_words: {terminated: ["Ausgeschieden"]}' in actions["p4"]
    seen = warehouse.all("select word, taken_for, row_count, unknown_count from identity.status_words order by word")
    assert [tuple(row.values()) for row in seen if row["word"] != "Active"] == [
        (word, "unknown", 1, 1) for word in sorted(WORDS)
    ]
    assert warehouse.status("assert_status_words_are_understood") == "warn"
    directory = warehouse.one("inventory.directories", "is_authoritative")
    assert (directory["coverage"], directory["unknown_employment_count"]) == ("partial", 5)


def test_settings_explain_a_word_and_win_over_our_list(warehouse: Warehouse) -> None:
    company = _company()
    for word, meaning in (
        ("laid  OFF", "terminated"),
        ("t", "terminated"),
        ("0", "on_leave"),
        ("active", "terminated"),
    ):
        company.status_word(word, meaning)
    warehouse.build(company)
    assert employment(warehouse) == {
        "ann": "terminated",
        "p0": "terminated",
        "p1": "unknown",
        "p2": "terminated",
        "p3": "active",
        "p4": "unknown",
    }
    assert orphans(warehouse) == dict.fromkeys(("ann", "p0", "p2"), "owner_terminated")


@pytest.mark.promise("P31")
def test_a_roster_that_says_of_no_one_whether_they_work_here_gives_no_verdict_on_their_accounts(
    warehouse: Warehouse,
) -> None:
    company = _company(known=("native_id", "email", "employee_id"))
    company.rows["aws_iam_users"].clear()
    production = company.rows["aws_iam_login_profiles"]
    production.clear()
    account = company.aws("other", account_id="222233334444")
    account.user("ann", tags={"email": "ann@corp.example"})
    account.user("nobodys")
    warehouse.build(company)
    assert set(employment(warehouse).values()) == {"unknown"}
    assert orphans(warehouse) == {"nobodys": "no_owner"}
    unknown = warehouse.one("findings.unknown_ownership")
    assert "people has no column for the status or the termination date" in unknown["reason"]
    assert "columns: {status: HEADER}" in unknown["action"]
    directory = warehouse.one("inventory.directories", "is_authoritative")
    assert directory["coverage"] == "partial"
    assert directory["employment_gap"].startswith("no row says whether its person works here")
    assert warehouse.status("assert_rosters_say_who_is_employed") == "warn"


def test_end_dates_teach_words_disabled_records_count_and_presence_counts_where_the_customer_says_so(
    warehouse: Warehouse,
) -> None:
    company = Company()
    dated = company.file("dated")
    for number in range(60):
        left = {"status": "X7", "terminated_on": days_ago(30)} if number < 9 else {"status": "Crew"}
        dated.person(f"E{number}", email=f"p{number}@corp.example", employee_id=f"E{number}", **left)
    dated.person("E99", email="undated@corp.example", employee_id="E99", status="X7")
    disabled = company.file("disabled", known=("native_id", "email", "status", "is_enabled"))
    for name, status, is_enabled in (
        ("off", "Active", False),
        ("off-no-word", None, False),
        ("on", None, True),
        ("on-leave", "On leave", False),
    ):
        disabled.person(name, email=f"{name}@corp.example", status=status, is_enabled=is_enabled)
    current = company.file("current", known=("native_id", "email"), lists_only_active=True)
    current.person("present", email="present@corp.example")
    warehouse.build(company)
    assert {name: status for name, status in employment(warehouse).items() if name[1:].isdigit() is False} == {
        "undated": "terminated",
        "off": "terminated",
        "off-no-word": "terminated",
        "on": "active",
        "on-leave": "active",
        "present": "active",
    }
    assert employment(warehouse)["p30"] == "active"
    learned = warehouse.all("select word, taken_for, basis from identity.status_words where directory_id = 'dated'")
    assert sorted(tuple(row.values()) for row in learned) == [
        ("Crew", "active", "end_dates"),
        ("X7", "terminated", "end_dates"),
    ]
    assert warehouse.by("directory_id", "inventory.directories", "coverage")["current"] == "full"
    assert warehouse.status("assert_status_words_are_understood") == "pass"
    assert warehouse.status("assert_rosters_say_who_is_employed") == "pass"


def test_a_roster_file_is_as_old_as_its_content_however_often_it_is_read(warehouse: Warehouse) -> None:
    written = NOW - timedelta(hours=48, seconds=1)
    warehouse.build(_company(as_of=NOW - timedelta(minutes=5), evidence_as_of=written))
    gate = warehouse.one("operations.verdict_gates")
    directory = warehouse.one("inventory.directories", "is_authoritative")
    assert not gate["is_open"]
    assert "the file has not changed since 2026-11-22 03:14:59 UTC" in gate["reason"]
    assert "export the roster anew over the old file, then: certify sync people" in gate["remedy"]
    assert (directory["content_as_of"], directory["as_of"]) == (written, NOW - timedelta(minutes=5))
    assert directory["status"] == "stale"
    assert warehouse.status("assert_verdict_gates_open") == "warn"
