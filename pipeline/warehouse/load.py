"""Loads the current snapshot of every connection into schema `raw`."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from pipeline.connections.models import Connection
from pipeline.directories.base import LATER_TABLES
from pipeline.directories.registry import KINDS, directory_for
from pipeline.home import Home
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError, Problem
from pipeline.settings import Settings
from pipeline.warehouse import stamp
from pipeline.warehouse.anchors import note_anchors
from pipeline.warehouse.decisions import decided_by_then, decision_rows
from pipeline.warehouse.known_identities import known_identities
from pipeline.warehouse.open import first_line, transaction, warehouse
from pipeline.warehouse.raw import LEADING, LOADED, SCHEMA, create_tables, landed_tables, raw_name
from pipeline.warehouse.sql import statement, utc_naive
from pipeline.warehouse.sync_metadata import SyncMetadata, write_meta
from pipeline.warehouse.verified_ledger import require_whole_ledger


@dataclass(frozen=True)
class LoadResult:
    """What a load did, by the names of the connections.

    `loaded` and `unchanged` give the snapshot whose rows are there now. `failed` says what was wrong with a newer one;
    the rows of the last good one stay. A connection in none of them has no snapshot. `set_aside` has one problem for
    each snapshot that a wrong clock has dated into the future. `rows` counts every raw table.
    """

    loaded: Mapping[str, str] = field(default_factory=dict)
    unchanged: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    failed: Mapping[str, Problem] = field(default_factory=dict)
    set_aside: tuple[Problem, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _LoadedSnapshot:
    """The rows a connection has in the warehouse."""

    kind: str
    snapshot_id: str
    account_id: str


@dataclass(frozen=True)
class _Outcome:
    """The snapshot of a connection that is loaded now (empty: none), and what is wrong with newer ones."""

    snapshot_id: str
    is_new: bool = False
    damaged: Mapping[str, Problem] = field(default_factory=dict)


def load(
    home: Home,
    landing: Landing,
    connections: Sequence[Connection],
    settings: Settings,
    evaluated_at: datetime,
    as_of_override: datetime | None = None,
    known: pa.Table | None = None,
) -> LoadResult:
    """Bring schema `raw` up to date: one transaction a connection, and a last one for the tables about the reads.

    With `as_of_override` nothing counts that was read or decided after that instant, and everything is judged at it:
    only for a warehouse of its own (`pipeline.time_travel`). Identities keep the ids of `known`; without it, those
    under which the home published them last.

    Dying between any two of them is harmless: nothing is published from here, and the next load does what is missing.
    Raises Locked when somebody else has the warehouse open, CertifyError when it cannot be opened, or when the ledger
    cannot be read or is not what certify wrote: nothing was changed then, because nothing may be judged without what
    people decided.
    """
    ledger, seen = Ledger.of(home), require_whole_ledger(home)
    note_anchors(home, evaluated_at)
    decided = ledger.read() if as_of_override is None else decided_by_then(ledger.read(), as_of_override)
    decisions = decision_rows(decided, as_of_override or evaluated_at, ledger.anchors())
    known = known_identities(home) if known is None else known
    now = evaluated_at if evaluated_at.tzinfo else evaluated_at.replace(tzinfo=UTC)
    future = {each.name: landing.from_the_future(each.kind, each.name, now) for each in connections}
    attempts = {each.name: _own_attempts(landing, each, future[each.name], as_of_override) for each in connections}
    with warehouse(home) as database:
        with transaction(database):
            create_tables(database, _all_landed_tables())
            stamp.begin_load(database)
        removed = _remove_strangers(database, connections, future)
        there = _loaded(database)
        outcomes = {
            each.name: _bring_up_to_date(database, landing, each, attempts[each.name], there.get(each.name))
            for each in connections
        }
        current = {name: outcome.snapshot_id for name, outcome in outcomes.items() if outcome.snapshot_id}
        damaged = {snapshot: why for outcome in outcomes.values() for snapshot, why in outcome.damaged.items()}
        reads = SyncMetadata(connections, attempts, current, damaged)
        write_meta(database, reads, settings, evaluated_at, as_of_override, decisions, known)
        stamp.finish_load(database, str(seen.head) if seen.head.position else "")
        return LoadResult(
            loaded={name: snapshot for name, snapshot in current.items() if outcomes[name].is_new},
            unchanged={name: snapshot for name, snapshot in current.items() if not outcomes[name].is_new},
            removed=removed,
            failed={
                name: next(iter(outcome.damaged.values())) for name, outcome in outcomes.items() if outcome.damaged
            },
            set_aside=tuple(problem for found in future.values() for problem in found.values()),
            rows=_count(database),
        )


def _bring_up_to_date(
    database: duckdb.DuckDBPyConnection,
    landing: Landing,
    connection: Connection,
    attempts: Sequence[Manifest],
    there: _LoadedSnapshot | None,
) -> _Outcome:
    """Load the newest snapshot that is whole; where that is damaged the next older one stays, or is loaded."""
    damaged: dict[str, Problem] = {}
    for manifest in attempts:
        if there is not None and manifest.snapshot_id <= there.snapshot_id:
            break
        if manifest.status != "complete" or not _is_of(connection, manifest.kind, manifest.account_id):
            continue
        try:
            _replace(database, manifest, _verified(landing, manifest), is_first=there is None)
        except CertifyError as error:
            damaged[manifest.snapshot_id] = error.problem
            continue
        return _Outcome(manifest.snapshot_id, is_new=True, damaged=damaged)
    return _Outcome(there.snapshot_id if there else "", damaged=damaged)


def _verified(landing: Landing, manifest: Manifest) -> dict[str, pa.Table]:
    """Every table of the snapshot, in the shape it has here; CertifyError when it is damaged or of another version."""
    tables = {}
    for name, schema in directory_for(manifest.kind).tables.items():
        if name not in manifest.tables and name in LATER_TABLES.get(manifest.kind, ()):
            tables[name] = schema.empty_table()
            continue
        if name not in manifest.tables:
            raise _unreadable(manifest, f"it has no table {name}")
        table = landing.table(manifest, name)
        if set(table.column_names) != set(schema.names):
            raise _unreadable(manifest, f"table {name} has the columns of another version of this program")
        try:
            tables[name] = table.select(schema.names).cast(schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise _unreadable(manifest, f"table {name}: {error}") from error
    return tables


def _replace(
    database: duckdb.DuckDBPyConnection, manifest: Manifest, tables: Mapping[str, pa.Table], *, is_first: bool
) -> None:
    """In one transaction: out with the rows of the connection, in with those of the snapshot."""
    try:
        with transaction(database):
            if not is_first:
                _delete(database, manifest.connection)
            leading = [manifest.connection, manifest.snapshot_id, utc_naive(manifest.as_of)]
            for name, table in tables.items():
                _insert(database, raw_name(manifest.kind, name), table, leading)
            database.execute(
                statement("insert into {table} values (?, ?, ?, ?)", table=(SCHEMA, LOADED)),
                [manifest.connection, manifest.kind, manifest.snapshot_id, manifest.account_id],
            )
    except (duckdb.IntegrityError, duckdb.DataError) as error:
        raise _unreadable(manifest, first_line(error)) from error


def _insert(database: duckdb.DuckDBPyConnection, name: str, table: pa.Table, leading: list[object]) -> None:
    if not table.num_rows:
        return
    database.register("landed", table)
    try:
        insert = "insert into {table} ({leading}, {columns}) select ?, ?, ?, {columns} from landed"
        columns = {"leading": LEADING.names, "columns": table.column_names}
        database.execute(statement(insert, table=(SCHEMA, name), **columns), leading)
    finally:
        database.unregister("landed")


def _remove_strangers(
    database: duckdb.DuckDBPyConnection, connections: Sequence[Connection], future: Mapping[str, Collection[str]]
) -> tuple[str, ...]:
    """Remove the rows of connections that are gone or now mean another directory, and rows from the future; gives the
    names of the connections."""
    wanted = {each.name: each for each in connections}
    strangers = [
        name
        for name, there in _loaded(database).items()
        if name not in wanted
        or not _is_of(wanted[name], there.kind, there.account_id)
        or there.snapshot_id in future[name]
    ]
    with transaction(database):
        for name in strangers:
            _delete(database, name)
    return tuple(strangers)


def _own_attempts(
    landing: Landing, connection: Connection, future: Collection[str], not_after: datetime | None
) -> list[Manifest]:
    """The attempts, newest first, to read the directory the name stands for now; a failed one may not say which."""
    return [
        manifest
        for manifest in landing.attempts(connection.kind, connection.name, not_after)
        if manifest.snapshot_id not in future
        and (not manifest.account_id or _is_of(connection, manifest.kind, manifest.account_id))
    ]


def _is_of(connection: Connection, kind: str, account_id: str) -> bool:
    """Whether rows read under this name are of the directory it stands for now: of its kind and of its account."""
    expected = getattr(connection, "account_id", "")
    return kind == connection.kind and (not expected or account_id == expected)


def _delete(database: duckdb.DuckDBPyConnection, connection: str) -> None:
    for name in [*_all_landed_tables(), LOADED]:
        database.execute(statement("delete from {table} where directory_id = ?", table=(SCHEMA, name)), [connection])


def _loaded(database: duckdb.DuckDBPyConnection) -> dict[str, _LoadedSnapshot]:
    query = statement(
        "select directory_id, kind, snapshot_id, coalesce(account_id, '') from {table}", table=(SCHEMA, LOADED)
    )
    return {name: _LoadedSnapshot(*rest) for name, *rest in database.execute(query).fetchall()}


def _count(database: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {
        name: database.execute(statement("select count(*) from {table}", table=(SCHEMA, name))).fetchall()[0][0]
        for name in _all_landed_tables()
    }


@functools.cache
def _all_landed_tables() -> Mapping[str, pa.Schema]:
    return {name: schema for kind in KINDS for name, schema in landed_tables(kind, directory_for(kind).tables).items()}


def _unreadable(manifest: Manifest, reason: str) -> CertifyError:
    return CertifyError(
        Problem.of(
            "snapshot_unreadable", connection=manifest.connection, snapshot_id=manifest.snapshot_id, reason=reason
        )
    )
