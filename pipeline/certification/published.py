"""Writes the tables `review.*` into the published file: of every campaign with a build, of one after a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.certification import table_rows
from pipeline.certification.campaigns import campaign_names, campaign_states, load_campaign
from pipeline.certification.drift import Now, states
from pipeline.certification.model import Review
from pipeline.certification.tables import SCHEMA, TABLES, ReviewTable
from pipeline.home import Home
from pipeline.warehouse.publish import MoreTables, PublishedTable, comment_on, replaced
from pipeline.warehouse.query import is_published
from pipeline.warehouse.sql import statement

ARROW = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "integer": pa.int32(),
}


def refresh(home: Home, name: str) -> None:
    """Bring `review.*` of one campaign up to date, in a copy of the published file that takes its place whole.

    Where the tables are not there yet, those of every campaign are written. Nothing happens where nothing was
    published yet: the first build does it.
    """
    if not is_published(home):
        return
    with replaced(home) as connection:
        if _is_there(connection):
            for each in sorted({name, *_behind(connection, home)}):
                _write(connection, "", load_campaign(home, each))
        else:
            _write_all(connection, "", home)


def review_tables(home: Home) -> MoreTables:
    """What `publish` adds to the marts: `review.*` of every campaign."""

    def add(connection: duckdb.DuckDBPyConnection, catalog: str) -> Sequence[PublishedTable]:
        _write_all(connection, catalog, home)
        return [
            PublishedTable(SCHEMA, table.name, table.comment, table.columns, _count(connection, catalog, table))
            for table in TABLES
        ]

    return add


def _behind(connection: duckdb.DuckDBPyConnection, home: Home) -> list[str]:
    """Campaigns that were started or closed by a command that was killed before it refreshed the tables."""
    shown = dict(connection.execute("select name, status from review.campaigns").fetchall())
    return [name for name, state in campaign_states(home).items() if shown.get(name) != state]


def _is_there(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether all tables are there with the columns of this version."""
    query = """
        select table_name, list(column_name order by column_index) from duckdb_columns()
        where schema_name = ? group by table_name
    """
    found = dict(connection.execute(query, [SCHEMA]).fetchall())
    return all(found.get(table.name) == [column for column, _, _ in table.columns] for table in TABLES)


def _write_all(connection: duckdb.DuckDBPyConnection, catalog: str, home: Home) -> None:
    connection.execute(statement("create schema if not exists {schema}", schema=_path(catalog, SCHEMA)))
    for table in TABLES:
        path = _path(catalog, SCHEMA, table.name)
        with _registered(connection, _arrow(table, [])) as empty:
            connection.execute(statement("create or replace table {table} as from {empty}", table=path, empty=empty))
        comment_on(connection, "table", path, table.comment)
        for name, _, description in table.columns:
            comment_on(connection, "column", (*path, name), description)
    for name in campaign_names(home):
        _write(connection, catalog, load_campaign(home, name))


def _write(connection: duckdb.DuckDBPyConnection, catalog: str, review: Review) -> None:
    def rows(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        result = connection.execute(sql, parameters)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    now = Now.read(rows, review.items, catalog)
    made = table_rows.of(review, states(review, now), _as_of(now))
    for table in TABLES:
        path = _path(catalog, SCHEMA, table.name)
        if table.name in made:
            connection.execute(
                statement("delete from {table} where campaign_id = ?", table=path), [review.campaign.campaign_id]
            )
            _insert(connection, path, table, made[table.name])


def _insert(
    connection: duckdb.DuckDBPyConnection, path: tuple[str, ...], table: ReviewTable, rows: Sequence[Mapping[str, Any]]
) -> None:
    with _registered(connection, _arrow(table, rows)) as added:
        connection.execute(statement("insert into {table} by name select * from {added}", table=path, added=added))


def _arrow(table: ReviewTable, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema([pa.field(name, ARROW[kind]) for name, kind, _ in table.columns])
    return pa.Table.from_pylist(list(rows), schema=schema)


@contextlib.contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[tuple[str, ...]]:
    """The rows as a view of this connection, under the name given."""
    name = "rows_to_publish"
    connection.register(name, rows)
    try:
        yield (name,)
    finally:
        connection.unregister(name)


def _as_of(now: Now) -> datetime | None:
    return max((instant for instant in now.read_at.values() if instant is not None), default=None)


def _count(connection: duckdb.DuckDBPyConnection, catalog: str, table: ReviewTable) -> int:
    query = statement("select count(*) from {table}", table=_path(catalog, SCHEMA, table.name))
    return int(connection.execute(query).fetchall()[0][0])


def _path(catalog: str, *names: str) -> tuple[str, ...]:
    return (catalog, *names) if catalog else names
