"""Snapshots as a directory would give them, small and readable, and connections to land them for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from pydantic import SecretStr

from pipeline.connections.models import AwsIamConnection, FileConnection
from pipeline.coverage import ActionCoverage
from pipeline.directories.aws_iam.tables import TABLES
from pipeline.directories.base import ACCOUNTS, Snapshot
from pipeline.home import Home
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.problems import Problem
from pipeline.settings import Settings

START = datetime(2026, 11, 20, 2, 0)
SETTINGS = Settings()


def hour(number: float) -> datetime:
    """So many hours after the first read."""
    return START + timedelta(hours=number)


def aws(name: str = "production", account_id: str = "111122223333") -> AwsIamConnection:
    return AwsIamConnection(
        name=name,
        display_name=f"{name} account",
        role_arn=f"arn:aws:iam::{account_id}:role/Reader",
        external_id=SecretStr(f"cc-0123456789abcdef-{name}"),
    )


def roster(name: str = "people") -> FileConnection:
    return FileConnection(name=name, path="hr.csv", authoritative=True)


def landing_of(home: Home) -> Landing:
    return Landing.of(home, SETTINGS)


def aws_snapshot(
    name: str = "production",
    users: Sequence[str] = ("ada", "bo"),
    *,
    at: datetime = START,
    account_id: str = "111122223333",
    coverage: Sequence[ActionCoverage] = (ActionCoverage("iam:ListUsers", "ok", calls=1, rows=2),),
) -> Snapshot:
    """A complete snapshot whose users carry these names; every other table is empty."""
    rows = [{"user_id": f"AIDA{user}", "user_name": user, "arn": f"arn:{user}", "created_at": START} for user in users]
    tables = {table: schema.empty_table() for table, schema in TABLES.items()}
    tables["users"] = filled(TABLES["users"], rows)
    return Snapshot(
        connection=name,
        kind="aws_iam",
        as_of=at,
        status="complete",
        strategy="bulk",
        tables=tables,
        coverage=coverage,
        main_table="users",
        account_id=account_id,
        calls=7,
    )


def failed_snapshot(name: str = "production", *, at: datetime) -> Snapshot:
    problem = Problem.of("read_denied", connection=name, action="iam:ListUsers", needed_for="everything")
    coverage = ActionCoverage("iam:ListUsers", "denied", calls=1, error_code="AccessDenied", needed_for="everything")
    return Snapshot(
        connection=name,
        kind="aws_iam",
        as_of=at,
        status="failed",
        strategy="bulk",
        coverage=(coverage,),
        problems=(problem,),
        main_table="users",
    )


def roster_snapshot(name: str = "people", people: Sequence[str] = ("ada",), *, at: datetime = START) -> Snapshot:
    rows = [{"native_id": person, "username": person, "source_row": row} for row, person in enumerate(people, start=2)]
    return Snapshot(
        connection=name,
        kind="file",
        as_of=at,
        status="complete",
        strategy="csv",
        tables={"accounts": filled(ACCOUNTS, rows)},
        main_table="accounts",
    )


def filled(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in schema} for row in rows], schema=schema)


def land(home: Home, *snapshots: Snapshot, accept_shrink: bool = True) -> Manifest:
    """Land them in order; gives the last manifest."""
    for snapshot in snapshots:
        manifest = landing_of(home).write(
            snapshot,
            run_id="run",
            accept_shrink=accept_shrink,
            max_shrink=SETTINGS.max_shrink,
            max_shrink_rows=SETTINGS.max_shrink_rows,
            finished_at=snapshot.as_of.replace(tzinfo=UTC) + timedelta(seconds=5),
        )
    return manifest
