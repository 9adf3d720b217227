"""What people decide outlives every sync and a rebuild from nothing; a ledger that cannot be read stops everything."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.conftest import DemoRun
from tests.end_to_end.test_sync import certify

WHY = ("--reason", "asked them")

PEOPLE = """
    select account_key, identity_id from identity.identity_accounts
    where is_authoritative and identity_id in (
        select identity_id from identity.identities where employment_status = 'active'
    )
    order by account_key
"""
ASSIGNED = """
    select accounts.account_key, accounts.identity_id
    from identity.identity_accounts as accounts
    inner join inventory.accounts as facts on accounts.account_key = facts.account_key
    where not accounts.is_authoritative and accounts.status = 'assigned' and facts.directory_id = 'production'
        and facts.account_kind = 'human'
    order by accounts.account_key
"""
UNOWNED = """
    select account_key from findings.orphaned_accounts where reason = 'service_unowned' order by account_key
"""
UNMATCHED = """
    select accounts.account_key
    from identity.identity_accounts as accounts
    inner join inventory.accounts as facts on accounts.account_key = facts.account_key
    where not accounts.is_authoritative and accounts.status = 'unmatched' and accounts.directory_id = 'production'
        and facts.account_kind in ('human', 'unknown')
    order by accounts.account_key
"""
FINDING = (
    "select finding_id from findings.all_findings where finding_type = 'stale_account' order by finding_id limit 1"
)


@pytest.fixture
def home(demo_run: DemoRun, tmp_path: Path) -> Home:
    """A copy of the demo's home, to be changed."""
    shutil.copytree(demo_run.home.root, tmp_path / "home")
    return Home(tmp_path / "home")


def decide(home: Home, *arguments: str) -> str:
    ran, document = certify(home, *arguments, *WHY)
    assert ran.code == 0, ran.err
    return str(document["decision"]["decision_id"])


def sync(home: Home) -> dict[str, Any]:
    ran, document = certify(home, "sync")
    assert ran.code == 0, ran.err
    assert document["published"], ran.err
    return document


def one(home: Home, sql: str, *values: object) -> Any:
    [row] = query(home, sql, list(values)).rows
    return row[0] if len(row) == 1 else row


@pytest.mark.promise("P35")
def test_every_decision_wins_outlives_a_rebuild_from_nothing_and_ends_when_it_is_undone(home: Home) -> None:
    person, identity = query(home, PEOPLE).rows[0]
    (wrong, whose), *_ = query(home, ASSIGNED).rows
    loose, unowned, finding = query(home, UNMATCHED).rows[0][0], query(home, UNOWNED).rows[0][0], one(home, FINDING)
    rightful = one(
        home,
        "select min(account_key) from identity.identity_accounts where is_authoritative and identity_id = ?",
        whose,
    )
    kinds = query(home, UNOWNED).rows[1][0]
    ids = {
        "link": decide(home, "identity", "link", loose, person),
        "unlink": decide(home, "identity", "unlink", wrong, rightful),
        "owner": decide(home, "identity", "owner", unowned, person),
        "kind": decide(home, "identity", "kind", kinds, "break_glass"),
        "except": decide(home, "exception", "add", finding, "--until", "2127-01-01"),
    }

    def assert_in_force() -> None:
        told = "select identity_id, status from identity.identity_accounts where account_key = ?"
        assert one(home, told, loose) == (identity, "manual")
        assert one(home, told, wrong)[0] != whose
        owner = "select owner_identity_id from identity.identity_accounts where account_key = ?"
        assert one(home, owner, unowned) == identity
        assert one(home, "select count(*) from findings.orphaned_accounts where account_key = ?", unowned) == 0
        kind = one(home, "select account_kind, kind_rule from inventory.accounts where account_key = ?", kinds)
        assert kind[0] == "break_glass"
        assert "decided" in kind[1]
        assert one(home, "select status from findings.all_findings where finding_id = ?", finding) == "excepted"
        states = dict(query(home, "select decision_id, state from identity.decisions").rows)
        assert states == dict.fromkeys(ids.values(), "in_force")

    sync(home)
    assert_in_force()
    for built in (home.warehouse, home.published):
        built.unlink()
    sync(home)
    assert_in_force()
    for verb, decision_id in ids.items():
        decide(home, "exception" if verb == "except" else "identity", "undo", decision_id)
    sync(home)
    assert query(home, "from identity.decisions").rows == []
    assert one(home, "select identity_id from identity.identity_accounts where account_key = ?", wrong) == whose
    assert one(home, "select status from findings.all_findings where finding_id = ?", finding) == "open"


def test_an_accepted_finding_leaves_the_counts_and_is_neither_new_nor_gone(home: Home) -> None:
    finding = one(home, FINDING)
    decide(home, "exception", "add", finding, "--until", "2127-01-01")
    before = {row["kind"]: row["open"] for row in sync(home)["findings"]}
    counts = {row["kind"]: row for row in sync(home)["findings"]}
    assert (counts["stale"]["excepted"], counts["stale"]["new"], counts["stale"]["gone"]) == (1, 0, 0)
    assert {kind: row["open"] for kind, row in counts.items()} == before
    open_ids = {row["finding_id"] for row in certify(home, "findings")[1]["findings"]}
    assert finding not in open_ids
    stated = sum(row["open_findings"] for row in certify(home, "status")[1]["connections"])
    assert stated == len(open_ids) == sum(before.values())


def test_a_ledger_that_cannot_be_read_stops_the_sync_and_what_was_published_stays(home: Home) -> None:
    decide(home, "exception", "add", one(home, FINDING), "--until", "2127-01-01")
    home.ledger.write_bytes(home.ledger.read_bytes()[:4096])
    published = home.published.read_bytes()
    ran, document = certify(home, "sync")
    assert ran.code == 2
    assert [problem["code"] for problem in document["problems"]] == ["ledger_unreadable"]
    assert str(home.ledger) in document["problems"][0]["message"]
    assert home.published.read_bytes() == published
    assert certify(home, "doctor")[0].code == 1
    home.ledger.unlink()
    ran, document = certify(home, "sync")
    assert ran.code == 6
    assert [problem["code"] for problem in document["problems"]] == ["ledger_broken"]
    assert "the ledger is gone; it had" in document["problems"][0]["message"]
    assert home.published.read_bytes() == published
    ran, _ = certify(home, "ledger", "accept", *WHY)
    assert ran.code == 0, ran.err
    sync(home)
