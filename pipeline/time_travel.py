"""Judges the snapshots and decisions of another instant into a file of its own."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from pipeline.connections.models import Connection
from pipeline.home import FILE_MODE, FOLDER_MODE, Home, private_write, sync_folder
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.ledger.engine import PATIENCE
from pipeline.ledger.head import HeadFile
from pipeline.ledger.store import LOCK, Ledger
from pipeline.problems import CertifyError, ConfigurationError, ExitCode, Problem
from pipeline.settings import Settings
from pipeline.warehouse.build import NodeDone, build
from pipeline.warehouse.known_identities import known_identities
from pipeline.warehouse.load import LoadResult, load
from pipeline.warehouse.open import attach_warehouse, warehouse
from pipeline.warehouse.publish import publish
from pipeline.warehouse.sql import quote_literal, utc_naive

WHAT = (
    "Grain: one connected directory, with the snapshot it was judged from (null: none is kept that was read by then),"
    " the instant everything in this file was judged at, and when `certify sync --as-of` made it."
)
MADE = """
    create or replace table operations.time_travel as
    select
        cast($judged_as_of as timestamp) as judged_as_of,
        cast($made_at as timestamp) as made_at,
        connections.directory_id,
        attempts.snapshot_id,
        attempts.as_of as read_at
    from raw.connections as connections
    left join raw.attempts as attempts
        on connections.directory_id = attempts.directory_id and attempts.is_current
    order by connections.directory_id
"""
FINDINGS_THEN = """
    create table history.finding_states as
    select * replace (
        case when coalesce(ended_at, resolved_at) > $then then 'open' else status end as status,
        case when resolved_at <= $then then resolved_at end as resolved_at,
        case when coalesce(ended_at, resolved_at) <= $then then ended_at end as ended_at,
        least(last_seen_at, $then) as last_seen_at,
        least(as_of, $then) as as_of,
        least(evaluated_at, $then) as evaluated_at
    )
    from recorded.history.finding_states
    where lane = 'recorded' and first_seen_at <= $then and list_contains($directories, directory_id)
"""
"""The findings known by then, as they stood: what ended later was open."""


@dataclass(frozen=True)
class TimeTravel:
    """The result of judging at another instant.

    `home` answers queries like any other, from the file that was made; None where no connection has a snapshot that
    old, and so no file was made. `snapshots`, by connection, are those it was judged from. `problems` are about the
    connections that were named: no snapshot that old, or a damaged one in place of which an older one was taken.
    """

    home: Home | None
    judged_as_of: datetime
    snapshots: Mapping[str, Manifest]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Partial when a named connection has no snapshot that old; connection when none of them has."""
        if self.home is None:
            return ExitCode.CONNECTION
        return ExitCode.PARTIAL if self.problems else ExitCode.OK


def judge_as_of(
    home: Home,
    landing: Landing,
    connections: Sequence[Connection],
    settings: Settings,
    *,
    then: datetime,
    now: datetime,
    named: Sequence[str] = (),
    on_node: NodeDone | None = None,
) -> TimeTravel:
    """Judge every connection from its newest snapshot not after `then`, by the decisions in force then.

    The rules and settings are those of today. `named` are the connections whose missing snapshots are problems (all,
    without). Raises Locked while another process writes, CertifyError when the tables fail their tests.
    """
    wanted = set(named) or {each.name for each in connections}
    with home.trial() as trial:
        with home.lock("sync --as-of"):
            _copy_ledger(home, trial)
            loaded = load(trial, landing, connections, settings, now, then, known_identities(home))
            _recall_findings(home, trial, list(loaded.loaded), then)
            snapshots = _chosen(landing, connections, loaded)
        missing = {
            each.name: _no_snapshot(landing, each, then, settings) for each in connections if each.name not in snapshots
        }
        problems = {**missing, **loaded.failed}
        found = TimeTravel(None, then, snapshots, tuple(problems[name] for name in problems if name in wanted))
        if not wanted & set(snapshots):
            return found
        outcome = build(trial, on_node=on_node)
        if outcome.problem is not None:
            raise CertifyError(outcome.problem)
        _sign(trial, then, now)
        return replace(found, home=_keep(home, trial, then, now))


