"""Turns the ledger's decisions into rows of the warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.ledger.decisions import Anchor, Decision
from pipeline.warehouse.sql import utc_naive


def decision_rows(
    decisions: Iterable[Decision], judged_at: datetime, anchors: Iterable[Anchor] = ()
) -> list[dict[str, Any]]:
    """The rows of `raw.ledger_decisions`: all that were not undone by `judged_at`, those that expired too.

    For another instant (`--as-of`) choose with `decided_by_then` first.
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


def decided_by_then(decisions: Iterable[Decision], then: datetime) -> list[Decision]:
    """The ledger as it was at that instant: without what was decided later, and with what was undone later.

    A decision that replaces another undoes it, so the two never count at one instant.
    """
    return [
        replace(each, undone=None) if each.undone is not None and each.undone.undone_at > then else each
        for each in decisions
        if each.decided_at <= then
    ]


def _who(role: str, anchor: Anchor | None) -> dict[str, Any]:
    """Who the account in this role was, as far as it was noted."""
    return {
        f"{role}_was_rostered": anchor.is_authoritative if anchor else None,
        f"{role}_employee_id": anchor.employee_id if anchor else None,
        f"{role}_email": anchor.email if anchor else None,
    }
