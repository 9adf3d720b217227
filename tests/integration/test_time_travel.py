"""Judging as of another instant: by what was known then, in a file of its own, and nothing else is touched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.directories.aws_iam.tables import TABLES
from pipeline.directories.base import Snapshot
from pipeline.home import Home
from pipeline.ledger.decisions import Decision, Undoing, Verb
from pipeline.ledger.store import Ledger
from pipeline.problems import ConfigurationError, ExitCode
from pipeline.time_travel import TimeTravel, judge_as_of, judged_before
from pipeline.warehouse.build import build
from pipeline.warehouse.load import load
from pipeline.warehouse.publish import publish
from pipeline.warehouse.query import query
from tests.integration.warehouse.landed import (
    SETTINGS,
    START,
    aws,
    aws_snapshot,
    filled,
    hour,
    land,
    landing_of,
    roster,
)
from tests.integration.warehouse.landed import roster_snapshot as people_snapshot

CONNECTIONS = [aws(), roster(), aws("later", account_id="444455556666")]
THEN = hour(36).replace(tzinfo=UTC)


def with_keys(at: datetime, **last_used: float) -> Snapshot:
    """A snapshot whose users each have one active key that was last used so many days before the first read."""
    made = aws_snapshot(users=list(last_used), at=at)
    keys = [
        {
            "user_id": f"AIDA{user}",
            "access_key_id": f"AKIA{user}".upper(),
            "status": "Active",
            "created_at": START - timedelta(days=900),
            "last_used_at": START - timedelta(days=days),
            "last_used_state": "used",
        }
        for user, days in last_used.items()
    ]
    profiles = [{"user_id": f"AIDA{user}", "has_password": False} for user in last_used]
    made.tables["login_profiles"] = filled(TABLES["login_profiles"], profiles)
    made.tables["access_keys"] = filled(TABLES["access_keys"], keys)
    return made


def decision(number: int, at: datetime, undone_at: datetime | None = None, target: str = "service") -> Decision:
    at = at.replace(tzinfo=UTC)
    undone = None
    if undone_at is not None:
        undone = Undoing("ada", undone_at.replace(tzinfo=UTC), "was wrong", "ada", undone_at.replace(tzinfo=UTC))
    key = "production:AIDAabandoned" if number != 3 else "production:AIDArobot"
    return Decision(f"d-000000000{number}", Verb.KIND, key, target, "said so", "ada", at, None, "ada", at, undone)


def sync(home: Home, at: datetime) -> None:
    """A real sync of what is landed."""
    load(home, landing_of(home), CONNECTIONS, SETTINGS, at.replace(tzinfo=UTC))
    assert build(home).problem is None
    publish(home, run_id="run", published_at=at)


def digests(home: Home) -> dict[str, str]:
    """Everything in the home that a time travel has to leave alone."""
    files = [home.published, home.ledger, *home.landing.rglob("*.*")]
    return {str(each.relative_to(home.root)): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def history(home: Home) -> dict[str, list[Any]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'history'").fetchall()
        return {name: connection.execute(f"from history.{name} order by all").fetchall() for (name,) in tables}


@dataclass
class Travelled:
    home: Home
    travel: TimeTravel
    before: tuple[dict[str, str], dict[str, list[Any]]]


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> Travelled:
    """Two syncs three days apart, then a look at the day between them."""
    home = Home(tmp_path_factory.mktemp("travel") / "home")
    home.ensure()
    with Ledger.of(home).writing() as writer:
        writer.record(decision(1, hour(10), undone_at=hour(60)))
        writer.record(decision(2, hour(60), target="shared"))
        writer.record(decision(3, hour(50)))
    land(home, with_keys(hour(0), robot=89.5, abandoned=200, ada=1), people_snapshot(at=hour(0)))
    sync(home, hour(0))
    later = aws_snapshot("later", at=hour(72), account_id="444455556666")
    land(home, with_keys(hour(72), ada=1), people_snapshot(at=hour(72)), later)
    sync(home, hour(72))
    before = digests(home), history(home)
    travel = judge_as_of(home, landing_of(home), CONNECTIONS, SETTINGS, then=THEN, now=hour(80).replace(tzinfo=UTC))
    return Travelled(home, travel, before)


def rows(travelled: Travelled, sql: str) -> list[tuple[Any, ...]]:
    assert travelled.travel.home is not None
    return query(travelled.travel.home, sql).rows


def test_accounts_are_judged_at_that_instant_from_the_newest_snapshot_not_after_it(travelled: Travelled) -> None:
    stale = rows(travelled, "select username, idle_days, as_of from findings.stale_accounts order by 1")
    then = THEN.replace(tzinfo=None)
    assert stale == [("abandoned", 201, then), ("robot", 91, then)], "robot was not stale when it was read"
    statuses = dict(rows(travelled, "select directory_id, status from inventory.directories"))
    assert statuses == {"production": "fresh", "people": "fresh", "later": "never_synced"}


def test_the_file_says_what_it_is(travelled: Travelled) -> None:
    first = travelled.travel.snapshots["production"].snapshot_id
    then, made = THEN.replace(tzinfo=None), hour(80)
    assert rows(travelled, "from operations.time_travel where directory_id <> 'people'") == [
        (then, made, "later", None, None),
        (then, made, "production", first, hour(0)),
    ]
    assert rows(travelled, "select evaluated_at from operations.publication") == [(then,)]
    assert travelled.travel.home is not None
    file = travelled.travel.home.published
    assert file == travelled.home.exports / "as-of" / "2026-11-21T140000Z.duckdb"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_published_and_recorded_stays_as_it_was(travelled: Travelled) -> None:
    assert (digests(travelled.home), history(travelled.home)) == travelled.before
    assert not travelled.home.alerts_file.exists()
    assert not list(travelled.home.root.glob(".what-if-*"))


def test_findings_keep_when_they_were_first_seen_and_nothing_ends_before_that(travelled: Travelled) -> None:
    states = rows(travelled, "select account_key, status, first_seen_at, resolved_at from findings.all_findings")
    of_accounts = {key.removeprefix("production:AIDA"): rest for key, *rest in states if "AIDA" in key}
    assert of_accounts["abandoned"] == ["open", hour(0), None], "it was resolved only later"
    assert of_accounts["robot"] == ["open", THEN.replace(tzinfo=None), None]
    assert not rows(travelled, "from findings.all_findings where resolved_at < first_seen_at")
    ended = query(travelled.home, "select status from findings.all_findings where account_key like '%abandoned'").rows
    assert set(ended) == {("resolved",)}


def test_decisions_are_those_in_force_then(travelled: Travelled) -> None:
    assert rows(travelled, "select decision_id, target, state from identity.decisions") == [
        ("d-0000000001", "service", "in_force")
    ]
    now = query(travelled.home, "select decision_id from identity.decisions order by 1").rows
    assert now == [("d-0000000002",), ("d-0000000003",)]


def test_a_connection_without_a_snapshot_that_old_is_a_problem_that_says_how_far_back_it_goes(
    travelled: Travelled,
) -> None:
    assert travelled.travel.exit_code is ExitCode.PARTIAL
    [problem] = travelled.travel.problems
    assert (problem.code, problem.connection) == ("no_snapshot_then", "later")
    assert "2026-11-23 02:00:00 UTC" in problem.message
    assert "newest 10 attempts" in problem.remedy
    assert "keep_snapshots" in problem.remedy


def test_before_every_snapshot_nothing_is_judged_and_no_file_made(travelled: Travelled) -> None:
    then = (START - timedelta(days=1)).replace(tzinfo=UTC)
    home, landing = travelled.home, landing_of(travelled.home)
    travel = judge_as_of(home, landing, CONNECTIONS, SETTINGS, then=then, now=THEN)
    assert (travel.home, travel.exit_code) == (None, ExitCode.CONNECTION)
    assert {each.connection for each in travel.problems} == {"production", "people", "later"}
    named = judge_as_of(home, landing, CONNECTIONS, SETTINGS, then=THEN, now=THEN, named=["later"])
    assert (named.home, named.exit_code) == (None, ExitCode.CONNECTION)
    with pytest.raises(ConfigurationError, match="2026-11-21T140000Z") as refused:
        judged_before(home, then)
    assert refused.value.problem.code == "not_judged_then"
    assert judged_before(home, THEN) == travelled.travel.home
    assert [file.name for file in Path(home.exports / "as-of").iterdir()] == ["2026-11-21T140000Z.duckdb"]
