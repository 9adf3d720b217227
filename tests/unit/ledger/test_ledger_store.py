"""The ledger at rest: made with the first decision, private, append-only, and never mistaken for an empty one."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from pipeline.ledger import store
from pipeline.ledger.store import REVISIONS, Ledger
from pipeline.ledger.tables import Base
from pipeline.problems import ConfigurationError, Locked
from tests.unit.ledger.deciding import NOW, decision, undoing

HOSTILE = "\x1b[2J'; drop table decisions; --\u202e\r\n=1+1 ünï 🙂"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def test_looking_makes_no_file_and_the_first_decision_makes_a_private_one(ledger: Ledger) -> None:
    assert ledger.read() == []
    assert not ledger.file.exists()
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "service"))
    assert stat.S_IMODE(ledger.file.stat().st_mode) == 0o600
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ledger.file.parent.iterdir()}
    assert made == dict.fromkeys(("ledger.sqlite", "ledger-head.json", "ledger.lock"), 0o600)


def test_every_fact_comes_back_as_it_was(ledger: Ledger) -> None:
    kept = [
        decision("link", HOSTILE, "people:E1", reason=HOSTILE, decided_by=HOSTILE, expires_at=NOW + timedelta(days=1)),
        decision("except", None, "f1", expires_at=NOW + timedelta(microseconds=1)),
        decision("kind", "a:1", "human", undone=undoing(reason=HOSTILE)),
    ]
    with ledger.writing() as writer:
        for each in kept:
            writer.record(each)
        assert writer.decisions == kept
    assert ledger.read() == kept


def test_undoing_is_a_fact_beside_the_decision(ledger: Ledger) -> None:
    first, second = decision("kind", "a:1", "human"), decision("kind", "a:2", "human")
    with ledger.writing() as writer:
        writer.record(first)
        writer.record(second)
    with ledger.writing() as writer:
        writer.undo(first.decision_id, undoing())
        assert writer.decisions == [replace(first, undone=undoing()), second]
    assert ledger.read() == [replace(first, undone=undoing()), second]


@pytest.mark.promise("P21")
@pytest.mark.parametrize(
    "change",
    [
        "update decisions set reason = 'another'",
        "delete from decisions",
        "update undoings set reason = 'another'",
        "delete from undoings",
    ],
)
def test_the_database_itself_refuses_to_change_or_forget(ledger: Ledger, change: str) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human", undone=undoing()))
    with sqlite3.connect(ledger.file) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)


def test_a_block_that_fails_records_nothing(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    before = ledger.read()
    with pytest.raises(ZeroDivisionError), ledger.writing() as writer:  # noqa: PT012
        writer.record(decision("kind", "a:2", "human"))
        writer.undo(before[0].decision_id, undoing())
        raise ZeroDivisionError
    assert ledger.read() == before


def test_a_file_without_decisions_is_no_ledger_whatever_is_in_it(ledger: Ledger) -> None:
    for content in (b"", b"not a database" * 100, b"SQLite format 3\0" + b"\0" * 500):
        ledger.file.write_bytes(content)
        for attempt in (ledger.read, ledger.writing().__enter__):
            with pytest.raises(ConfigurationError) as refused:
                attempt()
            assert refused.value.problem.code == "ledger_unreadable"
            assert str(ledger.file) in refused.value.problem.message
        assert ledger.file.read_bytes() == content


@pytest.mark.promise("P21")
def test_a_ledger_cut_short_or_overwritten_is_refused_and_not_read_in_part(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        for number in range(200):
            writer.record(decision("kind", f"a:{number}", "human", reason="x" * 500))
    whole = ledger.file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:8192] + b"\xff" * (len(whole) - 8192)):
        ledger.file.write_bytes(damaged)
        with pytest.raises(ConfigurationError, match="cannot be used"):
            ledger.read()


@pytest.mark.parametrize("column", ["verb", "decided_at"])
def test_a_value_this_program_never_writes_is_refused(ledger: Ledger, column: str) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    with sqlite3.connect(ledger.file) as connection:
        connection.execute("drop trigger decisions_refuse_update")
        connection.execute(f"update decisions set {column} = 'yesterday'")
    with pytest.raises(ConfigurationError, match="holds what no decision is made of"):
        ledger.read()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be made"), Ledger(tmp_path / "gone" / "l.sqlite").writing():
        pass


@pytest.mark.promise("P24")
def test_a_ledger_of_a_newer_version_is_left_alone(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    with sqlite3.connect(ledger.file) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(ConfigurationError, match="of a newer version of certify"):
        ledger.read()


def test_a_process_that_keeps_the_file_is_waited_for_and_then_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    monkeypatch.setattr(store, "PATIENCE", 0.2)
    other = sqlite3.connect(ledger.file, isolation_level=None)
    other.execute("begin immediate")
    assert len(ledger.read()) == 1, "whoever only reads is not kept waiting"
    with pytest.raises(Locked) as busy, ledger.writing():
        pass
    assert busy.value.problem.exit_code == 75
    other.close()


@pytest.mark.promise("P24")
def test_the_migrations_make_the_tables_that_are_read_and_every_version_is_known(ledger: Ledger) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    with create_engine(f"sqlite:///{ledger.file}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    scripts = ScriptDirectory(str(Path(store.__file__).parent / "migrations"))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS


def test_a_copy_made_while_nobody_writes_is_a_backup(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    shutil.copy(ledger.file, tmp_path / "backup.sqlite")
    assert Ledger(tmp_path / "backup.sqlite").read() == ledger.read()
