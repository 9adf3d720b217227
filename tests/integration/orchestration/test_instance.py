"""Dagster's instance inside the home: without telemetry, as fast as it can be, and cleared of what died."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipeline.home import Home
from pipeline.orchestration.event_log import SteadySqliteEventLog
from pipeline.orchestration.instance import (
    CERTIFY_SYNC,
    READER,
    STARTED_BY,
    fail_abandoned_runs,
    open_instance,
    prepare,
)

CHECK = dg.AssetCheckSpec("holds", asset="thing")


@dg.asset(check_specs=[CHECK])
def thing() -> dg.MaterializeResult:  # type: ignore[type-arg]
    return dg.MaterializeResult(metadata={"rows": 3}, check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_dagster_yaml_sends_nothing_pops_up_nothing_and_is_private(home: Home) -> None:
    prepare(home)
    file = home.dagster / "dagster.yaml"
    settings = yaml.safe_load(file.read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}
    assert settings["concurrency"]["pools"]["default_limit"] == 1
    assert settings["run_monitoring"]["start_timeout_seconds"] >= 180
    assert file.stat().st_mode & 0o777 == 0o600
    assert dg.DagsterInstance.from_config(str(home.dagster)).telemetry_enabled is False


def test_what_the_user_wrote_there_stays(home: Home) -> None:
    home.ensure()
    (home.dagster / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: true}\n")
    prepare(home)
    with open_instance(home) as instance:
        assert instance.get_settings("nux") == {"enabled": True}


def test_dagsters_own_storage_reads_what_the_steady_one_wrote(home: Home) -> None:
    with open_instance(home) as instance:
        assert isinstance(instance.event_log_storage, SteadySqliteEventLog)
        result = dg.materialize([thing], instance=instance)
        written = [entry.dagster_event_type for entry in instance.all_logs(result.run_id)]
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        assert [entry.dagster_event_type for entry in instance.all_logs(result.run_id)] == written
        event = instance.get_latest_materialization_event(dg.AssetKey("thing"))
        assert event is not None
        assert event.asset_materialization is not None
        assert event.asset_materialization.metadata["rows"].value == 3
        history = instance.event_log_storage.get_asset_check_execution_history(CHECK.key, limit=5)
        assert [record.status.value for record in history] == ["SUCCEEDED"]


def test_both_storages_can_write_in_turn(home: Home) -> None:
    for _ in range(2):
        with open_instance(home) as steady:
            dg.materialize([thing], instance=steady)
        with dg.DagsterInstance.from_config(str(home.dagster)) as plain:
            dg.materialize([thing], instance=plain)
    with open_instance(home) as instance:
        assert len(instance.fetch_materializations(dg.AssetKey("thing"), limit=10).records) == 4


def test_runs_of_a_killed_sync_are_marked_failed_and_those_of_others_left_alone(home: Home) -> None:
    with open_instance(home) as instance:
        job = dg.Definitions(assets=[thing], jobs=[dg.define_asset_job("work")]).resolve_job_def("work")
        ours = instance.create_run_for_job(job, tags={STARTED_BY: CERTIFY_SYNC}, status=dg.DagsterRunStatus.STARTED)
        theirs = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

        alive = instance.create_run_for_job(
            job, tags={STARTED_BY: CERTIFY_SYNC, READER: "token"}, status=dg.DagsterRunStatus.STARTED
        )

        assert fail_abandoned_runs(instance, ["token"]) == [ours.run_id]

        assert fail_abandoned_runs(instance) == [alive.run_id]
        found = {run.run_id: run.status for run in instance.get_runs()}
        assert found == {
            **dict.fromkeys([ours.run_id, alive.run_id], dg.DagsterRunStatus.FAILURE),
            theirs.run_id: dg.DagsterRunStatus.STARTED,
        }
        assert fail_abandoned_runs(instance) == []
