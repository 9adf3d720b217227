"""Converts campaigns, decisions, reassignments and closings to rows of the ledger and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.certification.documents import canonical, digest_of, item_of, unpacked
from pipeline.certification.model import (
    Campaign,
    Closing,
    Default,
    Item,
    Reassignment,
    ReviewDecision,
    Scope,
    Verdict,
)
from pipeline.ledger.review_tables import CampaignRow, ClosingRow, ReassignmentRow, ReviewDecisionRow


def campaign_of(row: CampaignRow) -> tuple[Campaign, tuple[Item, ...]]:
    """A campaign and its items. Raises ValueError, KeyError or TypeError for a row this program never writes."""
    if digest_of(row.scope) != row.scope_sha256:
        raise ValueError(f"the scope of campaign {row.name} is not what its hash says")
    document = unpacked(row.scope)
    chosen = document["choices"]
    campaign = Campaign(
        campaign_id=row.campaign_id,
        name=row.name,
        scope=Scope(chosen["scope"]),
        directories=tuple(chosen["directories"]),
        where=chosen["where"],
        due_at=row.due_at,
        fallbacks=tuple(chosen["fallbacks"]),
        default=Default(row.default_decision),
        item_count=row.item_count,
        started_by=row.started_by,
        started_at=row.started_at,
        entered_by=row.entered_by,
        context=document["context"],
        scope_sha256=row.scope_sha256,
    )
    return campaign, tuple(item_of(each) for each in document["items"])


def campaign_row(campaign: Campaign, scope: bytes) -> dict[str, Any]:
    """The row of a new campaign; `scope` is what `packed_scope` made."""
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name,
        "due_at": campaign.due_at,
        "default_decision": str(campaign.default),
        "item_count": campaign.item_count,
        "scope": scope,
        "scope_sha256": digest_of(scope),
        "started_by": campaign.started_by,
        "started_at": campaign.started_at,
        "entered_by": campaign.entered_by,
        "entered_at": campaign.started_at,
    }


def decision_of(row: ReviewDecisionRow, items: Mapping[str, Item]) -> ReviewDecision:
    """The decision in a row, about one of these items. Raises as `campaign_of`."""
    return ReviewDecision(
        decision_id=row.decision_id,
        item_id=row.item_id,
        item_digest=row.item_digest,
        decision=Verdict(row.decision),
        comment=row.comment,
        access=json.loads(row.access) if row.access else items[row.item_id].access,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        source=row.source,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def decision_row(campaign_id: str, decision: ReviewDecision, item: Item) -> dict[str, Any]:
    """The row of a decision; the access in it is empty where it is that of the item."""
    return {
        "decision_id": decision.decision_id,
        "campaign_id": campaign_id,
        "item_id": decision.item_id,
        "item_digest": decision.item_digest,
        "decision": str(decision.decision),
        "comment": decision.comment,
        "access": "" if decision.access == item.access else canonical(dict(decision.access)),
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
        "source": decision.source,
        "entered_by": decision.entered_by,
        "entered_at": decision.entered_at,
    }


def reassignment_of(row: ReassignmentRow) -> Reassignment:
    """The reassignment in a row."""
    return Reassignment(
        reassignment_id=row.reassignment_id,
        item_id=row.item_id,
        reviewer=row.reviewer,
        note=row.note,
        reassigned_by=row.reassigned_by,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def reassignment_row(campaign_id: str, each: Reassignment) -> dict[str, Any]:
    """The row of a reassignment."""
    return dict(campaign_id=campaign_id, **vars(each))


def closing_of(row: ClosingRow) -> Closing:
    """The closing in a row."""
    return Closing(row.closed_by, row.closed_at, row.entered_by, unpacked(row.result))


def closing_row(campaign_id: str, closing: Closing, result: bytes) -> dict[str, Any]:
    """The row of a closing; `result` is its document, packed."""
    return {
        "campaign_id": campaign_id,
        "closed_by": closing.closed_by,
        "closed_at": closing.closed_at,
        "result": result,
        "entered_by": closing.entered_by,
        "entered_at": closing.closed_at,
    }


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; one without a zone is UTC already."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
