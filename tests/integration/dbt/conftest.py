"""Runs the dbt project over made-up raw tables, and reads what came out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from tests.integration.dbt.raw_rows import Company

PROJECT = Path(__file__).parents[3] / "dbt_project"
FAILED = {NodeStatus.Error, NodeStatus.Fail, NodeStatus.RuntimeErr}


def invoke(*arguments: str, folder: Path, manifest: Manifest | None = None) -> dbtRunnerResult:
    """One dbt command on the warehouse in `folder`, writing nothing beside it."""
    paths = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder / "target")]
    quiet = ["--log-path", str(folder / "logs"), "--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    with patch.dict(os.environ, {"CERTIFY_WAREHOUSE": str(folder / "warehouse.duckdb")}):
        return dbtRunner(manifest=manifest).invoke([*arguments, *paths, *quiet])


@dataclass
class Warehouse:
    """A warehouse that dbt builds over and over, as syncs do."""

    folder: Path
    manifest: Manifest
    statuses: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def build(self, company: Company, *select: str) -> Warehouse:
        """Load the company and build everything (or what is selected) except dbt's own unit tests; nothing may fail."""
        company.write(self.file)
        return self.rebuild(*select)

    def rebuild(self, *select: str) -> Warehouse:
        """Build again over what is loaded. dbt marks in a manifest what it has compiled, so each build gets its own."""
        chosen = ["--select", *select, "--indirect-selection", "cautious"] if select else []
        result = invoke(
            "build",
            "--exclude-resource-type",
            "unit_test",
            *chosen,
            folder=self.folder,
            manifest=self.manifest.deepcopy(),
        )
        assert result.exception is None, result.exception
        self.statuses = {run.node.name: str(run.status) for run in result.result}
        failed = {run.node.name: run.message for run in result.result if run.status in FAILED}
        assert not failed, failed
        return self

    def all(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        with duckdb.connect(str(self.file)) as connection:  # dbt, in this process, may have it open the same way
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def by(self, key: str, table: str, column: str) -> dict[Any, Any]:
        """One column of a mart by another."""
        return {row[key]: row[column] for row in self.all(f"select {key}, {column} from {table}")}

    def one(self, table: str, where: str = "true") -> dict[str, Any]:
        """The only row there is."""
        (row,) = self.all(f"select * from {table} where {where}")
        return row


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project, parsed once; relations are named after the file `warehouse.duckdb` wherever it is."""
    result = invoke("parse", folder=tmp_path_factory.mktemp("parse"))
    assert result.success, result.exception
    assert isinstance(result.result, Manifest)
    return result.result


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Warehouse:
    """An empty warehouse for one module."""
    folder = tmp_path_factory.mktemp("warehouse")
    return Warehouse(folder, manifest)
