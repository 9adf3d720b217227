"""`certify sync` again and again: nothing new, some of it failing, another instant, somebody else at work."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.connections.yaml_file import update_connection
from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.conftest import DemoRun
from tests.integration.cli.running import Ran, in_a_process


@pytest.fixture
def home(demo_run: DemoRun, tmp_path: Path) -> Home:
    """A copy of the demo's home, to be changed."""
    shutil.copytree(demo_run.home.root, tmp_path / "home")
    return Home(tmp_path / "home")


def certify(home: Home, *arguments: str) -> tuple[Ran, dict[str, Any]]:
    ran = in_a_process(*arguments, "--home", str(home.root), "--json")
    return ran, json.loads(ran.out)


def reads(document: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["result"] for row in document["connections"]}


def test_a_second_sync_finds_nothing_new_and_loses_nothing(home: Home) -> None:
    before = query(home, "select finding_id, first_seen_at, status from findings.all_findings order by 1").rows
    ran, document = certify(home, "sync")
    assert (ran.code, ran.err) == (0, "")
    assert set(reads(document).values()) == {"fresh"}
    assert [(row["new"], row["gone"]) for row in document["findings"]] == [(0, 0)] * 4
    assert (document["unknown_status_words"], document["dangling_decisions"]) == ([], [])
    after = query(home, "select finding_id, first_seen_at, status from findings.all_findings order by 1").rows
    assert after == before


@pytest.mark.promise("P14")
def test_a_refused_account_and_a_missing_roster_hide_nobody_elses_findings(home: Home) -> None:
    open_in = "select directory_id, count(*) from findings.all_findings where status = 'open' group by all"
    before = dict(query(home, open_in).rows)
    update_connection(home, "staging", {"external_id": "cc-00000000000000000000000000000000"})
    (home.root / "hr.csv").unlink()
    ran, document = certify(home, "sync")
    assert ran.code == document["exit_code"] == 5
    failed = {name for name, result in reads(document).items() if result == "failed"}
    assert failed == {"staging", "people"}
    assert set(reads(document).values()) == {"fresh", "failed"}
    assert {problem["connection"] for problem in document["problems"]} == {"staging", "people"}
    assert "AccessDenied on AssumeRole" in ran.err + ran.out
    assert dict(query(home, open_in).rows) == before, "an old finding is not resolved by a read that failed"
    status = {row["name"]: row for row in certify(home, "status")[1]["connections"]}
    assert status["staging"]["status"] == "failed"
    assert status["staging"]["counts"]["users"] > 0, "the last good data stays"
    limits = certify(home, "findings", "orphaned")[1]["limits"]
    assert [gate["gate"] for gate in limits["closed_gates"]] == ["orphaned_accounts"]
    gated = in_a_process("findings", "--fail-on", "critical", "--home", str(home.root))
    assert gated.code in (3, 5), "no finding is no success while two directories could not be read"


def test_another_instant_is_judged_in_a_file_of_its_own_and_asked_there(home: Home) -> None:
    published, stale = home.published.read_bytes(), len(query(home, "from findings.stale_accounts").rows)
    landed = manifests(home)
    ran, document = certify(home, "sync", "production", "--as-of", "2126-01-01")
    assert (ran.code, ran.err) == (0, "")
    assert reads(document) == {"production": "judged"}
    assert (home.published.read_bytes(), manifests(home)) == (published, landed), "nothing is read or published"
    with duckdb.connect(document["file"], read_only=True) as connection:
        judged = connection.execute("select as_of, count(*) from findings.stale_accounts group by 1").fetchall()
    assert [at.year for at, _ in judged] == [2126]
    assert judged[0][1] > stale
    told = certify(home, "findings", "stale", "--as-of", "2126-01-01T00:00:00Z")[1]["findings"]
    assert len(told) == judged[0][1]
    asked = certify(home, "sql", "select distinct judged_as_of from operations.time_travel", "--as-of", "2126-01-01")[1]
    assert asked["rows"] == [{"judged_as_of": "2126-01-01T00:00:00Z"}]


def test_an_instant_before_every_snapshot_or_one_not_judged_yet_is_refused_with_the_fix(demo_run: DemoRun) -> None:
    ran, document = certify(demo_run.home, "sync", "--as-of", "2001-01-01")
    assert (ran.code, document["file"]) == (4, None)
    assert {row["result"] for row in document["connections"]} == {"no snapshot"}
    assert {problem["code"] for problem in document["problems"]} == {"no_snapshot_then"}
    ran, document = certify(demo_run.home, "findings", "--as-of", "2001-01-01")
    assert (ran.code, document["problems"][0]["code"]) == (2, "not_judged_then")
    assert "certify sync --as-of 2001-01-01T00:00:00+00:00" in ran.err


@pytest.mark.parametrize("option", [["--fresh"], ["--accept-shrink", "people"]])
def test_what_is_about_reading_goes_not_with_another_instant(tmp_path: Path, option: list[str]) -> None:
    ran = in_a_process("sync", "--as-of", "2026-06-30", *option, "--home", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "--fresh" in ran.err


@pytest.mark.parametrize("as_of", ["yesterday", "20260630", "2026-13-01", ""])
def test_what_is_no_instant_is_refused_before_anything_happens(tmp_path: Path, as_of: str) -> None:
    ran = in_a_process("sync", "--as-of", as_of, "--home", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "--as-of" in ran.err
    assert "2026-06-30" in ran.err


def test_somebody_else_at_work_is_exit_75(demo_run: DemoRun) -> None:
    with demo_run.home.lock("another sync"):
        ran, document = certify(demo_run.home, "sync")
    assert ran.code == 75
    assert document["problems"][0]["code"] == "locked"
    assert "(another sync)" in ran.err


def test_an_unknown_name_is_exit_2_before_anything_happens(demo_run: DemoRun) -> None:
    ran, document = certify(demo_run.home, "sync", "stagging")
    assert ran.code == 2
    assert document["problems"][0]["code"] == "unknown_connection"
    assert "staging" in ran.err


def manifests(home: Home) -> set[Path]:
    """Those there are at this moment; a folder that is renamed while it is looked at has none yet."""
    return set(home.landing.glob("*/*/[0-9]*/manifest.json"))


def test_an_interrupt_ends_it_and_leaves_what_was_published(home: Home) -> None:
    published, landed = home.published.read_bytes(), manifests(home)
    command = [sys.executable, "-m", "pipeline.cli.app", "sync", "--home", str(home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as sync:
        while sync.poll() is None and manifests(home) == landed:
            time.sleep(0.05)
        sync.send_signal(signal.SIGINT)
        out, err = sync.communicate(timeout=120)
    assert (sync.returncode, out) == (130, "")
    assert "interrupted: stopped before it was done" in err
    assert "Traceback" not in err
    assert home.published.read_bytes() == published
    assert certify(home, "doctor")[0].code == 0
