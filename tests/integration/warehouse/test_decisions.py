"""Decisions of people reach `raw.ledger_decisions` with every load, or nothing is loaded at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from pipeline.home import Home
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError
from pipeline.warehouse.load import load
from tests.integration.warehouse.landed import SETTINGS, aws, aws_snapshot, land, landing_of
from tests.unit.ledger.deciding import NOW, decision, undoing

DECISIONS = (
    "select decision_id, verb, account_key, target, decided_by, decided_at, expires_at from raw.ledger_decisions"
)


def rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse)) as connection:
        return connection.execute(sql).fetchall()


def load_at(home: Home, evaluated_at: datetime, as_of: datetime | None = None) -> None:
    load(home, landing_of(home), [], SETTINGS, evaluated_at, as_of)


def test_all_that_was_not_undone_is_copied_anew_by_each_load(home: Home) -> None:
    kept = decision("link", "a:1", "people:E1", expires_at=NOW + timedelta(days=1))
    accepted = decision("except", None, "f1", expires_at=NOW + timedelta(days=1))
    gone = decision("kind", "a:2", "service")
    with Ledger.of(home).writing() as writer:
        for each in (kept, accepted, gone):
            writer.record(each)
    load_at(home, NOW)
    assert {row[0] for row in rows(home, DECISIONS)} == {kept.decision_id, accepted.decision_id, gone.decision_id}
    with Ledger.of(home).writing() as writer:
        writer.undo(gone.decision_id, undoing())
    load_at(home, NOW)
    decided, ends = datetime(2026, 11, 24, 3, 15, 0, 123456), datetime(2026, 11, 25, 3, 15, 0, 123456)
    assert sorted(rows(home, DECISIONS), key=lambda row: row[1], reverse=True) == [
        (kept.decision_id, "link", "a:1", "people:E1", "auditor", decided, ends),
        (accepted.decision_id, "except", None, "f1", "auditor", decided, ends),
    ]


@pytest.mark.parametrize(
    ("as_of", "judged_at"), [(None, "2026-11-25"), (datetime(2027, 1, 1, tzinfo=UTC), "2027-01-01")]
)
def test_their_end_is_judged_at_the_sync_or_at_the_instant_asked_for(
    home: Home, as_of: datetime | None, judged_at: str
) -> None:
    with Ledger.of(home).writing() as writer:
        writer.record(decision("kind", "a:2", "service"))
    load_at(home, datetime(2026, 11, 25, tzinfo=UTC), as_of)
    assert rows(home, "select strftime(evaluated_at, '%Y-%m-%d') from raw.ledger_decisions") == [(judged_at,)]


def test_as_of_an_instant_what_was_decided_later_does_not_count_and_what_was_undone_later_does(home: Home) -> None:
    replaced, undone_at = decision("kind", "a:2", "service"), NOW + timedelta(hours=1)
    with Ledger.of(home).writing() as writer:
        writer.record(replaced)
        writer.undo(replaced.decision_id, undoing(undone_at=undone_at, entered_at=undone_at))
    instants = (NOW - timedelta(seconds=1), NOW, undone_at - timedelta(seconds=1), undone_at)
    counted = []
    for instant in instants:
        load_at(home, NOW + timedelta(days=9), instant)
        counted.append(len(rows(home, "from raw.ledger_decisions")))
    assert counted == [0, 1, 1, 0]


def test_a_ledger_that_cannot_be_read_fails_the_load_before_anything_is_changed(home: Home) -> None:
    with Ledger.of(home).writing() as writer:
        writer.record(decision("kind", "a:2", "service"))
    load_at(home, NOW)
    home.ledger.write_bytes(b"")
    land(home, aws_snapshot(users=["ada"]))
    with pytest.raises(CertifyError, match="nothing is judged without it"):
        load(home, landing_of(home), [aws()], SETTINGS, NOW)
    assert rows(home, "select count(*) from raw.aws_iam_users") == [(0,)]
    assert rows(home, "select account_key from raw.ledger_decisions") == [("a:2",)]


def test_who_the_accounts_are_is_noted_while_they_are_published_and_kept_when_they_are_gone(home: Home) -> None:
    link = decision("link", "a:1", "people:E1")
    with Ledger.of(home).writing() as writer:
        writer.record(link)
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema inventory")
        connection.execute(
            "create table inventory.accounts as select 'people:E1' as account_key, true as is_authoritative,"
            " 'E1' as employee_id, 'ann@corp.example' as email"
        )
    noted = (
        "select account_was_rostered, target_was_rostered, target_employee_id, target_email from raw.ledger_decisions"
    )
    load_at(home, NOW)
    assert rows(home, noted) == [(None, True, "E1", "ann@corp.example")]
    home.published.unlink()
    load_at(home, NOW)
    assert rows(home, noted) == [(None, True, "E1", "ann@corp.example")]
