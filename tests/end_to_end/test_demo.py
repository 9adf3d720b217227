"""`certify demo`, from an empty folder to findings that are exactly the company's."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.connections.yaml_file import load_connections
from pipeline.demo.company import Truth
from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.conftest import SOMEBODY, DemoRun
from tests.integration.cli.running import in_a_process
from tools.generate_docs import ROOT

CONNECTIONS = ("production", "staging", "data", "sso", "ldap", "people")


@pytest.fixture(scope="module")
def truth(demo_run: DemoRun) -> Truth:
    [(at,)] = query(demo_run.home, "select max(as_of) from inventory.directories where kind = 'aws_iam'").rows
    return demo_run.company.truth(at.replace(tzinfo=demo_run.company.now.tzinfo))


def rows(home: Home, sql: str) -> set[tuple[Any, ...]]:
    return set(query(home, sql).rows)


def document(demo_run: DemoRun, *arguments: str) -> dict[str, Any]:
    ran = in_a_process(*arguments, "--json", "--home", str(demo_run.home.root))
    assert ran.code == 0, ran.err
    return dict(json.loads(ran.out))


def test_it_says_that_the_company_is_invented_and_its_aws_emulated(demo_run: DemoRun) -> None:
    assert "Tidewater Instruments is invented" in demo_run.ran.err
    assert re.search(r"Its AWS is emulated on this machine \(http://127\.0\.0\.1:\d+\)", demo_run.ran.err)
    assert "No real account is touched" in demo_run.ran.err
    kind = next(entry.kind for entry in load_connections(demo_run.home, {}) if entry.name == "ldap")
    where = {"ldap": "its LDAP server is a slapd here", "file": "its LDAP directory is read from an LDIF file"}
    assert where[kind] in demo_run.ran.err


def test_it_reads_every_connection_and_counts_what_it_found(demo_run: DemoRun, truth: Truth) -> None:
    lines = [line.split() for line in demo_run.ran.out.splitlines()]
    assert {line[0]: line[1] for line in lines if line and line[0] in CONNECTIONS} == dict.fromkeys(
        CONNECTIONS, "fresh"
    )
    counts = {tuple(line[:2]): int(line[2]) for line in lines if line and line[0] in ("stale", "orphaned")}
    assert counts == {
        ("stale", "accounts"): len(truth.accounts("stale")),
        ("stale", "credentials"): len(truth.stale_credentials),
        ("orphaned", "accounts"): len(truth.orphans),
    }


def test_it_says_what_to_do_next_in_words_that_can_be_pasted(demo_run: DemoRun) -> None:
    said = demo_run.ran.err[demo_run.ran.err.index("What to look at next") :]
    assert f"certify --home {demo_run.home.root} findings stale" in said
    for account, verdict in (("nrahmani", "assigned: Nadia Rahmani"), ("daniel-kim", "ambiguous")):
        assert f"identity explain {account} " in said
        ran = in_a_process("identity", "explain", account, "--home", str(demo_run.home.root))
        assert (ran.code, verdict in ran.out) == (0, True), ran
    [question] = re.findall(r'sql "(.*)"', said)
    assert len(query(demo_run.home, question).rows) == 5


def test_it_says_of_every_trap_what_became_of_it_and_all_came_out_right(demo_run: DemoRun) -> None:
    told = demo_run.ran.out[demo_run.ran.out.index("\nWho is who") :].splitlines()
    of_traps = [line for line in told if line.endswith((" yes", " NO"))]
    assert len(of_traps) == len([one for one in demo_run.company.everywhere if one.login.trap]) >= 14
    assert [line for line in of_traps if line.endswith("NO")] == []


def test_it_counts_what_is_true_and_was_found(demo_run: DemoRun, truth: Truth) -> None:
    stale, orphans, duplicates = len(truth.accounts("stale")), len(truth.orphans), len(truth.duplicates)
    assert (
        f"{stale} of {stale} stale accounts, {orphans} of {orphans} orphaned accounts,"
        f" {duplicates} of {duplicates} accounts of one person; 0 wrong" in demo_run.ran.out
    )


def test_the_readme_shows_what_it_really_prints(demo_run: DemoRun) -> None:
    readme = (ROOT / "README.md").read_text()
    tables = demo_run.ran.out[demo_run.ran.out.index("\nfinding ") :]  # those above it tell seconds
    assert [line for line in tables.splitlines() if line not in readme] == []


def test_the_findings_are_exactly_the_companys(demo_run: DemoRun, truth: Truth) -> None:
    home = demo_run.home
    stale = rows(home, "select account_key, credential_type, credential_id from findings.stale_credentials")
    assert {(key, "password" if kind == "password" else name) for key, kind, name in stale} == truth.stale_credentials
    assert rows(home, "select account_key from findings.stale_accounts") == {(key,) for key in truth.accounts("stale")}
    assert rows(home, "select account_key from findings.unknown_activity") == {
        (key,) for key in truth.accounts("unknown")
    }
    assert dict(rows(home, "select account_key, reason from findings.orphaned_accounts")) == truth.orphans  # type: ignore[arg-type]
    assert dict(rows(home, "select account_key, duplicate_kind from findings.duplicate_identities")) == truth.duplicates  # type: ignore[arg-type]


def test_every_account_is_there_with_its_activity_and_kind(demo_run: DemoRun, truth: Truth) -> None:
    found = query(
        demo_run.home, "select account_key, activity, account_kind from inventory.accounts where not is_authoritative"
    ).rows
    assert {key: activity for key, activity, _ in found} == truth.activity
    assert {key: kind for key, _, kind in found} == truth.kinds


def test_findings_are_the_same_in_every_format(demo_run: DemoRun, truth: Truth) -> None:
    found = document(demo_run, "findings")["findings"]
    table = query(demo_run.home, "select finding_id from findings.all_findings where status = 'open'").rows
    assert {row["finding_id"] for row in found} == {row[0] for row in table}
    assert len(found) == (
        len(truth.accounts("stale")) + len(truth.stale_credentials) + len(truth.orphans) + len(truth.duplicates)
    )
    ran = in_a_process("findings", "orphaned", "--format", "csv", "--home", str(demo_run.home.root))
    orphans = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert {row["account_key"] for row in orphans} == set(truth.orphans)
    shown = in_a_process("findings", "orphaned", "--home", str(demo_run.home.root))
    assert len(shown.out.splitlines()) == 1 + len(truth.orphans)


def test_what_could_not_be_judged_is_told_with_the_permission(demo_run: DemoRun, truth: Truth) -> None:
    unsettled = {row["directory_id"]: row for row in document(demo_run, "findings", "stale")["limits"]["unsettled"]}
    counts = Counter(key.partition(":")[0] for key in truth.accounts("unknown"))
    assert {name: row["accounts"] for name, row in unsettled.items()} == counts
    assert "iam:GetAccessKeyLastUsed" in unsettled["data"]["remedy"]
    assert "Identity Center keeps no last sign-in" in unsettled["sso"]["remedy"]
    assert f"activity of {counts['data']} accounts of data" in demo_run.ran.err


def test_status_says_how_each_directory_stands(demo_run: DemoRun) -> None:
    found = {row["name"]: row for row in document(demo_run, "status")["connections"]}
    assert {name: row["status"] for name, row in found.items()} == dict.fromkeys(CONNECTIONS, "fresh")
    coverage = dict.fromkeys(CONNECTIONS, "full") | {"data": "partial"}
    assert {name: row["coverage"] for name, row in found.items()} == coverage
    assert found["people"]["counts"]["accounts"] == len(demo_run.company.people)
    assert found["ldap"]["counts"]["accounts"] == len(demo_run.company.entries)
    assert found["sso"]["counts"]["accounts"] == len(demo_run.company.users)
    users = sum(found[name]["counts"]["users"] for name in ("production", "staging", "data"))
    assert users == len(demo_run.company.placed)


def test_sql_answers_from_the_published_file(demo_run: DemoRun) -> None:
    answer = document(demo_run, "sql", "select count(*) as n from inventory.accounts where not is_authoritative")
    assert answer["rows"] == [{"n": len(demo_run.company.everywhere)}]


@pytest.mark.promise("P33")
def test_any_duckdb_client_reads_the_published_file(demo_run: DemoRun, truth: Truth) -> None:
    with duckdb.connect(str(demo_run.home.published), read_only=True) as connection:
        found = connection.execute("select * from findings.stale_accounts").fetchall()
    assert len(found) == len(truth.accounts("stale"))


@pytest.mark.promise("P22")
def test_nobody_else_can_read_the_home(demo_run: DemoRun) -> None:
    for path in (demo_run.home.root, *demo_run.home.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_secret_is_left_in_any_file(demo_run: DemoRun) -> None:
    external_ids = [entry["external_id"] for entry in demo_run.company.connections() if "external_id" in entry]
    assert len(external_ids) == 4
    secrets = [*external_ids, *SOMEBODY.values()]
    for path in (path for path in demo_run.home.root.rglob("*") if path.is_file()):
        if path != demo_run.home.connections_file:
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path
    assert not [secret for secret in secrets if secret in demo_run.ran.out + demo_run.ran.err]


def test_the_password_of_the_directory_is_with_its_server_only(demo_run: DemoRun) -> None:
    server = demo_run.home.root / "ldap"
    if not server.exists():
        assert (demo_run.home.root / "directory.ldif").exists()
        return
    password = (server / "password").read_bytes()
    assert len(password) >= 32
    holds = {path for path in demo_run.home.root.rglob("*") if path.is_file() and password in path.read_bytes()}
    assert holds == {server / "password", server / "data" / "data.mdb"}
    assert password.decode() not in demo_run.ran.out + demo_run.ran.err


def test_the_doctor_has_nothing_to_mend(demo_run: DemoRun) -> None:
    checks = document(demo_run, "doctor")["checks"]
    assert {check["name"] for check in checks if check["result"] != "ok"} <= {"ledger.sqlite"}, checks
    assert {check["detail"] for check in checks if check["result"] != "ok"} <= {"nothing was decided yet"}


def test_a_home_of_real_connections_is_refused_and_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    home.connections_file.write_text("connections: []\n")
    ran = in_a_process("demo", "--home", str(home.root))
    assert (ran.code, ran.out) == (6, "")
    assert "Not the sample company's home" in ran.err
    assert [path.name for path in home.root.iterdir()] == ["connections.yaml"]
