"""The stamp of a build: which load it covers, and whether its tests passed.

A load takes the stamp away before it changes a row, and so does a build before it changes a table: whatever dies or
fails in between leaves a warehouse that is not published.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline.problems import CertifyError, Problem
from pipeline.warehouse.sql import statement

STAMP = "build_stamp"
TABLE = ("raw", STAMP)
# Exactly one row, from the first load on: what was loaded last, and whether all that was built over it and tested.
SCHEMA = pa.schema(
    [
        pa.field("load_id", pa.string(), nullable=False),
        pa.field("is_loaded", pa.bool_(), nullable=False),  # false while a load is under way, and when it died
        pa.field("ledger_head", pa.string(), nullable=False),  # where the ledger's chain ended; empty without one
        pa.field("tested_load_id", pa.string()),  # of the load that everything was built over, when all tests passed
    ]
)


@dataclass(frozen=True)
class BuildStamp:
    """A row of the table."""

    load_id: str
    is_loaded: bool
    ledger_head: str
    tested_load_id: str | None


def begin_load(database: duckdb.DuckDBPyConnection) -> None:
    """Say that a load is under way; the table is there."""
    database.execute(statement("delete from {stamp}", stamp=TABLE))
    database.execute(
        statement("insert into {stamp} values (?, false, '', null)", stamp=TABLE), [f"l-{secrets.token_hex(8)}"]
    )


def finish_load(database: duckdb.DuckDBPyConnection, ledger_head: str) -> None:
    """Say that it is done, and by which state of the ledger."""
    database.execute(statement("update {stamp} set is_loaded = true, ledger_head = ?", stamp=TABLE), [ledger_head])


def begin_build(database: duckdb.DuckDBPyConnection) -> str:
    """Take the stamp of the last build away; gives the load that is built over, empty where none was finished."""
    stamp = read_stamp(database)
    if stamp is None:
        return ""
    database.execute(statement("update {stamp} set tested_load_id = null", stamp=TABLE))
    return stamp.load_id if stamp.is_loaded else ""


def finish_build(database: duckdb.DuckDBPyConnection, load_id: str) -> None:
    """Stamp: everything was built over this load, and every test passed."""
    database.execute(statement("update {stamp} set tested_load_id = ? where load_id = ?", stamp=TABLE), [load_id] * 2)


def read_stamp(database: duckdb.DuckDBPyConnection, catalog: str = "") -> BuildStamp | None:
    """The stamp, of an attached database where `catalog` names one; None where nothing was loaded yet."""
    path = (catalog, *TABLE) if catalog else TABLE
    try:
        row = database.execute(statement("select * from {stamp}", stamp=path)).fetchone()
    except duckdb.CatalogException:
        return None
    return BuildStamp(*row) if row else None


def demand(database: duckdb.DuckDBPyConnection, catalog: str) -> BuildStamp:
    """The stamp of a whole build that passed its tests over exactly what is loaded; CertifyError without one."""
    stamp = read_stamp(database, catalog)
    if stamp is None or not stamp.is_loaded:
        raise CertifyError(Problem.of("build_untested", reason="the last load was not finished"))
    if stamp.tested_load_id != stamp.load_id:
        raise CertifyError(
            Problem.of("build_untested", reason="the tables were not all built and tested since the last load")
        )
    return stamp
