"""Writes the raw tables about the reads: connections, attempts, coverage, evaluation settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.connections.models import Connection
from pipeline.landing.manifest import Manifest
from pipeline.problems import Problem
from pipeline.settings import Settings
from pipeline.warehouse.open import transaction
from pipeline.warehouse.raw import META, SCHEMA
from pipeline.warehouse.sql import statement, utc_naive

Row = dict[str, Any]


@dataclass(frozen=True)
class SyncMetadata:
    """All that is known about the reads of the connected directories.

    By connection: `attempts`, newest first, and `current`, the snapshot whose rows are in the warehouse. By snapshot:
    `damaged`, what is wrong with one that was complete when it was landed.
    """

    connections: Sequence[Connection]
    attempts: Mapping[str, Sequence[Manifest]]
    current: Mapping[str, str]
    damaged: Mapping[str, Problem]


def write_meta(
    database: duckdb.DuckDBPyConnection,
    reads: SyncMetadata,
    settings: Settings,
    evaluated_at: datetime,
    as_of_override: datetime | None,
    decisions: Sequence[Row] = (),
    known: pa.Table | None = None,
) -> None:
    """Replace the tables that tell how the reads went and by what they are judged, all or none.

    A snapshot that is loaded and that the landing keeps no more is still evidence: what was written about it stays.
    `known` are the identities as they were last published (`known_identities`).
    """
    rows: dict[str, list[Row]] = {
        "connections": [_connection(each) for each in reads.connections],
        "attempts": list(_attempts(reads)),
        "coverage": list(_coverage(reads)),
        "evaluation": [_evaluation(settings, evaluated_at, as_of_override)],
        "match_settings": list(match_settings(settings)),
        "status_words": [
            {"word": word, "meaning": meaning} for meaning, words in settings.status_words.items() for word in words
        ],
        "attribute_settings": [
            {"attribute": attribute, "meaning": meaning} for attribute, meaning in settings.attributes.items()
        ],
        "ledger_decisions": list(decisions),
    }
    kept = {manifest.snapshot_id for manifests in reads.attempts.values() for manifest in manifests}
    pruned = [snapshot for snapshot in reads.current.values() if snapshot not in kept]
    tables = {name: pa.Table.from_pylist(made, schema=META[name]) for name, made in rows.items()}
    tables["known_identities"] = META["known_identities"].empty_table() if known is None else known
    with transaction(database):
        for name in META:
            _replace(database, name, tables[name], keep=pruned)
        _mark_latest(database)


def _replace(database: duckdb.DuckDBPyConnection, name: str, table: pa.Table, *, keep: Sequence[str]) -> None:
    target = (SCHEMA, name)
    if "snapshot_id" in table.column_names:
        outdated = "delete from {target} where not list_contains(?, snapshot_id)"
        database.execute(statement(outdated, target=target), [list(keep)])
    else:
        database.execute(statement("delete from {target}", target=target))
    database.register("new_rows", table)
    try:
        database.execute(statement("insert into {target} by name select * from new_rows", target=target))
    finally:
        database.unregister("new_rows")


def _mark_latest(database: duckdb.DuckDBPyConnection) -> None:
    """The newest attempt of each directory; snapshot ids sort by time."""
    update = """
        update {attempts} as attempt set is_latest = attempt.snapshot_id = newest.snapshot_id
        from (select directory_id, max(snapshot_id) as snapshot_id from {attempts} group by directory_id) as newest
        where attempt.directory_id = newest.directory_id
    """
    database.execute(statement(update, attempts=(SCHEMA, "attempts")))


def _connection(connection: Connection) -> Row:
    return {
        "directory_id": connection.name,
        "kind": connection.kind,
        "display_name": connection.display_name,
        "aws_account_id": getattr(connection, "account_id", None),
        "is_authoritative": connection.authoritative,
        "lists_only_active": getattr(connection, "lists_only_active", False),
        "access_mode": connection.access_mode,
    }


def _attempts(reads: SyncMetadata) -> Iterator[Row]:
    for connection in reads.connections:
        current = reads.current.get(connection.name)
        for manifest in reads.attempts[connection.name]:
            damage = reads.damaged.get(manifest.snapshot_id)
            problem = damage or next(iter(manifest.problems), None)
            yield {
                "snapshot_id": manifest.snapshot_id,
                "directory_id": connection.name,
                "kind": manifest.kind,
                "status": "failed" if damage else manifest.status,
                "as_of": utc_naive(manifest.as_of),
                "evidence_as_of": _instant(manifest.evidence_as_of),
                "finished_at": _instant(manifest.finished_at),
                "run_id": manifest.run_id,
                "strategy": manifest.strategy,
                "endpoint": manifest.endpoint,
                "calls": manifest.calls,
                "retries": manifest.retries,
                "vanished": manifest.vanished,
                "rows": manifest.rows,
                "directory_identity": manifest.directory_identity if manifest.tables else None,
                "is_current": manifest.snapshot_id == current,
                "is_latest": False,  # marked when all are there
                "problem_code": problem.code if problem else None,
                "problem_message": problem.message if problem else None,
                "problem_action": (problem.action or None) if problem else None,
                "problem_remedy": problem.remedy if problem else None,
            }


def _coverage(reads: SyncMetadata) -> Iterator[Row]:
    for name, manifests in reads.attempts.items():
        wanted = {reads.current.get(name), *(manifest.snapshot_id for manifest in manifests[:1])}
        for manifest in _of(manifests, wanted):
            for action in manifest.coverage:
                yield {
                    "snapshot_id": manifest.snapshot_id,
                    "directory_id": name,
                    "action": action.action,
                    "outcome": action.outcome,
                    "calls": action.calls,
                    "rows": action.rows,
                    "error_code": action.error_code or None,
                    "message": action.message or None,
                    "needed_for": action.needed_for or None,
                    "remedy": action.remedy or None,
                    "principals_asked": action.principals_asked,
                    "principals_denied": action.principals_denied,
                    "as_of": utc_naive(manifest.as_of),
                }


def _of(manifests: Iterable[Manifest], snapshots: set[str | None]) -> Iterator[Manifest]:
    return (manifest for manifest in manifests if manifest.snapshot_id in snapshots)


def _evaluation(settings: Settings, evaluated_at: datetime, as_of_override: datetime | None) -> Row:
    return {
        "evaluated_at": utc_naive(evaluated_at),
        "as_of_override": _instant(as_of_override),
        "stale_after_days": settings.stale_after_days,
        "authoritative_max_age_hours": settings.authoritative_max_age.total_seconds() / 3600,
        "max_shrink": settings.max_shrink,
        "max_shrink_rows": settings.max_shrink_rows,
    }


def match_settings(settings: Settings) -> Iterator[Row]:
    """What the home sets to other values than the seeds of the dbt project."""
    thresholds = {
        "assignment_confidence": settings.assignment_confidence,
        "assignment_odds": settings.assignment_odds,
    }
    for name, value in thresholds.items():
        yield {"setting_kind": "threshold", "name": name, "value": value}
    for name, value in settings.match_weights.items():
        yield {"setting_kind": "weight", "name": name, "value": value}


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else utc_naive(value)
