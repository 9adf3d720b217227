"""Whether verdicts may be given at all, asked of the published file.

Belongs here: the check on orphaned accounts.
Does not belong here: when the gate is closed (the dbt project decides and says why).
"""

from __future__ import annotations

import dagster as dg

from pipeline.orchestration.assets.published import KEY
from pipeline.orchestration.resources import HomeResource
from pipeline.warehouse.query import query

GATE = "orphaned_accounts"
JUDGED = dg.AssetKey(["findings", GATE])


@dg.asset_check(
    asset=JUDGED,
    additional_deps=[KEY],
    description="The authoritative directory can be relied on, so accounts without an owner are known as such.",
)
def orphan_verdicts_available(home: dg.ResourceParam[HomeResource]) -> dg.AssetCheckResult:
    """Closed means: no account is called orphaned, and none is cleared, until the roster is there and fresh."""
    answer = query(home.home, "select is_open, reason, remedy from operations.verdict_gates where gate = ?", [GATE])
    is_open, reason, remedy = answer.rows[0] if answer.rows else (False, "no such gate is published", "")
    return dg.AssetCheckResult(
        passed=bool(is_open),
        severity=dg.AssetCheckSeverity.ERROR,
        description="verdicts are given" if is_open else f"no verdict on owners: {reason}",
        metadata={} if is_open else {"reason": str(reason), "remedy": str(remedy)},
    )
