"""The tables of schema `raw`."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from pipeline.directories.base import INSTANT
from pipeline.warehouse import stamp
from pipeline.warehouse.sql import quote_ident, statement

SCHEMA = "raw"

LEADING = pa.schema(
    [
        pa.field("directory_id", pa.string(), nullable=False),
        pa.field("snapshot_id", pa.string(), nullable=False),
        pa.field("as_of", INSTANT, nullable=False),
    ]
)
"""What every landed row carries in front: where it is from, and as of when."""

META: Mapping[str, pa.Schema] = {
    # Grain: one connection of connections.yaml.
    "connections": pa.schema(
        [
            pa.field("directory_id", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            pa.field("display_name", pa.string(), nullable=False),
            pa.field("aws_account_id", pa.string()),
            pa.field("is_authoritative", pa.bool_(), nullable=False),
            pa.field("lists_only_active", pa.bool_(), nullable=False),  # whoever a roster lists is employed
            pa.field("access_mode", pa.string(), nullable=False),
        ]
    ),
    # Grain: one attempt to read a connected directory, as far back as the landing keeps them.
    "attempts": pa.schema(
        [
            pa.field("snapshot_id", pa.string(), nullable=False),
            pa.field("directory_id", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            pa.field("status", pa.string(), nullable=False),  # complete | failed | held
            pa.field("as_of", INSTANT, nullable=False),
            pa.field("evidence_as_of", INSTANT),
            pa.field("finished_at", INSTANT),
            pa.field("run_id", pa.string()),
            pa.field("strategy", pa.string()),
            pa.field("endpoint", pa.string()),  # null: AWS's own, or a file
            pa.field("calls", pa.int64()),
            pa.field("retries", pa.int64()),
            pa.field("vanished", pa.int64()),
            pa.field("rows", pa.int64()),  # of the kind's main table; null where nothing was read
            pa.field("directory_identity", pa.string()),  # another value: another directory under the same name
            pa.field("is_current", pa.bool_(), nullable=False),  # its rows are the ones in the other tables
            pa.field("is_latest", pa.bool_(), nullable=False),
            pa.field("problem_code", pa.string()),
            pa.field("problem_message", pa.string()),
            pa.field("problem_action", pa.string()),
            pa.field("problem_remedy", pa.string()),
        ]
    ),
    # Grain: one API action of one attempt; the attempts that are current or latest.
    "coverage": pa.schema(
        [
            pa.field("snapshot_id", pa.string(), nullable=False),
            pa.field("directory_id", pa.string(), nullable=False),
            pa.field("action", pa.string(), nullable=False),
            pa.field("outcome", pa.string(), nullable=False),  # ok | denied | throttled | failed | not_tried
            pa.field("calls", pa.int64()),
            pa.field("rows", pa.int64()),
            pa.field("error_code", pa.string()),
            pa.field("message", pa.string()),
            pa.field("needed_for", pa.string()),
            pa.field("remedy", pa.string()),
            pa.field("principals_asked", pa.int64()),
            pa.field("principals_denied", pa.int64()),
            pa.field("as_of", INSTANT, nullable=False),
        ]
    ),
    # Exactly one row: when this was judged, and by which thresholds. They are evidence, so rows and not dbt vars.
    "evaluation": pa.schema(
        [
            pa.field("evaluated_at", INSTANT, nullable=False),
            pa.field("as_of_override", INSTANT),
            pa.field("stale_after_days", pa.int64(), nullable=False),
            pa.field("authoritative_max_age_hours", pa.float64(), nullable=False),
            pa.field("max_shrink", pa.float64(), nullable=False),
            pa.field("max_shrink_rows", pa.int64(), nullable=False),
        ]
    ),
    # Grain: one weight or threshold of matching that settings.yaml sets to another value than the dbt project's own.
    "match_settings": pa.schema(
        [
            pa.field("setting_kind", pa.string(), nullable=False),  # weight | threshold
            pa.field("name", pa.string(), nullable=False),
            pa.field("value", pa.float64(), nullable=False),
        ]
    ),
    # Grain: one status word of rosters that settings.yaml explains.
    "status_words": pa.schema(
        [
            pa.field("word", pa.string(), nullable=False),
            pa.field("meaning", pa.string(), nullable=False),  # active | on_leave | terminated
        ]
    ),
    # Grain: one tag or attribute, and what settings.yaml says it means.
    "attribute_settings": pa.schema(
        [pa.field("attribute", pa.string(), nullable=False), pa.field("meaning", pa.string(), nullable=False)]
    ),
    # Grain: one account that was ever given to an identity: the one it had when last published.
    "known_identities": pa.schema(
        [
            pa.field("account_key", pa.string(), nullable=False),
            pa.field("identity_id", pa.string(), nullable=False),
            pa.field("identity_kind", pa.string(), nullable=False),  # person | service
            pa.field("anchor", pa.string(), nullable=False),
            pa.field("founding_account_key", pa.string(), nullable=False),
            pa.field("first_seen_at", INSTANT, nullable=False),
            pa.field("last_seen_at", INSTANT, nullable=False),
        ]
    ),
    # Grain: one decision of a person that was not undone; the ledger keeps them, and each load copies them anew.
    "ledger_decisions": pa.schema(
        [
            pa.field("decision_id", pa.string(), nullable=False),
            pa.field("verb", pa.string(), nullable=False),  # link | unlink | owner | kind | except
            pa.field("account_key", pa.string()),  # whom it is about; of an exception, the finding's account if known
            pa.field("target", pa.string(), nullable=False),  # another account_key, a kind, or a finding_id
            pa.field("reason", pa.string(), nullable=False),
            pa.field("decided_by", pa.string(), nullable=False),
            pa.field("decided_at", INSTANT, nullable=False),
            pa.field("expires_at", INSTANT),  # from this instant on it is not in force; null: no end
            pa.field("evaluated_at", INSTANT, nullable=False),  # whether it has ended is judged at this instant
            pa.field("account_was_rostered", pa.bool_()),  # who the account was when it was last seen; null: not noted
            pa.field("account_employee_id", pa.string()),
            pa.field("account_email", pa.string()),
            pa.field(
                "target_was_rostered", pa.bool_()
            ),  # who the target account was when it was last seen; null: not noted
            pa.field("target_employee_id", pa.string()),
            pa.field("target_email", pa.string()),
        ]
    ),
}

LOADED = "loaded_snapshots"
# Grain: one connection whose rows are in the warehouse. The loader's own book: a snapshot may well have no rows at all.
_LOADED = pa.schema(
    [
        pa.field("directory_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("snapshot_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string()),
    ]
)

_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "varchar",
    pa.bool_(): "boolean",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.date32(): "date",
    INSTANT: "timestamp",
}


def raw_name(kind: str, table: str) -> str:
    """The raw table of the landed table `kind`/`table`."""
    return f"{kind}_{table}"


def landed_tables(kind: str, tables: Mapping[str, pa.Schema]) -> dict[str, pa.Schema]:
    """The raw tables of one directory kind, with the leading columns."""
    return {raw_name(kind, name): pa.schema([*LEADING, *schema]) for name, schema in tables.items()}


def create_tables(connection: duckdb.DuckDBPyConnection, landed: Mapping[str, pa.Schema]) -> None:
    """Make every table of the schema, the empty ones too; call this in a transaction.

    A table whose shape is of another version is made anew. Landed rows can always be loaded again: when any of their
    tables is new, all of them are emptied, so that no snapshot is there in part.
    """
    connection.execute(statement("create schema if not exists {schema}", schema=SCHEMA))
    wanted = {**landed, **META, LOADED: _LOADED, stamp.STAMP: stamp.SCHEMA}
    existing = _existing(connection)
    new = {name for name, schema in wanted.items() if existing.get(name) != _columns(schema)}
    for name in existing.keys() & (new | (existing.keys() - wanted.keys())):
        connection.execute(statement("drop table {table}", table=(SCHEMA, name)))
    for name in new:
        connection.execute(statement("create table {table}", table=(SCHEMA, name)) + _definition(wanted[name]))
    if new & {*landed, LOADED}:
        for name in {*landed, LOADED} - new:
            connection.execute(statement("delete from {table}", table=(SCHEMA, name)))


def _existing(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str, bool]]]:
    tables: dict[str, list[tuple[str, str, bool]]] = {}
    query = """
        select c.table_name, c.column_name, lower(c.data_type), c.is_nullable
        from duckdb_columns() as c
        inner join duckdb_tables() as t using (database_name, schema_name, table_name)
        where c.database_name = current_database() and c.schema_name = ?
        order by c.table_name, c.column_index
    """
    for table, column, data_type, nullable in connection.execute(query, [SCHEMA]).fetchall():
        tables.setdefault(table, []).append((column, data_type, nullable))
    return tables


def _columns(schema: pa.Schema) -> list[tuple[str, str, bool]]:
    return [(field.name, _TYPES[field.type], field.nullable) for field in schema]


def _definition(schema: pa.Schema) -> str:
    columns = (
        f"{quote_ident(name)} {data_type}{'' if nullable else ' not null'}"
        for name, data_type, nullable in _columns(schema)
    )
    return f" ({', '.join(columns)})"
