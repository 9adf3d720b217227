"""`certify status`: what it says before, between and after syncs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.directories.base import Snapshot
from pipeline.home import Home
from pipeline.landing.store import Landing
from pipeline.problems import Problem
from pipeline.warehouse import coverage_summary
from tests.integration.cli.running import Ran

ROLE = "arn:aws:iam::111122223333:role/Reader"
Certify = Callable[..., Ran]
YAML = """\
connections:
  - {name: people, kind: file, path: hr.csv, authoritative: true, columns: {employee_id: Id}}
"""


def ago(hours: int) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.ensure()
    home.connections_file.write_text(YAML)
    home.connections_file.chmod(0o600)
    return home


def land(home: Home, rows: int, as_of: datetime, *problems: Problem, groups: int | None = None) -> None:
    counts = {"accounts": rows} if groups is None else {"accounts": rows, "groups": groups}
    tables = {name: pa.table({"native_id": [str(row) for row in range(count)]}) for name, count in counts.items()}
    snapshot = Snapshot(
        connection="people",
        kind="file",
        as_of=as_of,
        status="failed" if problems else "complete",
        strategy="csv",
        tables={} if problems else tables,
        problems=problems,
        main_table="accounts",
    )
    Landing(home.landing).write(snapshot, run_id="r", max_shrink=0.2, max_shrink_rows=10)


def people(certify: Certify) -> dict[str, Any]:
    ran = certify("status", "--json")
    assert ran.code == 0
    [row] = json.loads(ran.out)["connections"]
    return dict(row)


def test_it_works_before_anything_is_connected(certify: Certify) -> None:
    ran = certify("status")
    assert (ran.code, ran.out) == (0, "")
    assert "certify connect aws NAME" in ran.err


def test_it_works_before_the_first_sync(certify: Certify, home: Home) -> None:
    ran = certify("status")
    assert ran.code == 0
    assert ran.out.splitlines()[1].split() == ["people", "file", "never_synced"]
    assert "certify sync" in ran.err


def test_a_good_sync_is_fresh_until_it_is_too_old_to_settle_anything(certify: Certify, home: Home) -> None:
    land(home, 40, ago(47))
    row = people(certify)
    assert (row["status"], row["counts"], row["problems"]) == ("fresh", {"accounts": 40}, [])
    assert row["age_seconds"] == pytest.approx(47 * 3600, abs=600)
    home.settings_file.write_text("authoritative_max_age: 46h\n")
    assert people(certify)["status"] == "stale"


@pytest.mark.parametrize(("groups", "shown"), [(0, "40 accounts"), (3, "3 groups, 40 accounts")])
def test_groups_of_a_file_are_counted_where_it_lists_any(certify: Certify, home: Home, groups: int, shown: str) -> None:
    """A CSV file cannot list groups; that is not "0 groups"."""
    land(home, 40, ago(1), groups=groups)
    assert f"  {shown}" in certify("status").out


def test_a_failed_attempt_does_not_hide_the_good_one_before_it(certify: Certify, home: Home) -> None:
    land(home, 40, ago(5))
    land(home, 0, ago(1), Problem.of("no_users", connection="people", account_id="111122223333"))
    row = people(certify)
    assert (row["status"], row["counts"]) == ("failed", {"accounts": 40})
    assert row["age_seconds"] == pytest.approx(5 * 3600, abs=600)
    assert [problem["code"] for problem in row["problems"]] == ["no_users"]
    ran = certify("status")
    assert "40 accounts" in ran.out
    assert "No users returned" in ran.err
    assert "fix: check the account id" in ran.err


def test_a_shrunken_directory_is_held_with_the_way_to_accept_it(certify: Certify, home: Home) -> None:
    land(home, 100, ago(5))
    land(home, 50, ago(1))
    row = people(certify)
    assert (row["status"], row["counts"]) == ("held", {"accounts": 100})
    assert "--accept-shrink" in row["problems"][0]["remedy"]


def test_what_was_published_about_a_directory_is_shown(certify: Certify, home: Home) -> None:
    land(home, 40, ago(1))
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema inventory; create schema findings")
        connection.execute(
            "create table inventory.directories as select 'people' as directory_id, 'partial' as coverage,"
            " 'iam:GetUser' as missing_permissions"
        )
        connection.execute(
            "create table findings.all_findings (finding_id varchar, account_key varchar, status varchar)"
        )
        connection.execute(
            "insert into findings.all_findings values ('a', 'people:1', 'open'), ('b', 'people:2', 'resolved'),"
            " ('c', 'people2:1', 'open')"
        )
    row = people(certify)
    assert (row["coverage"], row["missing_permissions"], row["open_findings"]) == ("partial", "iam:GetUser", 1)


def test_an_account_that_was_not_read_from_aws_itself_says_so(certify: Certify, home: Home) -> None:
    entry = f"  - {{name: production, kind: aws_iam, role_arn: {ROLE}, external_id: cc-12345}}\n"
    home.connections_file.write_text(YAML + entry)
    land(home, 40, ago(1))
    table = {"users": pa.table({"user_id": ["AIDA1"]})}
    words = {"as_of": ago(1), "status": "complete", "strategy": "bulk", "tables": table, "main_table": "users"}
    snapshot = Snapshot(connection="production", kind="aws_iam", endpoint="http://127.0.0.1:5000", **words)
    Landing(home.landing).write(snapshot, run_id="r", max_shrink=0.2, max_shrink_rows=10)
    rows = {row["name"]: row for row in json.loads(certify("status", "--json").out)["connections"]}
    assert (rows["production"]["endpoint"], rows["people"]["endpoint"]) == ("http://127.0.0.1:5000", None)
    assert "Read from http://127.0.0.1:5000 in the place of AWS: production\n" in certify("status").err


def test_accounts_in_quarantine_are_counted_with_the_query_that_lists_them(certify: Certify, home: Home) -> None:
    land(home, 40, ago(1))
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema inventory; create schema findings; create schema operations")
        connection.execute(
            "create table inventory.directories as select 'people' as directory_id, 'full' as coverage,"
            " null as missing_permissions"
        )
        connection.execute(
            "create table findings.all_findings (finding_id varchar, account_key varchar, status varchar)"
        )
        connection.execute(
            "create table operations.self_check_failures as select * from (values"
            " ('people:1', 'decisions_agree', 'd-1 and d-2', 'undo one'),"
            " ('people:1', 'directory_lists_it_once', 'two rows', 'remove one'),"
            " ('people:2', 'decisions_agree', 'd-3 and d-4', 'undo one'))"
            " as failures(account_key, check_name, detail, remedy)"
        )
    document = json.loads(certify("status", "--json").out)
    quarantined = document["quarantined"]
    assert (quarantined["accounts"], quarantined["checks"]) == (2, {"decisions_agree": 2, "directory_lists_it_once": 1})
    assert "accounts_quarantined" in [problem["code"] for problem in document["problems"]]
    assert json.loads(certify("sql", quarantined["query"], "--json").out)["rows"][0]["account_key"] == "people:1"
    told = certify("status").err
    assert "Accounts are in quarantine: 2 fail a self-check (decisions_agree: 2, directory_lists_it_once: 1)" in told
    assert f'certify sql "{quarantined["query"]}"' in " ".join(told.split())


def test_no_quarantine_is_no_line(certify: Certify, home: Home) -> None:
    land(home, 40, ago(1))
    assert json.loads(certify("status", "--json").out)["quarantined"]["accounts"] == 0
    assert "quarantine" not in certify("status").err


UNCLEAR = """
    create schema inventory; create schema findings; create schema identity;
    create table findings.all_findings (finding_id varchar, account_key varchar, status varchar);
    create table inventory.directories as
    select
        'people' as directory_id, 'partial' as coverage, '' as missing_permissions,
        {unknown} as unknown_employment_count, null as employment_gap, 'set status_words' as employment_action;
    create table identity.status_words as
    select 'people' as directory_id, unnest(['Gegangen', 'Zzz']) as word, unnest([{unknown}, 0]) as unknown_count;
    create table identity.decisions as
    select 'd-' || number as decision_id, 'dangling' as state from range({dangling}) as numbers (number);
