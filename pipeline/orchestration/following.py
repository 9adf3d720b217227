"""Partitions that follow connections.yaml, and runs that are under way.

Belongs here: what is to be added and deleted, given what Dagster knows and what it is doing.
Does not belong here: the comparison itself (`connections.changes`), or when it is made (`sensors`, `run`).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from pipeline.connections.changes import connection_changes
from pipeline.connections.models import Connection
from pipeline.directories.registry import KINDS
from pipeline.orchestration.assets.landing import landing_key
from pipeline.orchestration.instance import IN_FLIGHT
from pipeline.orchestration.jobs import PARTITION, RANGE_END, RANGE_START, extract, span_of
from pipeline.orchestration.partitions import names_of, set_name

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
