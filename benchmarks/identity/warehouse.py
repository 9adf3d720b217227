"""Puts a company into a warehouse file the way the pipeline's load step leaves it: the `raw` schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.identity.company import Company
from benchmarks.identity.people import AS_OF
from pipeline.directories.registry import KINDS, directory_for
from pipeline.warehouse.raw import META, SCHEMA, create_tables, landed_tables, raw_name
from pipeline.warehouse.sql import statement

_LANDED = {name: schema for kind in KINDS for name, schema in landed_tables(kind, directory_for(kind).tables).items()}
_EVALUATION = {
    "evaluated_at": AS_OF,
    "stale_after_days": 90,
    "authoritative_max_age_hours": 48.0,
    "max_shrink": 0.2,
    "max_shrink_rows": 10,
}


def load(company: Company, path: Path) -> None:
    """Write `company` into a new DuckDB file at `path`."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as db:
        create_tables(db, _LANDED)
        _meta(db, "evaluation", _EVALUATION)
        for name, table in company.accounts.items():
            kind = company.kinds.get(name, "file")
            _connection(db, name, kind, None, table.num_rows)
            _table(db, raw_name(kind, "accounts"), name, _mapped(table))
        for name, tables in company.iam.items():
            _connection(db, name, "aws_iam", company.aws_account_ids[name], tables["users"].num_rows)
            for kind, table in tables.items():
                _table(db, f"aws_iam_{kind}", name, table)


def _snapshot_id(directory_id: str) -> str:
    return f"{AS_OF:%Y%m%dT%H%M%SZ}-{directory_id}"


def _connection(db: duckdb.DuckDBPyConnection, name: str, kind: str, account_id: str | None, rows: int) -> None:
    connection = {
        "directory_id": name,
        "kind": kind,
        "display_name": name.replace("-", " ").title(),
        "aws_account_id": account_id,
        "is_authoritative": name == "people",
        "access_mode": "read_only",
        "lists_only_active": False,
    }
    _meta(db, "connections", connection)
    attempt = {
        "snapshot_id": _snapshot_id(name),
        "directory_id": name,
        "kind": kind,
        "status": "complete",
        "as_of": AS_OF,
        "finished_at": AS_OF,
        "run_id": "benchmark",
        "strategy": "bulk",
        "calls": 1,
        "retries": 0,
        "vanished": 0,
        "rows": rows,
        "is_current": True,
        "is_latest": True,
    }
    _meta(db, "attempts", attempt)


def _meta(db: duckdb.DuckDBPyConnection, name: str, row: Mapping[str, Any]) -> None:
    _insert(db, name, pa.Table.from_pylist([row], schema=META[name]))


def _table(db: duckdb.DuckDBPyConnection, name: str, directory_id: str, part: pa.Table) -> None:
    count = part.num_rows
    leading = {
        "directory_id": pa.array([directory_id] * count, pa.string()),
        "snapshot_id": pa.array([_snapshot_id(directory_id)] * count, pa.string()),
        "as_of": pa.array([AS_OF] * count, pa.timestamp("us")),
    }
    _insert(db, name, pa.table({**leading, **{field.name: part[field.name] for field in part.schema}}))


def _mapped(accounts: pa.Table) -> pa.Table:
    """The accounts with `known_fields`: a file has a column for what it tells of anybody."""
    told = json.dumps([name for name in accounts.column_names if accounts[name].null_count < accounts.num_rows])
    place = accounts.column_names.index("known_fields")
    return accounts.set_column(place, "known_fields", pa.array([told] * accounts.num_rows, pa.string()))


def _insert(db: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    db.register("incoming", rows)
    db.execute(statement("insert into {table} by name select * from incoming", table=(SCHEMA, name)))
    db.unregister("incoming")
