"""Snapshots to land in tests: small, of a given size, at a given instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from pipeline.coverage import ActionCoverage
from pipeline.directories.base import INSTANT, Snapshot
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.problems import Problem

NOON = datetime(2026, 11, 24, 12)
EVENING = datetime(2026, 11, 25, tzinfo=UTC)
"""After every read of these tests."""
LIMITS = {"max_shrink": 0.2, "max_shrink_rows": 10}
COVERAGE = (
    ActionCoverage("file:Open", "ok", calls=1),
    ActionCoverage("file:Parse", "denied", error_code="X", message='a "quoted" é', needed_for="all", remedy="fix it"),
)


def snapshot(rows: int = 3, *, hour: int = 0, **changes: Any) -> Snapshot:
    """A complete snapshot of connection `people`, `hour` hours after noon, with two tables."""
    given = {
        "connection": "people",
        "kind": "file",
        "as_of": NOON + timedelta(hours=hour),
        "status": "complete",
        "strategy": "csv",
        "main_table": "accounts",
        "tables": {
            "accounts": pa.table(
                {
                    "native_id": pa.array([f"id-{hour}-{row}" for row in range(rows)], pa.string()),
                    "created_at": pa.array([NOON] * rows, INSTANT),
                    "is_enabled": pa.array([None] * rows, pa.bool_()),
                }
            ),
            "groups": pa.table({"name": pa.array([f"group-{hour}"], pa.string())}),
        },
        "coverage": COVERAGE,
        "calls": 7,
        "retries": 2,
        "vanished": 1,
    }
    return Snapshot(**{**given, **changes})


def failed(*, hour: int = 0) -> Snapshot:
    """An attempt that read nothing."""
    problem = Problem.of("no_rows", connection="people", path="x.csv")
    return snapshot(hour=hour, status="failed", tables={}, problems=(problem,))


def land(landing: Landing, what: Snapshot, **options: Any) -> Manifest:
    return landing.write(what, **{"run_id": "run", "finished_at": EVENING, **LIMITS, **options})
