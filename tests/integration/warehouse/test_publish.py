"""Publishing: analysts get every mart and nothing else, whole, private, and readable by the tools they have."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline import __version__
from pipeline.home import Home
from pipeline.problems import CertifyError
from pipeline.warehouse import publish as publishing
from pipeline.warehouse.publish import publish
from tests.integration.warehouse.conftest import build_marts

AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


def select(file: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_mart_is_published_with_its_rows_types_and_comments(built: Home) -> None:
    publication = publish(built, run_id="run-1", published_at=AT)

    assert publication.rows == {"findings.stale_accounts": 3, "inventory.accounts": 3, "operations.sync_runs": 3}
    assert select(built.published, "select * from findings.stale_accounts order by number") == [
        (1, number, f"ünïcode ' \"{number}") for number in range(3)
    ]
    assert select(built.published, "select comment from duckdb_tables() where table_name = 'stale_accounts'") == [
        ("Logins nobody's used; one row each.",)
    ]
    assert publication.tables[0].columns == (
        ("generation", "integer", ""),
        ("number", "bigint", ""),
        ("label", "varchar", "What people call it"),
    )
    assert select(
        built.published, "select comment from duckdb_columns() where column_name = 'label' and comment is not null"
    ) == [("What people call it",)]


def test_nothing_but_marts_leaves_the_warehouse(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)

    assert select(built.published, "select distinct schema_name from duckdb_tables() order by 1") == [
        ("findings",),
        ("inventory",),
        ("operations",),
    ]
    assert b"not for analysts" not in built.published.read_bytes()


def test_the_file_says_what_it_is(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)

    assert select(built.published, "select * from operations.publication") == [
        (datetime(2026, 11, 24, 3, 15), "run-1", __version__, datetime(2026, 11, 24, 2, 0), "l-1", "7:abc:")
    ]


@pytest.mark.promise("P33")
def test_the_file_is_private_alone_and_of_the_old_format(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)

    assert built.published.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in built.root.iterdir() if "certification" in path.name] == ["certification.duckdb"]
    # Bytes 12 to 20 of a DuckDB file are its format: 64 is the one that every version since 0.10 reads.
    assert int.from_bytes(built.published.read_bytes()[12:20], "little") == 64


@pytest.mark.promise("P2")
def test_a_reader_keeps_its_view_and_the_next_one_sees_the_new(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)
    with duckdb.connect(":memory:") as early:
        early.execute(f"attach '{built.published}' as p (read_only)")
        build_marts(built, generation=2)
        publish(built, run_id="run-2", published_at=AT)
        assert early.execute("select distinct generation from p.findings.stale_accounts").fetchall() == [(1,)]
    assert select(built.published, "select distinct generation from findings.stale_accounts") == [(2,)]


def test_publishing_again_drops_tables_that_are_no_mart_any_more(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)
    with duckdb.connect(str(built.warehouse)) as connection:
        connection.execute("drop table findings.stale_accounts")

    assert set(publish(built, run_id="run-2", published_at=AT).rows) == {"inventory.accounts", "operations.sync_runs"}
    assert select(built.published, "select count(*) from duckdb_tables() where table_name = 'stale_accounts'") == [(0,)]


def test_an_empty_warehouse_never_replaces_what_was_published(built: Home) -> None:
    publish(built, run_id="run-1", published_at=AT)
    before = built.published.read_bytes()
    built.warehouse.unlink()
    with duckdb.connect(str(built.warehouse)):
        pass

    with pytest.raises(CertifyError, match="holds no mart"):
        publish(built, run_id="run-2", published_at=AT)
    assert built.published.read_bytes() == before
    assert not list(built.root.glob(".*.tmp*"))


def test_leftovers_of_a_killed_publication_are_swept(built: Home) -> None:
    left = built.root / ".certification.duckdb.0badc0ffee00.tmp"
    for path in (left, left.with_name(left.name + ".wal")):
        path.write_bytes(b"half a file")

    publish(built, run_id="run-1", published_at=AT)
    assert not list(built.root.glob(".*.tmp*"))


@pytest.mark.promise("P2")
def test_readers_never_see_two_builds_at_once(built: Home) -> None:
    """A reader looks while ten builds are published; each look must show one build only, and never an error."""
    publish(built, run_id="run-0", published_at=AT)
    done, mixed, looks = threading.Event(), [], 0

    def read() -> None:
        nonlocal looks
        while not done.is_set() or looks == 0:
            # As another process would: through a name of its own, so that no handle is shared with the last look.
            with duckdb.connect(":memory:") as connection:
                connection.execute(f"attach '{built.published}' as p (read_only)")
                seen = connection.execute(
                    "select generation from p.findings.stale_accounts union select generation from p.inventory.accounts"
                ).fetchall()
            looks += 1
            if len(seen) != 1:
                mixed.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for generation in range(2, 12):
            build_marts(built, generation, rows=200)
            publish(built, run_id=f"run-{generation}", published_at=AT)
    finally:
        done.set()
        reader.join()
    assert mixed == []
    assert looks > 0


def test_the_mart_schemas_are_the_contracts() -> None:
    assert publishing.MART_SCHEMAS == ("inventory", "identity", "findings", "review", "operations")
