"""Asking the published file: one select gets an answer, anything else gets nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError, ExitCode
from pipeline.warehouse.publish import publish
from pipeline.warehouse.query import is_published, query, query_arrow, query_pandas
from tests.integration.warehouse.hostile_sql import hostile_statements

AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


@pytest.fixture
def published(built: Home) -> Home:
    publish(built, run_id="run-1", published_at=AT)
    return built


def test_an_answer_has_names_types_and_rows(published: Home) -> None:
    answer = query(published, "select number, label from findings.stale_accounts where number < ? order by number", [2])

    assert answer.columns == ("number", "label")
    assert answer.types == ("bigint", "varchar")
    assert answer.rows == [(0, "ünïcode ' \"0"), (1, "ünïcode ' \"1")]
    assert answer.records()[1] == {"number": 1, "label": "ünïcode ' \"1"}


def test_the_same_answer_as_arrow_and_pandas(published: Home) -> None:
    sql = "select number from findings.stale_accounts where number > $least order by number"

    assert query_arrow(published, sql, {"least": 0}).to_pydict() == {"number": [1, 2]}
    assert query_pandas(published, sql, {"least": 0})["number"].tolist() == [1, 2]


@pytest.mark.promise("P28")
@pytest.mark.parametrize(
    "sql",
    [
        "from findings.stale_accounts",
        "describe findings.stale_accounts",
        "summarize findings.stale_accounts",
        "show all tables",
        "with t as (select 1 as a) select * from t",
        "pivot findings.stale_accounts on generation using count(*)",
        "with p as (pivot findings.stale_accounts on generation using count(*)) from p where true -- and a word",
        "pivot findings.stale_accounts on generation in (1, 2) using count(*)",
        "select * from (values (1), (2)) v(a), range(a), unnest([a, a])",
        "select 1 union all select 2",
        "with recursive r as (select 1 as a union all select a + 1 from r where a < 3) from r",
        "pivot findings.stale_accounts on generation using count(*); -- and a word; after it",
        "select 1; -- and a word after it",
    ],
)
def test_every_way_to_read_is_answered(published: Home, sql: str) -> None:
    assert query(published, sql).rows


@pytest.mark.promise("P28")
@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "select 1; select 2",
        "select 1; drop table findings.stale_accounts",
        "drop table findings.stale_accounts",
        "insert into findings.stale_accounts values (1, 2, 'x') returning *",
        "create temp table t as select 1",
        "attach ':memory:' as other",
        "copy (select 1) to '/tmp/out.csv'",
        "copy findings.stale_accounts from '/etc/passwd'",
        "export database '/tmp/out'",
        "set lock_configuration = false",
        "pragma enable_profiling",
        "call pragma_version()",
        "install httpfs",
        "load icu",
        "begin",
        "prepare p as select 1",
        "use findings",
    ],
)
def test_anything_but_one_select_is_refused(published: Home, sql: str) -> None:
    before = published.published.read_bytes()
    with pytest.raises(ConfigurationError) as refusal:
        query(published, sql)
    assert refusal.value.problem.code == "query_refused"
    assert published.published.read_bytes() == before


@pytest.mark.promise("P28")
def test_hostile_statements_write_nothing_and_read_nothing_else(published: Home, tmp_path: Path) -> None:
    """Also hidden in EXPLAIN, a CTE, a pivot or a comment: `copy` to the path of the open file is no outside access."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("a,b\n1,hidden\n")
    before, files = published.published.read_bytes(), sorted(published.root.rglob("*"))
    statements = list(hostile_statements())
    assert len(statements) >= 200
    for statement in statements:
        sql = statement.format(published=published.published, outside=outside)
        with pytest.raises(ConfigurationError) as refusal:
            pytest.fail(f"answered {query(published, sql).rows}: {sql}")
        assert refusal.value.problem.code in {"query_refused", "query_failed"}, sql
        assert "hidden" not in str(refusal.value), sql
    assert published.published.read_bytes() == before
    assert sorted(published.root.rglob("*")) == files
    assert [path.name for path in outside.iterdir()] == ["secret.csv"]


def test_a_variable_of_the_program_is_no_table(published: Home) -> None:
    secrets_of_the_caller = query_pandas(published, "select 1 as a")
    assert len(secrets_of_the_caller) == 1
    with pytest.raises(ConfigurationError, match="does not exist"):
        query(published, "select * from secrets_of_the_caller")


def test_a_faulty_query_is_explained_in_duckdbs_words(published: Home) -> None:
    with pytest.raises(ConfigurationError, match="stale_account does not exist") as failure:
        query(published, "select * from findings.stale_account")
    assert failure.value.problem.exit_code == ExitCode.CONFIGURATION


def test_two_questions_at_once_are_fine(published: Home) -> None:
    """Settings belong to the file and not to the connection: the second finds them locked already."""
    with duckdb.connect(":memory:") as other:
        other.execute(f"attach '{published.published}' as p (read_only)")
        assert query(published, "select count(*) from inventory.accounts").rows == [(3,)]


def test_before_the_first_sync_the_reader_is_told_to_sync(home: Home) -> None:
    assert not is_published(home)
    with pytest.raises(CertifyError, match="certify sync") as failure:
        query(home, "select 1")
    assert failure.value.problem.code == "not_published"


def test_a_file_that_is_no_database_is_called_so(home: Home) -> None:
    home.published.write_bytes(b"not a database" * 1000)
    with pytest.raises(CertifyError) as failure:
        query(home, "select 1")
    assert failure.value.problem.code == "published_unreadable"
