"""The check on access reviews: an alert is the reminder."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from pipeline.certification.reminders import reminders
from pipeline.orchestration.assets.published import KEY
from pipeline.orchestration.resources import HomeResource

REMEDY = "have the items decided, or reassign them: certify review status NAME"


@dg.asset_check(
    asset=KEY,
    description="No access review is due, or overdue, while items of it are undecided.",
)
def reviews_on_time(home: dg.ResourceParam[HomeResource]) -> dg.AssetCheckResult:
    """Fails from `review_remind_days` before the deadline on; the alert that this makes names who is to decide."""
    now = datetime.now(UTC)
    due = reminders(home.home, home.settings.review_remind_days, now)
    return dg.AssetCheckResult(
        passed=not due,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(each.text(now) for each in due) or "no review waits for anybody",
        metadata={"remedy": REMEDY} if due else {},
    )
