"""What the daemon does by itself.

Belongs here: thin sensors: partitions follow connections.yaml, and a build follows a read.
Does not belong here: what there is to follow (`following`).
"""

from __future__ import annotations

import dagster as dg

from pipeline.orchestration.following import is_a_read, partition_changes
from pipeline.orchestration.instance import IN_FLIGHT, STARTED_BY
from pipeline.orchestration.jobs import build, extract, extract_request
from pipeline.orchestration.partitions import CONNECTIONS
from pipeline.orchestration.resources import HomeResource


@dg.sensor(jobs=list(extract.values()), minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def connections_changed(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult | dg.SkipReason:
    """A connection new in connections.yaml gets a partition and is read; one that is gone loses its partition."""
    requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
    runs = []
    for kind, (added, deleted) in partition_changes(context.instance, home.connections).items():
        if added:
            requests.append(CONNECTIONS[kind].build_add_request(added))
            runs.append(extract_request(kind, added, exact=True))
        if deleted:
            requests.append(CONNECTIONS[kind].build_delete_request(deleted))
    if not requests:
        return dg.SkipReason("connections.yaml lists what it listed before")
    return dg.SensorResult(run_requests=runs, dynamic_partitions_requests=requests)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_job=build,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def build_after_reading(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """A read that has ended is followed by a build, unless another one is still going on: the last one starts it."""
    run = context.dagster_run
    if not is_a_read(run):
        return dg.SkipReason("not a read")
    if STARTED_BY in run.tags:
        return dg.SkipReason(f"{run.tags[STARTED_BY]} builds by itself")
    others = context.instance.get_runs(dg.RunsFilter(statuses=IN_FLIGHT))
    if any(is_a_read(other) for other in others):
        return dg.SkipReason("another read is under way, and will be followed by a build")
    return dg.RunRequest(run_key=run.run_id)