"""


def test_words_that_are_not_understood_and_decisions_about_nothing_are_warned_of(certify: Certify, home: Home) -> None:
    land(home, 40, ago(1))
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(UNCLEAR.format(unknown=7, dangling=6))
    ran = certify("status")
    assert ran.code == 0
    assert 'the status words "Gegangen" (7 rows) are not understood' in ran.err
    assert "set status_words" in ran.err
    assert "d-0, d-1, d-2, d-3, d-4 and 1 more" in ran.err
    document = json.loads(certify("status", "--json").out)
    assert {each["code"] for each in document["problems"]} == {"employment_unknown", "decisions_dangling"}
    assert [each["code"] for each in people(certify)["problems"]] == ["employment_unknown"]


def test_without_such_words_and_decisions_nothing_is_warned_of(certify: Certify, home: Home) -> None:
    land(home, 40, ago(1))
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(UNCLEAR.format(unknown=0, dangling=0))
    assert certify("status").err == ""


def test_what_is_not_understood_is_listed_for_programs_whole(home: Home) -> None:
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(UNCLEAR.format(unknown=7, dangling=6))
    assert coverage_summary.unknown_status_words(home) == [{"directory_id": "people", "word": "Gegangen", "rows": 7}]
    assert coverage_summary.dangling_decisions(home) == [f"d-{number}" for number in range(6)]
    home.published.unlink()
    assert (coverage_summary.unknown_status_words(home), coverage_summary.dangling_decisions(home)) == ([], [])
