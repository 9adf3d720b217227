"""Our way to read: what `certify sync` does with each connection, landing included."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.connections.models import AwsIamConnection
from pipeline.directories.aws_iam import reader  # imported before the clock starts
from pipeline.landing.extraction import extract_many
from pipeline.landing.store import Landing
from pipeline.settings import Settings

__all__ = ["Read", "read_all", "reader"]


@dataclass(frozen=True)
class Read:
    """What came of one connection: its status and strategy, calls and repeats, and the rows of each table."""

    status: str
    strategy: str
    calls: int
    retries: int
    rows: dict[str, int]
    problems: list[str]


def read_all(connections: Sequence[AwsIamConnection]) -> list[Read]:
    """Read and land every connection with the default settings."""
    with tempfile.TemporaryDirectory() as folder:
        manifests = extract_many(
            connections,
            landing=Landing(Path(folder)),
            settings=Settings(),
            clock=lambda: datetime.now(UTC),
            run_id="benchmark",
        )
    return [
        Read(
            one.status,
            one.strategy,
            one.calls,
            one.retries,
            {name: table.rows for name, table in one.tables.items()},
            [problem.message for problem in one.problems],
        )
        for one in manifests
    ]
