"""A sync over a ledger that certify did not write: the directories are read, nothing is judged, the last file stays."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime

import dagster as dg
import duckdb
import pytest

from pipeline.home import Home
from pipeline.landing.store import Landing
from pipeline.ledger.store import Ledger
from pipeline.orchestration.instance import open_instance
from pipeline.orchestration.run import run_sync
from pipeline.problems import CertifyError, ExitCode
from pipeline.warehouse.query import query
from pipeline.warehouse.verified_ledger import require_whole_ledger
from tests.integration.cli.running import in_a_process
from tests.unit.ledger.deciding import decision

PUBLISHED = "select run_id, ledger_head from operations.publication"


def decide(home: Home, account: str) -> str:
    made = decision("kind", account, "service", decided_at=datetime(2026, 1, 1, tzinfo=UTC))
    with Ledger.of(home).writing() as writer:
        writer.record(made)
    return made.decision_id


def ledger_check(home: Home) -> tuple[bool, str]:
    """How the check stands in Dagster, and the beginning of the row it names."""
    key = dg.AssetCheckKey(dg.AssetKey(["raw", "pipeline"]), "ledger_intact")
    with open_instance(home) as instance:
        record = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0]
    assert record.event is not None
    assert record.event.dagster_event is not None
    evaluation = record.event.dagster_event.event_specific_data
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    named = re.search(r"decisions d-\w+ \(written ", evaluation.description or "")
    return evaluation.passed, named[0] if named else ""


def test_a_changed_decision_stops_the_sync_until_it_is_restored_or_accepted(synced: Home) -> None:
    victim = decide(synced, "production:robot")
    assert run_sync(synced).exit_code is ExitCode.OK
    [(run_id, head)] = query(synced, PUBLISHED).rows
    assert str(head).startswith("1:")
    attempts = len(Landing(synced.landing).attempts("file", "people"))
    whole = synced.ledger.read_bytes()
    with sqlite3.connect(synced.ledger) as connection:
        connection.execute("drop trigger decisions_refuse_update")
        connection.execute("update decisions set target = 'human'")
    connection.close()

    outcome = run_sync(synced)

    assert outcome.exit_code is ExitCode.REFUSED
    assert outcome.published is None
    assert outcome.failure is not None
    assert outcome.failure.code == "ledger_broken"
    assert f"decisions {victim} (written " in outcome.failure.message
    assert query(synced, PUBLISHED).rows == [(run_id, head)], "the last good publication stays"
    assert len(Landing(synced.landing).attempts("file", "people")) == attempts + 1, "what was read is kept"
    assert ledger_check(synced) == (False, f"decisions {victim} (written "), "the alerting sensor tells it"
    doctor = in_a_process("doctor", "--home", str(synced.root), "--json")
    assert doctor.code == 1
    assert victim in doctor.out
    verified = in_a_process("ledger", "verify", "--home", str(synced.root))
    assert verified.code == ExitCode.REFUSED
    assert victim in verified.out

    broken = synced.ledger.read_bytes()
    synced.ledger.write_bytes(whole)
    require_whole_ledger(synced)
    synced.ledger.write_bytes(broken)
    accepted = in_a_process("ledger", "accept", "--reason", "known", "--home", str(synced.root))
    assert accepted.code == 0, accepted.err
    decide(synced, "staging:robot")
    assert run_sync(synced).exit_code is ExitCode.OK, "accepted"
    assert ledger_check(synced) == (True, "")
    [(_, head)] = query(synced, PUBLISHED).rows
    assert str(head).rpartition(":")[2].startswith("a-"), "the publication says that it was"


def test_a_ledger_put_back_together_with_its_stored_end_is_found_by_the_publication(home: Home) -> None:
    decide(home, "production:robot")
    kept = {path: path.read_bytes() for path in (home.ledger, home.root / "ledger-head.json")}
    decide(home, "staging:robot")
    with duckdb.connect(str(home.published)) as published:
        published.execute("create schema operations")
        head = str(Ledger.of(home).verify().head)
        published.execute("create table operations.publication as select ? as ledger_head", [head])
    assert not require_whole_ledger(home).tamperings
    for path, content in kept.items():
        path.write_bytes(content)
    with pytest.raises(CertifyError, match="link 2 is not the one that the published tables were judged by"):
        require_whole_ledger(home)
    assert in_a_process("ledger", "accept", "--reason", "restored", "--home", str(home.root)).code == 0
    assert not require_whole_ledger(home).tamperings
