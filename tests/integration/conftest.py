"""The dbt project, parsed and compiled once for all tests of a process."""

from __future__ import annotations

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.integration.companies.compiled import Project, compile_project
from tests.integration.dbt.invoking import parsed


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The parsed project. Not to be compiled: dbt marks what it has compiled in it."""
    return parsed()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every model and test as SQL. It holds one company at a time: take `project`, which is a module's own."""
    return Project(compile_project(tmp_path_factory.mktemp("compiled"), parsed()))


@pytest.fixture(scope="module")
def project(compiled: Project) -> Project:
    """The compiled project over a DuckDB in memory of its own."""
    return Project(compiled.nodes)
