"""A home of its own for every test, and a warehouse with a few marts in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    return chosen


def build_marts(home: Home, generation: int, rows: int = 3) -> None:
    """What a dbt build leaves: two marts and a view that say which build they are of, and a table that is private."""
    with duckdb.connect(str(home.warehouse)) as connection:
        for schema in ("raw", "staging", "findings", "inventory", "operations"):
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(
            "create or replace table raw.evaluation as"
            " select timestamp '2026-11-24 02:00:00' as evaluated_at, cast(null as timestamp) as as_of_override"
        )
        connection.execute(
            "create or replace table raw.build_stamp as select 'l-1' as load_id, true as is_loaded,"
            " '7:abc:' as ledger_head, 'l-1' as tested_load_id"
        )
        connection.execute("create or replace table staging.private as select 'not for analysts' as note")
        for mart in ("findings.stale_accounts", "inventory.accounts"):
            connection.execute(
                f"create or replace table {mart} as"
                f" select {generation} as generation, i as number, 'ünïcode '' \"' || i as label"
                f" from range({rows}) as r (i)"
            )
        connection.execute("create or replace view operations.sync_runs as select * from inventory.accounts")
        connection.execute("comment on table findings.stale_accounts is 'Logins nobody''s used; one row each.'")
        connection.execute("comment on column findings.stale_accounts.label is 'What people call it'")


@pytest.fixture
def built(home: Home) -> Home:
    build_marts(home, generation=1)
    return home
