"""Keeps the partitions in step with connections.yaml."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import dagster as dg

from pipeline.connections.changes import connection_changes
from pipeline.connections.models import Connection
from pipeline.directories.registry import KINDS
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.instance import IN_FLIGHT, READER, STARTED_BY
from pipeline.orchestration.jobs import BUILD, PARTITION, RANGE_END, RANGE_START, extract, span_of
from pipeline.orchestration.partitions import names_of, set_name

LOOK_EVERY = timedelta(minutes=10)

Changes = dict[str, tuple[list[str], list[str]]]
"""By kind: the connections to add, and those to delete."""


def partition_changes(instance: dg.DagsterInstance, connections: Sequence[Connection]) -> Changes:
    """What makes the partitions those of `connections`; none that a run is about is deleted."""
    changes = {}
    for kind in KINDS:
        existing = instance.get_dynamic_partitions(set_name(kind))
        in_flight = connections_in_flight(instance, kind, existing)
        changes[kind] = connection_changes(names_of(connections, kind), existing, in_flight)
    return changes


def follow(instance: dg.DagsterInstance, connections: Sequence[Connection]) -> None:
    """Add and delete partitions here and now."""
    for kind, (added, deleted) in partition_changes(instance, connections).items():
        if added:
            instance.add_dynamic_partitions(set_name(kind), added)
        for name in deleted:
            instance.delete_dynamic_partition(set_name(kind), name)


def is_a_read(run: dg.DagsterRun) -> bool:
    """Whether a run reads directories: one of the jobs, or an asset picked in the pages."""
    return any(_reads(run, kind) for kind in KINDS)


def next_look(
    instance: dg.DagsterInstance, cursor: str | None, alive: Collection[str], now: datetime
) -> tuple[bool, str | None]:
    """Whether a read or a build is under way; and where none is, the cursor of a look at the landing that is due.

    A look is due when a run has begun or ended since the last one, or `LOOK_EVERY` is over: listing a landing on S3
    costs a request for each connection. `alive` are the tokens of the syncs that live: the runs of others have been
    killed, and wait for the next sync to say so.
    """
    open_runs = instance.get_runs(dg.RunsFilter(statuses=IN_FLIGHT))
    if any(_is_work(run) and (STARTED_BY not in run.tags or run.tags.get(READER) in alive) for run in open_runs):
        return True, None
    newest = [run.run_id for run in instance.get_runs(limit=1)]
    seen = sorted({*newest, *(run.run_id for run in open_runs)})
    last = json.loads(cursor) if cursor else {"seen": None, "at": 0.0}
    if last["seen"] == seen and now.timestamp() - last["at"] < LOOK_EVERY.total_seconds():
        return False, None
    return False, json.dumps({"seen": seen, "at": now.timestamp()})


def key_of(waiting: Mapping[str, str]) -> str:
    """A name for the build of these attempts, by connection: one that fails is not begun again until more is landed."""
    text = "\n".join(f"{name} {snapshot}" for name, snapshot in sorted(waiting.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _is_work(run: dg.DagsterRun) -> bool:
    return run.job_name == BUILD or is_a_read(run)


def connections_in_flight(instance: dg.DagsterInstance, kind: str, existing: Sequence[str]) -> set[str]:
    """The connections of a kind that a run under way is about."""
    names: set[str] = set()
    for run in instance.get_runs(dg.RunsFilter(statuses=IN_FLIGHT)):
        if _reads(run, kind):
            ends = (run.tags.get(tag) for tag in (PARTITION, RANGE_START, RANGE_END))
            names.update(span_of(existing, [end for end in ends if end]))
    return names


def _reads(run: dg.DagsterRun, kind: str) -> bool:
    return run.job_name == extract[kind].name or landing_key(kind) in (run.asset_selection or ())