def judged_before(home: Home, then: datetime) -> Home:
    """The home as it was judged for that instant. Raises ConfigurationError where that was not asked yet."""
    judged = replace(home, judged_as_of=then)
    if not judged.published.is_file():
        there = ", ".join(sorted(file.stem for file in home.time_travels.glob("*.duckdb"))) or "none"
        raise ConfigurationError(Problem.of("not_judged_then", instant=f"{then.isoformat()}", there=there))
    return judged


def _copy_ledger(home: Home, trial: Home) -> None:
    """The decisions and where their chain ends, so that the copy is verified and not the ledger brought up to date."""
    end = HeadFile.beside(home.ledger).file
    if Ledger.of(home).is_absent():
        return
    try:
        with (
            home.lock("sync --as-of", wait=PATIENCE, name=LOCK),
            contextlib.closing(sqlite3.connect(f"file:{quote(str(home.ledger))}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(trial.ledger)) as copy,
        ):
            source.backup(copy)
            if end.exists():
                private_write(HeadFile.beside(trial.ledger).file, end.read_bytes())
    except sqlite3.Error as error:
        problem = Problem.of("ledger_unreadable", file=home.ledger, reason=f"cannot be used ({error})")
        raise ConfigurationError(problem) from error
    trial.ledger.chmod(FILE_MODE)


def _recall_findings(home: Home, trial: Home, directories: Sequence[str], then: datetime) -> None:
    """Since when each finding was known. Nothing is recalled from a warehouse of before findings ended."""
    if not home.warehouse.exists():
        return
    if home.warehouse.with_name(f"{home.warehouse.name}.wal").exists():
        with warehouse(home):
            pass  # what a killed process left in the log beside the file is in the file now
    with warehouse(trial) as connection:
        attach_warehouse(connection, home, "recorded")
        try:
            has_ends = "select 1 from duckdb_columns() where database_name = 'recorded' and schema_name = 'history'"
            has_ends += " and table_name = 'finding_states' and column_name = 'ended_at'"
            if connection.execute(has_ends).fetchall():
                connection.execute("create schema if not exists history")
                connection.execute(FINDINGS_THEN, {"then": utc_naive(then), "directories": directories})
        finally:
            connection.execute("detach recorded")


def _chosen(landing: Landing, connections: Sequence[Connection], loaded: LoadResult) -> dict[str, Manifest]:
    ids = set(loaded.loaded.values())
    return {
        each.name: manifest
        for each in connections
        if each.name in loaded.loaded
        for manifest in landing.attempts(each.kind, each.name)
        if manifest.snapshot_id in ids
    }


def _no_snapshot(landing: Landing, connection: Connection, then: datetime, settings: Settings) -> Problem:
    kept = [each for each in landing.attempts(connection.kind, connection.name) if each.status == "complete"]
    return Problem.of(
        "no_snapshot_then",
        connection=connection.name,
        instant=f"{then:%Y-%m-%d %H:%M:%S} UTC",
        oldest=f"the oldest is of {kept[-1].as_of:%Y-%m-%d %H:%M:%S} UTC" if kept else "there is none at all yet",
        keep=settings.keep_snapshots,
    )


def _sign(trial: Home, then: datetime, now: datetime) -> None:
    with warehouse(trial) as connection:
        connection.execute("create schema if not exists operations")
        connection.execute(MADE, {"judged_as_of": utc_naive(then), "made_at": utc_naive(now)})
        connection.execute(f"comment on table operations.time_travel is {quote_literal(WHAT)}")


def _keep(home: Home, trial: Home, then: datetime, now: datetime) -> Home:
    made = publish(trial, run_id="sync --as-of", published_at=now).path
    judged = replace(home, judged_as_of=then)
    judged.published.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    made.replace(judged.published)
    sync_folder(judged.published.parent)
    return judged
