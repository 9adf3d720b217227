"""Reads the state of every check from Dagster's event log, for alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from pipeline.alerts.check_state import CheckKey, CheckState, State
from pipeline.connections.models import Connection
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.checks.landing import NOT_PASSING, PASSING
from pipeline.orchestration.dagster_internals import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
    PartitionKeyFilter,
)
from pipeline.orchestration.instance import IN_FLIGHT

LONGEST_WAIT = timedelta(minutes=15)
"""So long an alert waits for runs under way, that one sync does not make several of it."""
_STATES: dict[str, State] = {"failed": "failing", "not tried": "unknown"}
_OF_NO_PARTITION = PartitionKeyFilter(key=None)


def watched(checks: Iterable[dg.AssetCheckKey], connections: Sequence[Connection]) -> Iterator[CheckKey]:
    """Every check there can be: those on landed directories once for each connection."""
    by_asset: dict[str, list[str]] = {}
    for connection in connections:
        by_asset.setdefault(landing_key(connection.kind).to_user_string(), []).append(connection.name)
    for key in checks:
        asset = key.asset_key.to_user_string()
        for name in by_asset.get(asset, []) if _is_of_connections(key) else [""]:
            yield asset, key.name, name


def sightings(instance: dg.DagsterInstance, checks: Sequence[dg.AssetCheckKey]) -> Iterator[CheckState]:
    """How every check stands that was ever evaluated.

    The evaluations of a landed directory that sum up tell of each connection, so that one query is enough.
    """
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(checks, _OF_NO_PARTITION)
    for key, record in latest.items():
        was_evaluated = record.status is not AssetCheckExecutionRecordStatus.PLANNED
        known = record if was_evaluated else _last_completed(instance, key)
        if known is not None:
            for sighting in _seen(key, known):
                # planned since and not evaluated: what was healthy then need not be now
                stale = not was_evaluated and sighting.state == "healthy"
                yield sighting.model_copy(update={"state": "unknown"}) if stale else sighting


def run_under_way(instance: dg.DagsterInstance) -> bool:
    """Whether any run may still change how checks stand."""
    return bool(instance.get_run_records(dg.RunsFilter(statuses=IN_FLIGHT), limit=1))


def _last_completed(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> AssetCheckExecutionRecord | None:
    found = instance.event_log_storage.get_asset_check_execution_history(
        key, 1, status=COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES, partition_filter=_OF_NO_PARTITION
    )
    return found[0] if found else None


def _seen(key: dg.AssetCheckKey, record: AssetCheckExecutionRecord) -> Iterator[CheckState]:
    evaluation = record.evaluation
    if not isinstance(evaluation, dg.AssetCheckEvaluation) or record.event is None:
        return
    at, asset = datetime.fromtimestamp(record.event.timestamp, UTC), key.asset_key.to_user_string()
    if not _is_of_connections(key):
        yield _of_one(key, asset, at, evaluation)
        return
    table, passing = evaluation.metadata.get(NOT_PASSING), evaluation.metadata.get(PASSING)
    if isinstance(table, dg.TableMetadataValue):
        for row in (entry.data for entry in table.records):
            yield CheckState(
                asset=asset,
                check=key.name,
                connection=str(row["connection"]),
                state=_STATES[str(row["state"])],
                at=at,
                code=str(row["code"]),
                error_code=str(row["error_code"]),
                what=str(row["what"]),
                remedy=str(row["remedy"]),
            )
    if isinstance(passing, dg.JsonMetadataValue):
        for name in passing.data or ():
            yield CheckState(asset=asset, check=key.name, connection=str(name), state="healthy", at=at)


def _of_one(key: dg.AssetCheckKey, asset: str, at: datetime, evaluation: dg.AssetCheckEvaluation) -> CheckState:
    """A check on tables. A warning is advice: neither a failure nor health."""
    state: State = "healthy" if evaluation.passed else "unknown"
    if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR:
        state = "failing"
    remedy = evaluation.metadata.get("remedy")
    return CheckState(
        asset=asset,
        check=key.name,
        state=state,
        at=at,
        what=evaluation.description or "the test failed",
        remedy=str(remedy.value) if remedy else "",
    )


def _is_of_connections(key: dg.AssetCheckKey) -> bool:
    return key.asset_key.path[0] == "landing"
