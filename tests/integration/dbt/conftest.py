"""Warehouses of a module's own: see `warehouses` for the difference."""

from __future__ import annotations

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.integration.companies.compiled import Project
from tests.integration.dbt.warehouses import SyncedWarehouse, Warehouse


@pytest.fixture(scope="module")
def warehouse(project: Project) -> Warehouse:
    """An empty warehouse in memory."""
    return Warehouse(project)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> SyncedWarehouse:
    """An empty warehouse that dbt itself builds."""
    return SyncedWarehouse(tmp_path_factory.mktemp("warehouse"), manifest)
