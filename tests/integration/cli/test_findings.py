"""`certify findings`: what an analyst sees, what a pipeline gets, and what could not be judged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from tests.integration.cli.running import HOSTILE, Ran

Certify = Callable[..., Ran]

TABLES = """
    create schema findings; create schema inventory; create schema identity; create schema operations;
    create table findings.all_findings (
        finding_id varchar, finding_type varchar, severity varchar, account_key varchar, directory_id varchar,
        identity_id varchar, summary varchar, evidence varchar, remedy varchar, first_seen_at timestamp,
        last_seen_at timestamp, status varchar, exception_id varchar, exception_reason varchar, excepted_by varchar,
        excepted_until timestamp, coverage varchar, severity_is_lower_bound boolean, evidence_as_of timestamp,
        as_of timestamp
    );
    create table inventory.accounts (account_key varchar, username varchar);
    create table identity.identities (identity_id varchar, display_name varchar, employment_status varchar);
    create table findings.unknown_activity (
        account_key varchar, directory_id varchar, username varchar, reason varchar, missing_permission varchar,
        remedy varchar, as_of timestamp
    );
    create table findings.unknown_ownership (
        account_key varchar, directory_id varchar, username varchar, reason varchar, missing_permission varchar,
        action varchar, as_of timestamp
    );
    create table operations.verdict_gates (gate varchar, is_open boolean, reason varchar, remedy varchar);
    create table inventory.directories (
        directory_id varchar, status varchar, as_of timestamp, problem_message varchar, problem_remedy varchar
    );
"""
ROWS = """
    insert into findings.all_findings
    select
        id, type, severity, 'production:' || account, 'production', identity, 'summary of ' || id, 'evidence', 'remedy',
        timestamp '2026-11-14 03:15', timestamp '2026-11-24 03:15', status,
        null, null, null, null, 'full', false, null, timestamp '2026-11-24 03:15'
    from (values
        ('low', 'duplicate_identity', 'low', 'AIDA1', 'p1', 'open'),
        ('worst', 'orphaned_account', 'critical', 'AIDA2', 'p2', 'open'),
        ('middle', 'stale_account', 'medium', 'AIDA1', 'p1', 'open'),
        ('over', 'stale_account', 'high', 'AIDA9', null, 'resolved')
    ) as rows (id, type, severity, account, identity, status);
    insert into identity.identities values ('p1', 'Zoë Nguyễn', 'active'), ('p2', 'Jan Novák', 'terminated');
    insert into inventory.directories values ('production', 'fresh', '2026-11-24 03:15', null, null);
    insert into operations.verdict_gates values ('orphaned_accounts', true, null, null);
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(TABLES + ROWS)
        connection.execute(
            "insert into inventory.accounts values ('production:AIDA1', 'zoe'), (?, ?)", ["production:AIDA2", HOSTILE]
        )
    return home


def change(home: Home, sql: str) -> None:
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(sql)


def test_the_worst_comes_first_with_its_account_and_owner(certify: Certify, home: Home) -> None:
    ran = certify("findings")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["severity", "type", "account", "owner", "summary", "age", "id"]
    assert [line.split()[0] for line in lines[1:]] == ["critical", "medium", "low"]
    assert "Jan Novák (left)" in lines[1]
    assert "zoe @ production" in lines[2]
    assert "Zoë Nguyễn" in lines[2]
    assert lines[2].split()[-3:] == ["10", "d", "middle"]
    assert "3 open findings: 1 critical, 1 medium, 1 low" in ran.err


@pytest.mark.promise("P19")
def test_a_hostile_name_reaches_no_terminal_and_no_spreadsheet(certify: Certify, home: Home) -> None:
    table = certify("findings").out
    assert r"\x1b[2J[red]=cmd|'/c calc'!A1\u202e @ production" in table
    assert not {"\x1b", "\u202e"} & set(table)
    change(home, "update inventory.accounts set username = '=1+1' where account_key = 'production:AIDA2'")
    rows = list(csv.DictReader(io.StringIO(certify("findings", "--format", "csv").out, newline="")))
    assert rows[0]["username"] == "'=1+1"
    assert json.loads(certify("findings", "--json").out)["findings"][0]["username"] == "=1+1"


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["stale"], ["middle"]),
        (["stale-credentials"], []),
        (["orphaned"], ["worst"]),
        (["duplicates"], ["low"]),
        (["stale", "--status", "all"], ["over", "middle"]),
        (["--status", "resolved"], ["over"]),
    ],
)
def test_kinds_and_statuses_choose(certify: Certify, home: Home, arguments: list[str], ids: list[str]) -> None:
    document = json.loads(certify("findings", *arguments, "--json").out)
    assert [row["finding_id"] for row in document["findings"]] == ids


ACCEPTED = """
    update findings.all_findings
    set status = 'excepted', exception_id = 'd-0123456789', exception_reason = 'being replaced', excepted_by = 'eve',
        excepted_until = '2027-03-31'
    where severity = 'critical'
"""


