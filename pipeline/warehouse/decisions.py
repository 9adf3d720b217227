"""Decisions of people on their way into the warehouse.

Belongs here: which of them are copied, and in what shape.
Does not belong here: keeping them (`ledger`), or what follows from them (the dbt project).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipeline.ledger.decisions import Anchor, Decision
from pipeline.warehouse.sql import utc_naive


def decision_rows(
    decisions: Iterable[Decision], judged_at: datetime, anchors: Iterable[Anchor] = ()
) -> list[dict[str, Any]]:
    """The rows of `raw.ledger_decisions`: all that were not undone, those that expired too.

    `judged_at` is the later of the sync's instant and `--as-of`: a what-if about the past still goes by what is in
    force today, or it would bring back decisions that were replaced since beside the ones that replaced them.
    """
    known = {(each.decision_id, each.account_key): each for each in anchors}
    return [
        {
            "decision_id": decision.decision_id,
            "verb": str(decision.verb),
            "account_key": decision.account_key,
            "target": decision.target,
            "reason": decision.reason,
            "decided_by": decision.decided_by,
            "decided_at": utc_naive(decision.decided_at),
            "expires_at": None if decision.expires_at is None else utc_naive(decision.expires_at),
            "evaluated_at": utc_naive(judged_at),
            **_who("account", known.get((decision.decision_id, decision.account_key or ""))),
            **_who("target", known.get((decision.decision_id, decision.target))),
        }
        for decision in decisions
        if decision.undone is None
    ]


def _who(role: str, anchor: Anchor | None) -> dict[str, Any]:
    """Who the account in this role was, as far as it was noted."""
    return {
        f"{role}_was_rostered": anchor.is_authoritative if anchor else None,
        f"{role}_employee_id": anchor.employee_id if anchor else None,
        f"{role}_email": anchor.email if anchor else None,
    }
