"""Admits one `select` statement by DuckDB's own parser, and nothing that writes or reaches outside the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""Query nodes that only read. DuckDB 2.0 also takes INSERT, UPDATE, DELETE and COPY as the body of a CTE."""

TABLE_FUNCTIONS = frozenset(
    {
        "generate_series", "histogram", "histogram_values", "json_each", "json_tree", "pragma_database_size",
        "pragma_platform", "pragma_show", "pragma_storage_info", "pragma_table_info", "pragma_version", "query_table",
        "range", "repeat", "repeat_row", "show", "show_databases", "show_tables", "show_tables_expanded", "summary",
        "duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_functions", "duckdb_indexes",
        "duckdb_keywords", "duckdb_memory", "duckdb_schemas", "duckdb_sequences", "duckdb_settings", "duckdb_tables",
        "duckdb_types", "duckdb_views", "pg_timezone_names", "unnest",
    }
)  # fmt: skip
"""Table functions that read nothing but their arguments, the catalog and the published tables."""

REFUSED_FUNCTIONS = frozenset({"add_parquet_key", "checkpoint", "force_checkpoint", "nextval", "pg_sleep", "write_log"})
"""Scalar functions and aliases of table functions that have an effect or wait."""

WRITING_WORDS = frozenset(
    {
        "alter", "analyze", "attach", "begin", "call", "checkpoint", "commit", "copy", "create", "deallocate",
        "delete", "detach", "drop", "execute", "explain", "export", "import", "insert", "install", "into", "load",
        "merge", "pragma", "prepare", "reset", "rollback", "secret", "set", "truncate", "update", "use", "vacuum",
    }
)  # fmt: skip


class NotOneSelect(Exception):
    """The text is not one statement that only reads; the message names what it is."""


def admit(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the statement to run for `sql`, when it is exactly one that only reads.

    `select`, `from`, `with`, `values`, `table`, `describe`, `summarize`, `show`, `pivot` and `unpivot` read. Nothing
    is admitted inside EXPLAIN, since EXPLAIN ANALYZE runs what it explains.

    Raises NotOneSelect for anything else and duckdb.ParserException for what DuckDB cannot parse.
    """
    kind = _only_type(connection, sql)
    if kind == duckdb.StatementType.MULTI:
        return _admit_pivot(connection, sql)
    if kind != duckdb.StatementType.SELECT:
        raise NotOneSelect(f"a statement of type {kind.name}")
    row = connection.execute("select json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if len(tree.get("statements", ())) != 1:
        raise NotOneSelect("a statement DuckDB does not take for a select")
    functions = _table_functions(connection)
    for node in _nodes(tree["statements"][0]):
        _check(node, functions)
    return sql


def _only_type(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.StatementType:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise NotOneSelect(f"{len(statements)} statements")
    try:
        return statements[0].type
    except ValueError as error:  # a statement newer than the enumeration of DuckDB's Python package
        raise NotOneSelect("a statement of another type") from error


def _check(node: dict[str, Any], table_functions: frozenset[str]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind.endswith("_NODE") and kind not in READING_NODES:
        raise NotOneSelect(f"a select with {kind.removesuffix('_QUERY_NODE').removesuffix('_NODE')} inside")
    name = node.get("function_name")
    if kind == "TABLE_FUNCTION":
        function = node.get("function") or {}
        _check_function(function.get("function_name"), table_functions)
    elif isinstance(name, str) and name.lower() in REFUSED_FUNCTIONS:
        raise NotOneSelect(f"a select that calls {name}")


def _check_function(name: object, table_functions: frozenset[str]) -> None:
    if not isinstance(name, str) or (name.lower() in table_functions and name.lower() not in TABLE_FUNCTIONS):
        raise NotOneSelect(f"a query of {name}()")


def _admit_pivot(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Admit a `pivot` without a list of values: DuckDB runs it as several statements and serializes none of them.

    As a subquery it can only be a query, so it is run as one; the words in it must be words of a query.
    """
    words = list(_words(sql))
    functions = _table_functions(connection) - TABLE_FUNCTIONS
    for word in words:
        if word in WRITING_WORDS or word in REFUSED_FUNCTIONS or word in functions:
            raise NotOneSelect(f"a pivot with {word} inside")
    if "pivot" not in words and "pivot_wider" not in words:
        raise NotOneSelect("several statements in one")
    subquery = "\n".join(("select * from (", _without_semicolon(sql), ")"))
    if _only_type(connection, subquery) != duckdb.StatementType.MULTI:
        raise NotOneSelect("several statements in one")
    return subquery


def _without_semicolon(sql: str) -> str:
    """The one statement of `sql`, without the semicolon and the comments after it."""
    text = sql.encode()
    ends = [at for at, kind in duckdb.tokenize(sql) if kind == duckdb.token_type.operator and text[at : at + 1] == b";"]
    return text[: ends[0]].decode() if ends else sql


def _words(sql: str) -> Iterator[str]:
    """Keywords and identifiers of `sql` in lower case, quoted ones without their quotes; no literals, no comments."""
    tokens = duckdb.tokenize(sql)
    ends = [offset for offset, _ in tokens[1:]] + [len(sql.encode())]
    text = sql.encode()
    for (start, kind), end in zip(tokens, ends, strict=True):
        if kind in (duckdb.token_type.keyword, duckdb.token_type.identifier):
            word = text[start:end].decode(errors="replace").strip()
            yield word.strip('"').lower()


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document; iterative, because a query may nest deeper than Python's stack."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _table_functions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = connection.execute(
        "select distinct lower(function_name) from duckdb_functions()"
        " where function_type in ('table', 'pragma', 'table_macro')"
    ).fetchall()
    return frozenset(row[0] for row in rows)
