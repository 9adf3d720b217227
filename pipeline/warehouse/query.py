"""Runs one `select` over the published file in a locked-down connection."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError, Problem
from pipeline.warehouse.one_select import NotOneSelect, admit
from pipeline.warehouse.open import OFFLINE, first_line

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

LOCKED_DOWN = {**OFFLINE, "enable_external_access": "false"}

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class QueryResult:
    """The rows of one query, with the names and the DuckDB types of their columns."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries, in order; columns of the same name would hide one another, so the last wins."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def query(home: Home, sql: str, parameters: Parameters = ()) -> QueryResult:
    """Ask the published file one question.

    Raises ConfigurationError when `sql` is not one `select` or DuckDB cannot answer it, CertifyError when nothing was
    published yet.
    """
    with _published(home) as connection, _explained(sql):
        return _result(connection, sql, parameters)


class Ask(Protocol):
    """Answers one question about the publication that is open."""

    def __call__(self, sql: str, parameters: Parameters = ..., /) -> QueryResult: ...


@contextlib.contextmanager
def questions(home: Home) -> Iterator[Ask]:
    """Ask one publication several questions, whatever is published meanwhile; each raises as `query` does."""
    with _published(home) as connection:

        def ask(sql: str, parameters: Parameters = ()) -> QueryResult:
            with _explained(sql):
                return _result(connection, sql, parameters)

        yield ask


def query_arrow(home: Home, sql: str, parameters: Parameters = ()) -> pa.Table:
    """The answer as an Arrow table."""
    with _published(home) as connection, _explained(sql):
        return connection.sql(_one_select(connection, sql), params=parameters).to_arrow_table()


def query_pandas(home: Home, sql: str, parameters: Parameters = ()) -> pd.DataFrame:
    """The answer as a pandas DataFrame."""
    with _published(home) as connection, _explained(sql):
        frame: pd.DataFrame = connection.sql(_one_select(connection, sql), params=parameters).df()
        return frame


def is_published(home: Home) -> bool:
    """Whether there is anything to ask."""
    return home.published.is_file()


@contextlib.contextmanager
def _published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    if not is_published(home):
        raise CertifyError(Problem.of("not_published", file=home.published))
    try:
        connection = duckdb.connect(str(home.published), read_only=True, config=LOCKED_DOWN)
    except duckdb.Error as error:
        problem = Problem.of("published_unreadable", file=home.published, reason=first_line(error))
        raise CertifyError(problem) from error
    try:
        _lock(connection)
        yield connection
    finally:
        connection.close()


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Let nothing be set any more. Connections of one process to a file share settings; the second finds them locked"""
    if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        return
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        "set python_enable_replacements = false"
    )  # `from x` is a table, never a variable of this program
    connection.execute("set lock_configuration = true")


def _result(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters) -> QueryResult:
    result = connection.execute(_one_select(connection, sql), parameters)
    description = result.description or []
    names, types = [column[0] for column in description], [str(column[1]).lower() for column in description]
    return QueryResult(tuple(names), tuple(types), result.fetchall())


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    try:
        return admit(connection, sql)
    except NotOneSelect as error:
        raise ConfigurationError(Problem.of("query_refused", found=str(error))) from error


@contextlib.contextmanager
def _explained(sql: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise ConfigurationError(Problem.of("query_failed", reason=str(error).strip(), sql=sql)) from error
