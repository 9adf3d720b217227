"""Checks on the published file: may verdicts be given, and is anything in quarantine?"""

from __future__ import annotations

import dagster as dg

from pipeline.orchestration.assets.published import KEY
from pipeline.orchestration.resources import HomeResource
from pipeline.warehouse.query import query

GATE = "orphaned_accounts"
JUDGED = dg.AssetKey(["findings", GATE])
IDENTITIES = dg.AssetKey(["operations", "self_check_failures"])
QUARANTINED = """
    select check_name, count(*), min(account_key), min(remedy) from operations.self_check_failures
    group by check_name order by check_name
"""


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


@dg.asset_check(
    asset=IDENTITIES,
    additional_deps=[KEY],
    description="No account fails a self-check of the rules; those that do get no verdict, and all others do.",
)
def self_checks_hold(home: dg.ResourceParam[HomeResource]) -> dg.AssetCheckResult:
    """Fails while accounts are in quarantine: something is said of them that cannot be true."""
    answer = query(home.home, QUARANTINED)
    checks = "; ".join(f"{name}: {count} accounts, such as {example}" for name, count, example, _ in answer.rows)
    remedies = "; ".join(dict.fromkeys(str(row[3]) for row in answer.rows))
    return dg.AssetCheckResult(
        passed=not answer.rows,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"no verdict on accounts that fail a self-check: {checks}" if answer.rows else "all of them hold",
        metadata={"remedy": remedies} if answer.rows else {},
    )
