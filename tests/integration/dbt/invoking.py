"""One dbt command over a warehouse in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from pipeline.warehouse.dbt_internals import read_manifest
from pipeline.warehouse.dbt_manifest import PROJECT, manifest_of, parsed_file

__all__ = ["PROJECT", "invoke", "parsed"]


def invoke(*arguments: str, folder: Path, manifest: Manifest | None = None) -> dbtRunnerResult:
    """Run it on the warehouse in `folder`, writing nothing beside it."""
    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder / "target")]
    quiet = ["--log-path", str(folder / "logs"), "--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    with patch.dict(os.environ, {"CERTIFY_WAREHOUSE": str(folder / "warehouse.duckdb")}):
        return dbtRunner(manifest=manifest).invoke([*arguments, *paths, *quiet])


def parsed() -> Manifest:
    """The project as syncs have it: parsed once for all processes, and named after `warehouse.duckdb` anywhere."""
    manifest_of()
    return read_manifest(parsed_file())
