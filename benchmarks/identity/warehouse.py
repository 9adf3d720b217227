"""Puts a company into a warehouse file the way the pipeline's load step leaves it: the `raw` schema.

Belongs here: raw tables and their three leading columns. Does not belong here: making the company, or reading the
verdicts.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.identity.company import Company
from benchmarks.identity.people import AS_OF

_ATTEMPTS = """
create table raw.attempts (snapshot_id varchar, directory_id varchar, kind varchar, status varchar, as_of timestamp,
    evidence_as_of timestamp, finished_at timestamp, run_id varchar, strategy varchar, calls bigint, retries bigint,
    vanished bigint, rows bigint, is_current boolean, is_latest boolean, problem_code varchar, problem_message varchar,
    problem_action varchar, problem_remedy varchar)
"""
_COVERAGE = """
create table raw.coverage (snapshot_id varchar, directory_id varchar, action varchar, outcome varchar, calls bigint,
    rows bigint, error_code varchar, message varchar, needed_for varchar, remedy varchar, as_of timestamp)
"""
_EVALUATION = """
create table raw.evaluation as select
    cast(? as timestamp) as evaluated_at, cast(null as timestamp) as as_of_override, 90 as stale_after_days,
    cast(48 as double) as authoritative_max_age_hours, cast(0.2 as double) as max_shrink, 10 as max_shrink_rows
"""
_CONNECTIONS = """
create table raw.connections (directory_id varchar, kind varchar, display_name varchar, aws_account_id varchar,
    is_authoritative boolean, access_mode varchar)
"""


def load(company: Company, path: Path) -> None:
    """Write `company` into a new DuckDB file at `path`."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as db:
        db.execute("create schema raw")
        for statement in (_ATTEMPTS, _COVERAGE, _CONNECTIONS):
            db.execute(statement)
        db.execute(_EVALUATION, [AS_OF])
        for name, table in company.accounts.items():
            _connection(db, name, "file", None, table.num_rows)
        for name, tables in company.iam.items():
            _connection(db, name, "aws_iam", company.aws_account_ids[name], tables["users"].num_rows)
        _table(db, "file_accounts", dict(company.accounts))
        for table in next(iter(company.iam.values())):
            _table(db, f"aws_iam_{table}", {name: tables[table] for name, tables in company.iam.items()})


def _snapshot_id(directory_id: str) -> str:
    return f"{AS_OF:%Y%m%dT%H%M%SZ}-{directory_id}"


def _connection(db: duckdb.DuckDBPyConnection, name: str, kind: str, account_id: str | None, rows: int) -> None:
    db.execute(
        "insert into raw.connections values (?, ?, ?, ?, ?, 'read_only')",
        [name, kind, name.replace("-", " ").title(), account_id, name == "people"],
    )
    db.execute(
        "insert into raw.attempts values"
        " (?, ?, ?, 'complete', ?, null, ?, 'benchmark', 'bulk', 1, 0, 0, ?, true, true, '', '', '', '')",
        [_snapshot_id(name), name, kind, AS_OF, AS_OF, rows],
    )


def _table(db: duckdb.DuckDBPyConnection, name: str, parts: dict[str, pa.Table]) -> None:
    stamped = []
    for directory_id, part in parts.items():
        count = part.num_rows
        columns = {
            "directory_id": pa.array([directory_id] * count, pa.string()),
            "snapshot_id": pa.array([_snapshot_id(directory_id)] * count, pa.string()),
            "as_of": pa.array([AS_OF] * count, pa.timestamp("us")),
        }
        stamped.append(pa.table({**columns, **{field.name: part[field.name] for field in part.schema}}))
    rows = pa.concat_tables(stamped)
    db.register("incoming", rows)
    db.execute(f"create table raw.{name} as select * from incoming")
    db.unregister("incoming")
