"""The jobs and the nightly schedules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
from dagster import AssetSelection

from pipeline.connections.models import Connection
from pipeline.directories.registry import KINDS
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.partitions import names_of, set_name
from pipeline.orchestration.resources import HomeResource

BUILD = "build"
PARTITION, RANGE_START, RANGE_END = (
    f"dagster/{name}" for name in ("partition", "asset_partition_range_start", "asset_partition_range_end")
)
NIGHTLY = "0 2 * * *"

extract = {
    kind: dg.define_asset_job(
        f"extract_{kind}",
        selection=AssetSelection.assets(landing_key(kind)),
        description=f"Read the connected directories of kind {kind}. A partition is a connection.",
    )
    for kind in KINDS
}
"""By kind: a job has one set of partitions."""
build = dg.define_asset_job(
    BUILD,
    selection=AssetSelection.all() - AssetSelection.groups("landing"),
    description="Load what was read, build and test every table, and publish.",
)


def extract_request(
    kind: str,
    names: Sequence[str],
    *,
    exact: bool,
    accept_shrink: Sequence[str] = (),
    fresh: bool = False,
    run_key: str | None = None,
) -> dg.RunRequest:
    """A run that reads connections of one kind, side by side in one process.

    Dagster's runs take a range of partitions, here from the first to the last of `names`. When that is not exactly
    these names, the run's config lists them.
    """
    config = {"connections": [] if exact else list(names), "accept_shrink": list(accept_shrink), "fresh": fresh}
    return dg.RunRequest(
        run_key=run_key,
        job_name=extract[kind].name,
        tags={PARTITION: names[0]} if exact and len(names) == 1 else {RANGE_START: names[0], RANGE_END: names[-1]},
        run_config={"ops": {f"land_{kind}": {"config": {key: value for key, value in config.items() if value}}}},
    )


def extract_requests(
    instance: dg.DagsterInstance,
    connections: Sequence[Connection],
    *,
    accept_shrink: Sequence[str] = (),
    fresh: bool = False,
    run_key: str | None = None,
) -> Iterator[dg.RunRequest]:
    """One run a kind, for these connections; those that have no partition yet are left out."""
    for kind in KINDS:
        existing = instance.get_dynamic_partitions(set_name(kind))
        wanted = set(names_of(connections, kind))
        names = [name for name in existing if name in wanted]  # in Dagster's order: the range goes by it
        if names:
            yield extract_request(
                kind,
                names,
                exact=span_of(existing, names) == names,
                accept_shrink=[name for name in accept_shrink if name in wanted],
                fresh=fresh,
                run_key=f"{run_key}/{kind}" if run_key else None,
            )


def span_of(existing: Sequence[str], names: Sequence[str]) -> list[str]:
    """The partitions from the first to the last of `names`, in Dagster's order; empty when none of them exists."""
    positions = [position for position, name in enumerate(existing) if name in set(names)]
    return list(existing[positions[0] : positions[-1] + 1]) if positions else []


def nightly(kind: str) -> dg.ScheduleDefinition:
    """Every night, each connected directory of a kind; the build follows by itself."""

    @dg.schedule(
        name=f"nightly_{kind}",
        job=extract[kind],
        cron_schedule=NIGHTLY,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Read every connected directory of kind {kind}.",
    )
    def schedule(
        context: dg.ScheduleEvaluationContext, home: dg.ResourceParam[HomeResource]
    ) -> Iterator[dg.RunRequest]:
        night = f"{context.scheduled_execution_time:%Y-%m-%d}"
        connections = [connection for connection in home.connections if connection.kind == kind]
        yield from extract_requests(context.instance, connections, run_key=night)

    return schedule
