"""Opens DuckDB files: offline, in UTC, private."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import duckdb

from pipeline.home import FILE_MODE, Home
from pipeline.problems import CertifyError, Locked, Problem
from pipeline.warehouse.sql import quote_ident

Opened = TypeVar("Opened")

OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
PATIENCE = 60.0
"""Seconds to wait for another process to let go of the warehouse: a dbt whose parent was killed ends by itself."""


@contextlib.contextmanager
def warehouse(home: Home, *, patience: float = PATIENCE) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, for writing, closed on leaving: DuckDB lets nobody else in meanwhile, not even to read.

    Raises Locked when another process keeps it open for longer than `patience` seconds, CertifyError when it is
    no warehouse.
    """
    connection = _patiently(home, patience, lambda: duckdb.connect(str(home.warehouse), config=OFFLINE))
    try:
        home.warehouse.chmod(FILE_MODE)
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, for files to be attached to."""
    connection = duckdb.connect(":memory:", config=OFFLINE)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def attach_warehouse(
    connection: duckdb.DuckDBPyConnection, home: Home, alias: str, *, patience: float = PATIENCE
) -> None:
    """Let `connection` read the warehouse as `alias`; raises as `warehouse` does."""
    statement = f"attach ? as {quote_ident(alias)} (read_only)"
    _patiently(home, patience, lambda: connection.execute(statement, [str(home.warehouse)]))


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of it, or nothing."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        # After some errors DuckDB has rolled back by itself, and says so by refusing to do it again.
        with contextlib.suppress(duckdb.TransactionException):
            connection.execute("rollback")
        raise
    connection.execute("commit")


def _patiently(home: Home, patience: float, attempt: Callable[[], Opened]) -> Opened:
    until = time.monotonic() + patience
    while True:
        try:
            return attempt()
        except duckdb.Error as error:
            owner = re.search(r"Conflicting lock is held in .*?\(PID (\d+)\)", str(error))
            if owner is None:
                raise CertifyError(
                    Problem.of("warehouse_unreadable", file=home.warehouse, reason=first_line(error))
                ) from error
            if time.monotonic() >= until:
                raise Locked(Problem.of("warehouse_open", file=home.warehouse, pid=owner[1])) from error
            time.sleep(0.2)


def first_line(error: duckdb.Error) -> str:
    """What DuckDB says, without the picture of the statement it draws below."""
    return str(error).strip().splitlines()[0]
