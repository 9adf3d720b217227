"""Dagster's door to this project.

Belongs here: `defs`, which Dagster looks for.
Does not belong here: what is in it (`orchestration`).
"""

from __future__ import annotations

from pipeline.orchestration.build_definitions import build_defs

defs = build_defs()
