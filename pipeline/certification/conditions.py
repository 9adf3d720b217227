"""Admits the condition of `--where`: one boolean expression over the items, by the guard of `certify sql`."""

from __future__ import annotations

import json

import duckdb

from pipeline.problems import ConfigurationError, Problem
from pipeline.warehouse.one_select import NotOneSelect, admit

PLAIN = ("modifiers", "group_expressions", "group_sets", "having", "sample", "qualify")
"""Parts of a select that a condition has no business with."""


def condition(where: str) -> str:
    """The condition, to be put between parentheses on lines of its own.

    Raises ConfigurationError where it is no condition, or does anything but read.
    """
    if not where.strip():
        return ""
    connection = duckdb.connect(":memory:")
    try:
        sql = admit(connection, "\n".join(("select * from items where (", where, ")")))
        row = connection.execute("select json_serialize_sql(?)", [sql]).fetchone()
    except (NotOneSelect, duckdb.Error) as error:
        raise _unfit(where, str(error).strip().splitlines()[0]) from error
    finally:
        connection.close()
    node = json.loads(row[0])["statements"][0]["node"] if row else {}
    if node.get("type") != "SELECT_NODE" or node.get("where_clause") is None or any(node.get(part) for part in PLAIN):
        raise _unfit(where, "it is more than a condition")
    return where


def _unfit(where: str, reason: str) -> ConfigurationError:
    return ConfigurationError(Problem.of("condition_unfit", where=where, reason=reason))
