"""The demo compares what was published with what is true, and says so where it differs."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.demo import expected_outcomes
from pipeline.home import Home
from tests.conftest import DemoRun

TRAP = "same user name, another person"
GIVEN_AWAY = """
    update identity.identity_accounts
    set identity_id = (select identity_id from identity.identities where email = 'maria.garcia@tidewater.example')
    where account_key = ?
"""


@pytest.fixture
def home(demo_run: DemoRun, tmp_path: Path) -> Home:
    """A home with a copy of the published file, to be falsified."""
    shutil.copy(demo_run.home.published, tmp_path / demo_run.home.published.name)
    return Home(tmp_path)


def test_an_account_given_to_somebody_else_is_not_right(demo_run: DemoRun, home: Home) -> None:
    before = {row["account_key"]: row for row in expected_outcomes.expected_outcomes(home, demo_run.company)}
    [key] = [key for key, row in before.items() if row["trap"] == TRAP]
    with duckdb.connect(str(home.published)) as published:
        published.execute(GIVEN_AWAY, [key])
    after = {row["account_key"]: row for row in expected_outcomes.expected_outcomes(home, demo_run.company)}
    assert (before[key]["whose"], before[key]["right"]) == ("Miguel García", True)
    assert (after[key]["whose"], after[key]["right"]) == ("María García", False)
    assert {each: row for each, row in after.items() if each != key} == {
        each: row for each, row in before.items() if each != key
    }


def test_a_verdict_that_is_missing_or_too_much_is_counted(demo_run: DemoRun, home: Home) -> None:
    before = {row["finding"]: row for row in expected_outcomes.compared(home, demo_run.company)}
    with duckdb.connect(str(home.published)) as published:
        [(first,)] = published.execute("select min(account_key) from findings.stale_accounts").fetchall()
        published.execute("delete from findings.stale_accounts where account_key = ?", [first])
        published.execute("update findings.orphaned_accounts set reason = 'no_owner' where reason = 'owner_terminated'")
    after = {row["finding"]: row for row in expected_outcomes.compared(home, demo_run.company)}
    gone = list(demo_run.company.truth().orphans.values()).count("owner_terminated")
    stale, orphaned = after["stale accounts"], after["orphaned accounts"]
    assert (stale["found"], stale["wrong"]) == (before["stale accounts"]["found"] - 1, 0)
    assert orphaned["found"] == before["orphaned accounts"]["found"] - gone
    assert orphaned["wrong"] == before["orphaned accounts"]["wrong"] + gone
    assert after["accounts of one person"] == before["accounts of one person"]