def test_an_accepted_finding_is_listed_only_when_asked_for_with_who_accepts_it_and_fails_nothing(
    certify: Certify, home: Home
) -> None:
    change(home, ACCEPTED)
    ran = certify("findings")
    assert "critical" not in ran.out
    assert "2 open findings: 1 medium, 1 low" in ran.err
    assert certify("findings", "--fail-on", "critical").code == 0
    assert certify("findings", "--fail-on", "critical", "--status", "all").code == 0
    accepted = certify("findings", "--status", "excepted").out
    assert "summary of worst (accepted by eve until 2027-03-31: being replaced)" in accepted
    [row] = json.loads(certify("findings", "--status", "excepted", "--json").out)["findings"]
    assert (row["exception_id"], row["excepted_until"]) == ("d-0123456789", "2027-03-31T00:00:00Z")


def test_an_account_that_is_gone_is_named_by_its_id(certify: Certify, home: Home) -> None:
    assert "AIDA9 @ production" in certify("findings", "--status", "resolved").out


@pytest.mark.parametrize(("severity", "code"), [("critical", 3), ("low", 3), ("info", 3)])
def test_fail_on_is_exit_3_from_that_severity_up(certify: Certify, home: Home, severity: str, code: int) -> None:
    assert certify("findings", "--fail-on", severity).code == code


def test_fail_on_counts_only_what_is_open_and_listed(certify: Certify, home: Home) -> None:
    assert certify("findings", "stale", "--fail-on", "high", "--status", "all").code == 0
    assert certify("findings", "stale", "--fail-on", "medium").code == 3


@pytest.mark.parametrize(
    ("severity", "is_lower_bound", "status", "fail_on", "code"),
    [
        ("medium", True, "open", "high", 5),  # high, if the account is an administrator
        ("medium", True, "open", "critical", 0),  # never critical
        ("medium", True, "open", "medium", 3),  # medium for sure
        ("medium", False, "open", "high", 0),  # known to be none
        ("medium", None, "open", "high", 0),
        ("medium", True, "excepted", "high", 0),  # accepted, whatever it is
        ("low", True, "open", "high", 0),
        ("low", True, "open", "medium", 5),
    ],
)
def test_a_severity_that_may_be_higher_is_exit_5_only_where_that_would_fail(
    certify: Certify, home: Home, severity: str, is_lower_bound: bool | None, status: str, fail_on: str, code: int
) -> None:
    bound = "null" if is_lower_bound is None else str(is_lower_bound)
    change(
        home,
        "delete from findings.all_findings where finding_id <> 'middle'; update findings.all_findings set"
        f" severity = '{severity}', severity_is_lower_bound = {bound}, status = '{status}'",
    )
    ran = certify("findings", "stale", "--fail-on", fail_on, "--status", "all", "--json")
    assert ran.code == json.loads(ran.out)["exit_code"] == code


@pytest.mark.parametrize(("is_lower_bound", "code"), [(True, 5), (False, 0)])
def test_an_orphan_that_may_be_usable_may_be_as_severe_as_any(
    certify: Certify, home: Home, is_lower_bound: bool, code: int
) -> None:
    change(
        home,
        "delete from findings.all_findings where finding_id <> 'middle'; update findings.all_findings set"
        f" finding_type = 'orphaned_account', severity = 'low', severity_is_lower_bound = {is_lower_bound}",
    )
    assert certify("findings", "orphaned", "--fail-on", "critical").code == code


def test_nothing_found_is_no_success_where_a_directory_was_not_read(certify: Certify, home: Home) -> None:
    change(
        home,
        "update inventory.directories set status = 'failed', problem_message = 'AccessDenied', problem_remedy = 'x'",
    )
    ran = certify("findings", "stale", "--fail-on", "high")
    assert ran.code == 5
    assert "production is failed; last good sync 2026-11-24 03:15 UTC: AccessDenied" in ran.err


def test_a_verdict_that_was_not_given_is_told_with_its_reason(certify: Certify, home: Home) -> None:
    change(home, "update operations.verdict_gates set is_open = false, reason = 'no roster', remedy = 'connect one'")
    ran = certify("findings", "orphaned", "--fail-on", "critical")
    assert "no verdict, because no roster" in ran.err
    assert "fix: connect one" in ran.err
    assert "no verdict" not in certify("findings", "stale").err, "it says nothing about who uses what"


def test_what_could_not_be_judged_is_told_with_what_settles_it(certify: Certify, home: Home) -> None:
    change(
        home,
        "insert into findings.unknown_activity select 'data:' || i, 'data', 'user' || i, 'key use denied',"
        " 'iam:GetAccessKeyLastUsed', 'allow iam:GetAccessKeyLastUsed', '2026-11-24 03:15' from range(7) t(i)",
    )
    ran = certify("findings", "stale")
    assert "activity of 7 accounts of data" in ran.err
    assert "fix: allow iam:GetAccessKeyLastUsed" in ran.err
    document = json.loads(certify("findings", "--json").out)
    assert document["limits"]["unsettled"][0]["accounts"] == 7
    listed = certify("findings", "unknown")
    assert len(listed.out.splitlines()) == 8
    assert "user3 @ data" in listed.out
    assert len(json.loads(certify("findings", "unknown", "--json").out)["unknown"]) == 7


def test_an_empty_csv_still_has_its_header(certify: Certify, home: Home) -> None:
    [header] = certify("findings", "stale-credentials", "--format", "csv").out.splitlines()
    assert header.startswith("finding_id,severity,finding_type,status,username,directory_id,account_key,owner")


def test_before_the_first_sync_it_says_what_to_do(certify: Certify) -> None:
    ran = certify("findings")
    assert (ran.code, ran.out) == (2, "")
    assert "certify sync" in ran.err
