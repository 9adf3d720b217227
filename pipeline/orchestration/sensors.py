"""Sensors: partitions follow connections.yaml, a build follows a read, and alerts follow checks."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from pipeline.alerts import outbox
from pipeline.orchestration.alerting import LONGEST_WAIT, run_under_way, sightings, watched
from pipeline.orchestration.jobs import build, extract, extract_request
from pipeline.orchestration.partition_sync import key_of, next_look, partition_changes
from pipeline.orchestration.partitions import CONNECTIONS
from pipeline.orchestration.resources import HomeResource
from pipeline.problems import Locked
from pipeline.readers import readers
from pipeline.warehouse.due import unpublished


@dg.sensor(jobs=list(extract.values()), minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def connections_changed(
    context: dg.SensorEvaluationContext, home: dg.ResourceParam[HomeResource]
) -> dg.SensorResult | dg.SkipReason:
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


@dg.sensor(job=build, minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def build_when_due(
    context: dg.SensorEvaluationContext, home: dg.ResourceParam[HomeResource]
) -> dg.RunRequest | dg.SkipReason:
    """A build is due when something was landed that is not published, however the run that landed it has ended."""
    place = home.home
    try:
        with place.lock("looking which syncs live"):
            alive = [reader.token for reader in readers(place)]
    except Locked as error:
        return dg.SkipReason(error.problem.message)
    under_way, look = next_look(context.instance, context.cursor, alive, datetime.now(UTC))
    if under_way:
        return dg.SkipReason("a read or a build is under way")
    if look is None:
        return dg.SkipReason("no run has ended since the last look")
    waiting = unpublished(place, home.landing, home.connections)
    context.update_cursor(look)
    if not waiting:
        return dg.SkipReason("everything that was landed is published")
    return dg.RunRequest(run_key=key_of(waiting))


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def checks_alert(context: dg.SensorEvaluationContext, home: dg.ResourceParam[HomeResource]) -> dg.SkipReason:
    """Checks that begin to fail are told once, all in one alert, and once that they are healthy again.

    In the log of the tick always; by e-mail and to a webhook where settings.yaml names them. What could not be
    delivered is tried again at the next tick. Checks of `certify sync` are told too, at the tick after it.
    """
    place, settings = home.home, home.settings
    try:
        with place.lock("alerting", name=outbox.LOCK):
            state, now = outbox.load(place), datetime.now(UTC)
            waits = run_under_way(context.instance) and now - (state.waiting_since or now) < LONGEST_WAIT
            if waits and state.waiting_since is None:
                state.waiting_since = now
                outbox.save(place, state)
            alert = None
            if not waits:
                checks = _checks(context)
                seen = sightings(context.instance, checks)
                keys = watched(checks, home.connections)
                alert = outbox.note(place, state, seen, keys, settings=settings, now=now, log=context.log)
            delivered = outbox.deliver(place, state, settings=settings, log=context.log)
    except Locked:
        return dg.SkipReason("another tick is still delivering")
    news = "an alert was made" if alert else "a run is under way, and is waited for" if waits else "nothing new"
    return dg.SkipReason(f"{news}; {delivered} delivered, {len(state.outbox)} to be tried again")


def _checks(context: dg.SensorEvaluationContext) -> list[dg.AssetCheckKey]:
    repository = context.repository_def
    return sorted(repository.asset_graph.asset_check_keys) if repository is not None else []
