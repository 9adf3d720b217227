"""Builds the dbt project over made-up raw tables, and reads what came out: two ways of doing it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import duckdb
from dbt.artifacts.schemas.results import NodeStatus
from dbt.contracts.graph.manifest import Manifest

from tests.integration.companies.compiled import Project
from tests.integration.dbt.invoking import invoke
from tests.integration.dbt.raw_rows import Company

FAILED = {NodeStatus.Error, NodeStatus.Fail, NodeStatus.RuntimeErr}


class Reading:
    """Questions to the built tables."""

    def all(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        raise NotImplementedError

    def by(self, key: str, table: str, column: str) -> dict[Any, Any]:
        """One column of a mart by another."""
        return {row[key]: row[column] for row in self.all(f"select {key}, {column} from {table}")}

    def one(self, table: str, where: str = "true") -> dict[str, Any]:
        """The only row there is."""
        (row,) = self.all(f"select * from {table} where {where}")
        return row


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass
class Warehouse(Reading):
    """The compiled models and tests in memory: a tenth of what dbt takes. Every build is a first one: no history."""

    project: Project

    def build(self, company: Company) -> Self:
        """Load the company and build every table; no test that stops a publication may fail."""
        self.project.build(company.raw())
        return self

    def rebuild(self) -> Self:
        """Build again over what is loaded."""
        self.project.rebuild()
        return self

    def status(self, test: str) -> str:
        """What one dbt test says of the tables as they stand: pass, warn or fail."""
        return self.project.status(test)

    def change(self, statement: str) -> None:
        """Change a table behind the project's back."""
        self.project.connection.execute(statement)
        self.project.make_views()

    def all(self, query: str) -> list[dict[str, Any]]:
        return _rows(self.project.connection, query)


@dataclass
class SyncedWarehouse(Reading):
    """A warehouse that dbt builds over and over, as syncs do: with snapshots, and with what earlier builds recorded."""

    folder: Path
    manifest: Manifest

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def build(self, company: Company, *select: str) -> Self:
        """Load the company and build everything (or what is selected) except dbt's own unit tests; nothing may fail."""
        company.write(self.file)
        return self.rebuild(*select)

    def rebuild(self, *select: str) -> Self:
        """Build again over what is loaded. dbt marks in a manifest what it has compiled, so each build gets its own."""
        chosen = ["--select", *select, "--indirect-selection", "cautious"] if select else []
        arguments = ("build", "--exclude-resource-type", "unit_test", *chosen)
        result = invoke(*arguments, folder=self.folder, manifest=self.manifest.deepcopy())
        assert result.exception is None, result.exception
        failed = {run.node.name: run.message for run in result.result if run.status in FAILED}  # type: ignore[union-attr]
        assert not failed, failed
        return self

    def all(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.file)) as connection:  # dbt, in this process, may have it open the same way
            return _rows(connection, query)
