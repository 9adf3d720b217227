"""Publishes every mart to a file that replaces the last one atomically."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline import __version__
from pipeline.home import FILE_MODE, Home, sync_folder
from pipeline.problems import CertifyError, Problem
from pipeline.warehouse.open import OFFLINE, attach_warehouse, first_line, scratch, transaction
from pipeline.warehouse.raw import SCHEMA as RAW
from pipeline.warehouse.sql import quote_ident, quote_literal, statement, utc_naive
from pipeline.warehouse.stamp import BuildStamp, demand

MART_SCHEMAS = ("inventory", "identity", "findings", "review", "operations")
STORAGE_VERSION = "v1.0.0"
"""Of the published file: every DuckDB client since 1.1 reads it, and so do the tools that lag behind the library."""

SIGNATURE = (
    "One row: when this file was published, by which run and version of the pipeline, the instant everything in it was"
    " judged at, the load it was built over, and where the chain of the ledger ended then (position:hash:acceptance;"
    " empty without decisions)."
)

LOCK = "publish.lock"
PATIENCE = 120.0
"""Seconds to wait for another process that replaces the published file: the largest takes a few."""

SOURCE, TARGET = "warehouse", "published"


@dataclass(frozen=True)
class PublishedTable:
    """One table analysts can read; a column is (name, DuckDB type, description)."""

    schema: str
    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]
    rows: int

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Publication:
    """What was published, where, and when."""

    path: Path
    published_at: datetime
    tables: tuple[PublishedTable, ...]

    @property
    def rows(self) -> dict[str, int]:
        """`schema.table` to its rows."""
        return {table.full_name: table.rows for table in self.tables}


MoreTables = Callable[[duckdb.DuckDBPyConnection, str], Sequence[PublishedTable]]
"""Adds tables that dbt does not build to the file that is about to be published, the attached database of that name."""


def no_more_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> Sequence[PublishedTable]:
    """Adds nothing."""
    del connection, catalog
    return ()


def publish(
    home: Home, *, run_id: str, published_at: datetime, more_tables: MoreTables = no_more_tables
) -> Publication:
    """Copy every table of the mart schemas beside the published file, then take its place.

    Readers that have the old file open keep it; whoever opens the file next sees all of the new one. A call that dies
    at any point leaves the old file as it was, and the next call sweeps what it left. Only for the one writer of the
    home. Raises CertifyError when there is no mart to publish, and `build_untested` when the tables have no stamp of a
    build that passed its tests over exactly what is loaded.
    """
    with _replacing(home, "publishing") as beside:
        tables = _copy(home, beside, run_id, published_at, more_tables)
    return Publication(home.published, published_at, tables)


@contextlib.contextmanager
def replaced(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the published file, open for writing, that takes its place when the block ends without an error.

    Raises CertifyError where the file cannot be opened.
    """
    with _replacing(home, "refreshing the published tables") as beside:
        shutil.copyfile(home.published, beside)
        beside.chmod(FILE_MODE)
        try:
            connection = duckdb.connect(str(beside), config=OFFLINE)
        except duckdb.Error as error:
            problem = Problem.of("published_unreadable", file=home.published, reason=first_line(error))
            raise CertifyError(problem) from error
        try:
            connection.execute("set TimeZone = 'UTC'")
            with transaction(connection):
                yield connection
            connection.execute("checkpoint")
        finally:
            connection.close()


@contextlib.contextmanager
def _replacing(home: Home, purpose: str) -> Iterator[Path]:
    """The name of a file that takes the place of the published one; one process at a time, whoever is the writer."""
    with home.lock(purpose, wait=PATIENCE, name=LOCK):
        _sweep(home)
        beside = home.published.with_name(f".{home.published.name}.{secrets.token_hex(6)}.tmp")
        try:
            yield beside
            _make_durable(beside)
            beside.replace(home.published)
        finally:
            _remove(beside)
        sync_folder(home.root)


