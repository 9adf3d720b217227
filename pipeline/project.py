"""The dbt project as Dagster knows it."""

from __future__ import annotations

from dagster_dbt import DbtProject

from pipeline.warehouse.dbt_manifest import PROJECT

dbt_project = DbtProject(project_dir=PROJECT)
