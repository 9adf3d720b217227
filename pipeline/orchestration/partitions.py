"""One set of partitions for each directory kind, one partition for each connection."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from pipeline.connections.models import Connection
from pipeline.directories.registry import KINDS

CONNECTIONS: dict[str, dg.DynamicPartitionsDefinition] = {
    kind: dg.DynamicPartitionsDefinition(name=f"{kind}_connections") for kind in KINDS
}
"""By kind: the names of its connections."""


def set_name(kind: str) -> str:
    """What Dagster calls the partition set of a kind."""
    return str(CONNECTIONS[kind].name)


def names_of(connections: Sequence[Connection], kind: str) -> list[str]:
    """The connections of a kind, in the order of connections.yaml."""
    return [connection.name for connection in connections if connection.kind == kind]
