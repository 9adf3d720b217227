"""No name and no value becomes SQL: 500 texts made to break out, as identifiers, as rows and as questions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.directories.aws_iam.tables import TABLES
from pipeline.home import Home
from pipeline.warehouse.load import load
from pipeline.warehouse.query import query
from pipeline.warehouse.sql import quote_ident, quote_literal, statement
from tests.integration.warehouse.landed import SETTINGS, START, aws, aws_snapshot, filled, hour, land, landing_of
from tests.promises.plugin import PromiseCount
from tests.support.hostile import NAMES, SQL

PACKAGE = Path(__file__).parents[3] / "pipeline"


def tables(database: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(database.execute("select table_schema, table_name from information_schema.tables").fetchall())


@pytest.mark.promise("P20")
def test_a_hostile_identifier_names_one_thing_and_does_nothing_else(promise: PromiseCount) -> None:
    assert len(set(SQL)) == 500
    with duckdb.connect() as database:
        database.execute("create table canary as select 1 as n")
        for text in SQL:
            database.execute(statement("create schema {schema}", schema=text))
            database.execute(statement("create table {table} as select 1 as {column}", table=(text, text), column=text))
            database.execute(f"comment on table {quote_ident(text, text)} is {quote_literal(text)}")
            assert tables(database) == {("main", "canary"), (text, text)}
            row = database.execute("select comment from duckdb_tables() where comment is not null").fetchall()
            assert row == [(text,)]
            assert database.execute(statement("select * from {table}", table=(text, text))).description[0][0] == text
            database.execute(statement("drop schema {schema} cascade", schema=text))
        assert database.execute("select n from canary").fetchall() == [(1,)]
        assert database.execute("select database_name from duckdb_databases() where not internal").fetchall() == [
            ("memory",)
        ]
    promise.count("hostile identifiers", len(SQL))
    promise.count("extra statements", 0)


@pytest.mark.promise("P20")
def test_hostile_names_are_loaded_to_the_letter_and_change_no_other_table(home: Home, promise: PromiseCount) -> None:
    texts = [text for text in dict.fromkeys([*SQL, *NAMES]) if "\0" not in text]
    land(home, aws_snapshot())
    load(home, landing_of(home), [aws()], SETTINGS, hour(1))
    with duckdb.connect(str(home.warehouse)) as database:
        before = tables(database)
    rows = [{"user_id": text, "user_name": text, "arn": text, "tags": text, "created_at": START} for text in texts]
    snapshot = aws_snapshot(at=hour(2))
    snapshot = type(snapshot)(
        **{**vars(snapshot), "tables": {**snapshot.tables, "users": filled(TABLES["users"], rows)}}
    )
    land(home, snapshot)
    load(home, landing_of(home), [aws()], SETTINGS, hour(3))
    with duckdb.connect(str(home.warehouse)) as database:
        found = database.execute("select user_id, user_name, arn, tags from raw.aws_iam_users").fetchall()
        assert tables(database) == before
    assert sorted(found) == sorted((text,) * 4 for text in texts)
    promise.count("hostile rows", len(texts))


@pytest.mark.promise("P20")
def test_a_hostile_value_in_a_question_is_only_compared(home: Home, promise: PromiseCount) -> None:
    with duckdb.connect(str(home.published)) as database:
        database.execute("create table canary as select 'a' as name")
    for text in SQL[::100]:
        assert query(home, "select * from canary where name = ?", [text]).rows == []
    assert query(home, "select * from canary where list_contains(?, name)", [list(SQL)]).rows == []
    assert query(home, "select * from canary").rows == [("a",)]
    promise.count("hostile values", len(SQL))


SQL_TEXT = re.compile(
    r"\s*(select|with \w+ as|insert into|update|delete from|create (or replace )?(temp )?(table|schema|view)"
    r"|drop (table|schema|view)|(attach|detach|copy) ['\"?]|comment on|pragma|alter table)(\s|$)"
)
SAFE_CALLS = {"quote_ident", "quote_literal", "quoted_name", "statement"}
CHOSEN_BY_US: dict[str, set[str]] = {
    "warehouse/publish.py": {"what"},  # table, view or column
    "ledger/append_only.py": {"table", "IDENTIFIED_BY[table]"},  # the ledger's own tables and keys
    "ledger/chain.py": {"table", "by", "at", "matching"},  # the same
    "ledger/engine.py": {"journal"},  # delete or wal
}
"""By file: what else is pasted, all of it our own words."""


def unsafe(file: str, tree: ast.AST) -> Iterator[str]:
    """Every piece of an SQL text that is neither quoted nor a constant of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in ("execute", "executemany", "sql", "exec_driver_sql"):
                yield from _unsafe_text(file, node.args[0])
        elif isinstance(node, ast.JoinedStr) and SQL_TEXT.match(_beginning(node)):
            yield from _unsafe_text(file, node)


def _unsafe_text(file: str, text: ast.expr) -> Iterator[str]:
    if isinstance(text, ast.JoinedStr):
        for part in text.values:
            if isinstance(part, ast.FormattedValue) and not _is_safe(file, part.value):
                yield f"{file}:{text.lineno} {ast.unparse(part.value)}"
    elif isinstance(text, ast.BinOp):
        if isinstance(text.op, ast.Mod):
            yield f"{file}:{text.lineno} {ast.unparse(text)}"
        for side in (text.left, text.right):
            yield from _unsafe_text(file, side)
    elif isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "format":
        yield f"{file}:{text.lineno} {ast.unparse(text)}"


def _is_safe(file: str, value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in SAFE_CALLS
    text = ast.unparse(value)
    return (isinstance(value, ast.Name) and text.isupper()) or text in CHOSEN_BY_US.get(file, ())


def _beginning(text: ast.JoinedStr) -> str:
    first = text.values[0] if text.values else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


@pytest.mark.promise("P20")
def test_no_sql_is_made_of_text_that_is_not_quoted(promise: PromiseCount) -> None:
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]  # they take no input
    found = [
        each
        for module in modules
        for each in unsafe(module.relative_to(PACKAGE).as_posix(), ast.parse(module.read_text(encoding="utf-8")))
    ]
    assert found == []
    promise.count("modules", len(modules))
    promise.count("unquoted", len(found))


@pytest.mark.parametrize(
    "code",
    [
        "db.execute(f'select * from {name}')",
        "db.execute('select * from %s' % name)",
        "db.execute('select * from ' + f'{name}')",
        "db.sql('select {}'.format(name))",
        "query = f'drop table {name}'",
        "db.execute(f'comment on {what} {name}')",
    ],
)
def test_that_check_sees_every_way_to_paste(code: str) -> None:
    assert list(unsafe("warehouse/publish.py", ast.parse(code)))
    assert list(unsafe("x.py", ast.parse("db.execute(f'drop table {quote_ident(name)} {LIMIT}')"))) == []
