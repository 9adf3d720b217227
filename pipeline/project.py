"""The dbt project as Dagster knows it.

Belongs here: the `DbtProject`, alone, so that it can be imported before anything was parsed.
Does not belong here: parsing it (`warehouse.dbt_manifest`), running it, or what Dagster shows of it.
"""

from __future__ import annotations

from dagster_dbt import DbtProject

from pipeline.warehouse.dbt_manifest import PROJECT

dbt_project = DbtProject(project_dir=PROJECT)
