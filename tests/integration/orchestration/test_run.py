"""A sync as one call: recorded in the home's own Dagster, whatever happens to a connection or to the tables."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import dagster as dg
import duckdb
import pytest

from pipeline.connections.yaml_file import remove_connection
from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from pipeline.orchestration.instance import open_instance
from pipeline.orchestration.run import run_sync
from pipeline.problems import ConfigurationError, ExitCode, Locked
from pipeline.warehouse.query import query
from tests.integration.orchestration.conftest import ACCOUNTS, ROSTER

LANDING = dg.AssetKey(["landing", "aws_iam"])


def statuses(home: Home) -> dict[str, str]:
    return {row[0]: row[1] for row in query(home, "select directory_id, status from inventory.directories").rows}


def latest_check(instance: dg.DagsterInstance, name: str) -> dg.AssetCheckEvaluation:
    key = dg.AssetCheckKey(LANDING, name)
    record = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0]
    assert record.event is not None
    assert record.event.dagster_event is not None
    evaluation = record.event.dagster_event.event_specific_data
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    return evaluation


def test_a_sync_publishes_and_is_seen_in_the_pages(
    home: Home, connected: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    told: set[tuple[str, str]] = set()
    outcome = run_sync(home, progress=lambda *what: told.add(what[:2]))

    assert outcome.exit_code is ExitCode.OK
    assert outcome.problems == ()
    assert {(each.connection, each.status, each.rows) for each in outcome.manifests} == {
        ("production", "complete", 2),
        ("staging", "complete", 2),
        ("people", "complete", 3),
    }
    assert set(outcome.seconds) == {"read", "load", "build", "publish"}
    assert {("", "load"), ("", "build"), ("", "publish")} <= told
    assert capfd.readouterr().out == ""
    assert statuses(home) == dict.fromkeys(["production", "staging", "people"], "fresh")
    assert query(home, "select username from findings.stale_accounts where directory_id = 'staging'").rows == [
        ("robot",)
    ]
    with open_instance(home) as instance:
        assert sorted((run.job_name, run.status.value) for run in instance.get_runs()) == [
            ("build", "SUCCESS"),
            ("extract_aws_iam", "SUCCESS"),
            ("extract_file", "SUCCESS"),
        ]
        build = next(run for run in instance.get_runs() if run.job_name == "build")
        assert query(home, "select run_id from operations.publication").rows == [(build.run_id,)]
        landed = instance.fetch_materializations(LANDING, limit=10).records
        assert {record.partition_key for record in landed} == set(ACCOUNTS)
        stale = instance.get_latest_materialization_event(dg.AssetKey(["findings", "stale_accounts"]))
        assert stale is not None
        assert stale.asset_materialization is not None
        assert stale.asset_materialization.metadata["dagster/row_count"].value == 2
        assert latest_check(instance, "can_read").passed


@pytest.mark.promise("P14")
def test_one_connection_that_fails_stops_no_other_and_keeps_its_last_good_rows(
    synced: Home, connected: Emulator
) -> None:
    connected.faults.deny("iam:ListUsers", account=ACCOUNTS["production"])

    outcome = run_sync(synced)

    assert outcome.exit_code is ExitCode.PARTIAL
    assert [problem.code for problem in outcome.problems] == ["read_denied"]
    assert outcome.published is not None
    assert statuses(synced) == {"production": "failed", "staging": "fresh", "people": "fresh"}
    assert query(synced, "select count(*) from inventory.accounts where directory_id = 'production'").rows != [(0,)]
    with open_instance(synced) as instance:
        check = latest_check(instance, "can_read")
        assert (check.partition, check.passed, check.severity) == ("production", False, dg.AssetCheckSeverity.ERROR)
        assert check.description is not None
        assert "Not authorized to perform iam:ListUsers" in check.description

        connected.faults.clear()
        run_sync(synced, ["staging"])
        assert latest_check(instance, "can_read").partition == "production", "still failing, though it was not read"
        run_sync(synced, ["production"])
        assert latest_check(instance, "can_read").passed


def test_suggestions_are_published_and_merged_by_nobody(
    home: Home, connected: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{100 + number},person{number}@corp.example,Given{number},Family{number}" for number in range(30)]
    (home.root / "hr.csv").write_text(ROSTER + "\n".join(["4,jolande@corp.example,Jolande,Quist", *lines]) + "\n")
    connected.account(ACCOUNTS["production"]).user("yolande.quist", password_created=datetime.now(UTC))
    query_text = """
        select suggested.account_key, suggested.candidate_name, suggested.status
        from identity.match_suggestions as suggested
        inner join inventory.accounts using (account_key)
        where username = 'yolande.quist'
    """
    try:
        run_sync(home)
        found = query(home, query_text).rows
        monkeypatch.setitem(sys.modules, "splink", None)
        run_sync(home)
        assert query(home, query_text).rows == []
    finally:
        connected.account(ACCOUNTS["production"]).delete_user("yolande.quist")
    assert [row[1:] for row in found] == [("Jolande Quist", "suggested")]
    [(status,)] = query(home, f"select status from identity.identity_accounts where account_key = '{found[0][0]}'").rows
    assert status != "assigned"


def test_some_connections_can_be_read_alone(home: Home, connected: Emulator) -> None:
    outcome = run_sync(home, ["staging", "people"])

    assert {each.connection for each in outcome.manifests} == {"staging", "people"}
    assert statuses(home)["production"] == "never_synced"


def test_when_every_read_fails_the_tables_say_so_and_the_exit_code_too(home: Home, connected: Emulator) -> None:
    (home.root / "hr.csv").unlink()
    connected.faults.deny("iam:ListUsers")

    outcome = run_sync(home)

    assert outcome.exit_code is ExitCode.CONNECTION
    assert outcome.published is not None
    assert set(statuses(home).values()) == {"failed"}


def test_what_shrank_is_held_until_somebody_accepts_it(home: Home, connected: Emulator) -> None:
    roster = home.root / "hr.csv"
    header = roster.read_text().splitlines()[0]
    roster.write_text("\n".join([header, *(f"{n},p{n}@corp.example,P,Q{n}" for n in range(40))]) + "\n")
    run_sync(home, ["people"])
    roster.write_text("\n".join([header, *(f"{n},p{n}@corp.example,P,Q{n}" for n in range(5))]) + "\n")

    assert run_sync(home, ["people"]).exit_code is ExitCode.REFUSED
    assert statuses(home)["people"] == "held"
    assert run_sync(home, ["people"], accept_shrink=["people"]).exit_code is ExitCode.OK
    assert statuses(home)["people"] == "fresh"


def test_tables_that_fail_are_not_published_and_the_last_good_ones_stay(synced: Home, connected: Emulator) -> None:
    before = query(synced, "select run_id from operations.publication").rows
    with duckdb.connect(str(synced.warehouse)) as connection:
        connection.execute("drop table history.account_history; create table history.account_history as select 1 as a")

    outcome = run_sync(synced)

    assert outcome.published is None
    assert outcome.failure is not None
    assert outcome.failure.code == "build_failed"
    assert "account_history" in outcome.failure.message
    assert outcome.exit_code is ExitCode.UNEXPECTED
    assert query(synced, "select run_id from operations.publication").rows == before
    with open_instance(synced) as instance:
        assert next(run for run in instance.get_runs() if run.job_name == "build").status is dg.DagsterRunStatus.FAILURE


def test_partitions_follow_the_file(synced: Home, connected: Emulator) -> None:
    remove_connection(synced, "production", os.environ)

    run_sync(synced, ["staging"])

    with open_instance(synced) as instance:
        assert instance.get_dynamic_partitions("aws_iam_connections") == ["staging"]
    assert "production" not in statuses(synced)


def test_nothing_connected_and_unknown_names_are_refused_before_anything_happens(home: Home) -> None:
    empty = Home(home.root.with_name("empty"))
    with pytest.raises(ConfigurationError, match="No directory is connected"):
        run_sync(empty)
    with pytest.raises(ConfigurationError, match="prodution"):
        run_sync(home, ["prodution"])
    with pytest.raises(ConfigurationError, match="nobody"):
        run_sync(home, accept_shrink=["nobody"])
    assert not home.warehouse.exists()


@pytest.mark.promise("P23")
def test_two_syncs_at_once_are_one_and_a_clear_word(home: Home) -> None:
    with home.lock("another sync"), pytest.raises(Locked, match="another sync") as refusal:
        run_sync(home)
    assert refusal.value.problem.exit_code == ExitCode.LOCKED


def test_a_fresh_sync_takes_no_fact_from_a_report_made_earlier(home: Home, connected: Emulator) -> None:
    evidence = (
        "select distinct evidence_as_of from inventory.credentials"
        " where directory_id = 'staging' and credential_type = 'password'"
    )
    run_sync(home)
    [(reported,)] = query(home, evidence).rows
    run_sync(home)
    assert query(home, evidence).rows == [(reported,)], "AWS hands out the same report for four hours"
    run_sync(home, fresh=True)
    assert all(instant > reported for (instant,) in query(home, evidence).rows)
