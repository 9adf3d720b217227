"""Builds Dagster's definitions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pipeline.directories.registry import KINDS
from pipeline.orchestration.assets.dbt import dbt_models
from pipeline.orchestration.assets.landing import landing_asset
from pipeline.orchestration.assets.published import published_file
from pipeline.orchestration.assets.raw import raw_tables
from pipeline.orchestration.assets.suggestions import KEY as SUGGESTIONS
from pipeline.orchestration.assets.suggestions import match_suggestions
from pipeline.orchestration.checks.gates import orphan_verdicts_available, self_checks_hold
from pipeline.orchestration.checks.reviews import reviews_on_time
from pipeline.orchestration.jobs import build, extract, nightly
from pipeline.orchestration.resources import HomeResource, writer_lock
from pipeline.orchestration.sensors import build_when_due, checks_alert, connections_changed
from pipeline.suggestions import are_available
from pipeline.sync import Journal


def build_defs(*, resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The definitions, with `resources` in place of those of the same name: `home`, a HomeResource, and `journal`.

    Parses the dbt project when that was not done since its last change.
    """
    optional = [match_suggestions()] if are_available() else []
    published = published_file(*([SUGGESTIONS] if optional else []))
    own = [*(landing_asset(kind) for kind in KINDS), raw_tables, *optional, published]
    return dg.Definitions(
        assets=[*_with_source(own), dbt_models()],
        asset_checks=[orphan_verdicts_available, self_checks_hold, reviews_on_time],
        jobs=[*extract.values(), build],
        schedules=[nightly(kind) for kind in KINDS],
        sensors=[connections_changed, build_when_due, checks_alert],
        resources={"home": HomeResource(), "writer": writer_lock, "journal": Journal(), **(resources or {})},
        executor=dg.in_process_executor,
    )


def _with_source(assets: Sequence[dg.AssetsDefinition]) -> Sequence[Any]:
    """The assets, with a link to where they are written; the function is in beta, which concerns none of our users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.with_source_code_references(assets)