def _copy(
    home: Home, beside: Path, run_id: str, published_at: datetime, more_tables: MoreTables
) -> tuple[PublishedTable, ...]:
    with scratch() as connection:
        attach_warehouse(connection, home, SOURCE)
        connection.execute(f"attach ? as {TARGET} (storage_version '{STORAGE_VERSION}')", [str(beside)])
        beside.chmod(FILE_MODE)
        marts = _marts(connection)
        if not marts:
            raise CertifyError(Problem.of("nothing_to_publish", file=home.warehouse))
        stamp = demand(connection, SOURCE)
        tables = tuple(_copy_table(connection, *mart) for mart in marts)
        more = more_tables(connection, TARGET)
        _sign(connection, run_id, published_at, stamp)
        connection.execute(f"detach {TARGET}")  # writes everything out: no .wal is left beside the file
        return (*tables, *more)


def _marts(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """(schema, name, comment) of every table and view of the mart schemas."""
    query = """
        select schema_name, table_name, coalesce(comment, '') from duckdb_tables()
        where database_name = $source and list_contains($schemas, schema_name)
        union all
        select schema_name, view_name, coalesce(comment, '') from duckdb_views()
        where database_name = $source and list_contains($schemas, schema_name)
        order by all
    """
    return connection.execute(query, {"source": SOURCE, "schemas": list(MART_SCHEMAS)}).fetchall()


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str, comment: str) -> PublishedTable:
    source, target = (SOURCE, schema, name), (TARGET, schema, name)
    connection.execute(statement("create schema if not exists {schema}", schema=(TARGET, schema)))
    connection.execute(statement("create table {target} as from {source}", target=target, source=source))
    comment_on(connection, "table", target, comment)
    columns = _columns(connection, schema, name)
    for column, _, description in columns:
        comment_on(connection, "column", (*target, column), description)
    counts = [
        connection.execute(statement("select count(*) from {table}", table=table)).fetchall()[0][0]
        for table in (source, target)
    ]
    if counts[0] != counts[1]:
        raise RuntimeError(f"{schema}.{name}: {counts[0]} rows were to be published and {counts[1]} were")
    return PublishedTable(schema, name, comment, columns, counts[1])


def comment_on(connection: duckdb.DuckDBPyConnection, what: str, path: tuple[str, ...], text: str) -> None:
    """Describe a table or a column in the file itself."""
    if text:
        connection.execute(f"comment on {what} {quote_ident(*path)} is {quote_literal(text)}")


def _columns(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> tuple[tuple[str, str, str], ...]:
    query = """
        select column_name, lower(data_type), coalesce(comment, '') from duckdb_columns()
        where database_name = ? and schema_name = ? and table_name = ?
        order by column_index
    """
    return tuple(connection.execute(query, [SOURCE, schema, name]).fetchall())


def _sign(connection: duckdb.DuckDBPyConnection, run_id: str, published_at: datetime, stamp: BuildStamp) -> None:
    """Say in the file itself what it is: when it was published, by which run and version, and as judged when."""
    target = (TARGET, "operations", "publication")
    create = """
        create or replace table {target} as
        select
            cast(? as timestamp) as published_at,
            cast(? as varchar) as run_id,
            cast(? as varchar) as pipeline_version,
            (select max(coalesce(as_of_override, evaluated_at)) from {evaluation}) as evaluated_at,
            cast(? as varchar) as load_id,
            cast(? as varchar) as ledger_head
    """
    connection.execute(statement("create schema if not exists {schema}", schema=target[:2]))
    connection.execute(
        statement(create, target=target, evaluation=(SOURCE, RAW, "evaluation")),
        [utc_naive(published_at), run_id, __version__, stamp.load_id, stamp.ledger_head],
    )
    comment_on(connection, "table", target, SIGNATURE)


def _make_durable(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(home: Home) -> None:
    """Remove what a killed publication left."""
    for leftover in home.root.glob(f".{home.published.name}.*.tmp*"):
        _remove(leftover)


def _remove(file: Path) -> None:
    for path in (file, file.with_name(file.name + ".wal")):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
