"""The Dagster instance inside a home, and what a killed process left in it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

import dagster as dg

from pipeline.home import Home, private_write
from pipeline.orchestration.dagster_internals import NO_COMPUTE_LOGS, InstanceRef

DAGSTER_YAML = """\
# Dagster's instance of this home; everything it keeps lies in this folder. Written once, and yours to change.
# PostgreSQL instead of SQLite: https://docs.dagster.io/deployment/oss/oss-instance-configuration
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: op
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
"""

STARTED_BY = "certify/started_by"
"""Tag of runs whose starter sees to everything that follows them."""
CERTIFY_SYNC = "certify sync"
READER = "certify/reader"
"""Tag of such runs: the token of their sync's note in `readers`."""

IN_FLIGHT = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def prepare(home: Home) -> None:
    """Write dagster.yaml where there is none."""
    home.ensure()
    file = home.dagster / "dagster.yaml"
    if not file.exists():
        private_write(file, DAGSTER_YAML)


@contextlib.contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's instance, for a process that carries out runs itself.

    On SQLite it writes events faster than Dagster does by itself, and it leaves stdout and stderr to who is watching.
    """
    prepare(home)
    folder = str(home.dagster)
    overrides = {"compute_logs": _class(*NO_COMPUTE_LOGS)}
    storage = InstanceRef.from_dir(folder).storage_data
    if storage is not None and storage.class_name == "DagsterSqliteStorage":
        steady = _class("pipeline.orchestration.event_log", "SteadySqliteEventLog")
        overrides["event_log_storage"] = {**steady, "config": {"base_dir": str(home.dagster / "history" / "runs")}}
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(folder, overrides=overrides)) as instance:
        yield instance


def fail_abandoned_runs(instance: dg.DagsterInstance, alive: Collection[str] = ()) -> list[str]:
    """Mark the runs of syncs that were killed as failed, and free what they held; gives their ids.

    `alive` are the tokens of the syncs under way. To be called by whoever holds the home's lock: no other can begin.
    """
    of_syncs = instance.get_runs(dg.RunsFilter(statuses=IN_FLIGHT, tags={STARTED_BY: CERTIFY_SYNC}))
    abandoned = [run for run in of_syncs if run.tags.get(READER) not in alive]
    for run in abandoned:
        instance.report_run_failed(run, "The process that carried out this run has ended without finishing it.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in abandoned]


def _class(module: str, name: str) -> dict[str, object]:
    return {"module": module, "class": name}
