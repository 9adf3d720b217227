"""The project, compiled once for all companies of a process."""

from __future__ import annotations

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.integration.companies.compiled import Project, compile_project
from tests.integration.dbt.conftest import invoke


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("compiled")
    parsed = invoke("parse", folder=folder)
    assert isinstance(parsed.result, Manifest), parsed.exception
    return Project(compile_project(folder, parsed.result))
