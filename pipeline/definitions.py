"""Dagster's door to this project."""

from __future__ import annotations

from pipeline.orchestration.build_definitions import build_defs

defs = build_defs()
