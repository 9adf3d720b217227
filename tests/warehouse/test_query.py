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


@pytest.mark.parametrize(
    "sql",
    [
        "from findings.stale_accounts",
        "describe findings.stale_accounts",
        "summarize findings.stale_accounts",
        "show all tables",
        "with t as (select 1 as a) select * from t",
        "pivot findings.stale_accounts on generation using count(*)",
        "explain select * from findings.stale_accounts",
        "select 1; -- and a word after it",
    ],
)
def test_every_way_to_read_is_answered(published: Home, sql: str) -> None:
    assert query(published, sql).rows


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


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from '{file}'",
        "select * from read_blob('{file}')",
        "select * from glob('{folder}/*')",
        "select * from parquet_scan('https://example.com/x.parquet')",
        "explain analyze create temp table t as select * from read_text('{file}')",
    ],
)
def test_a_select_reaches_nothing_but_the_published_file(published: Home, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,hidden\n")
    with pytest.raises(ConfigurationError) as refusal:
        query(published, sql.format(file=secret, folder=tmp_path))
    assert refusal.value.problem.code == "query_failed"
    assert "hidden" not in str(refusal.value)


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
