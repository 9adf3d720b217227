"""The rows of `review.*` of one campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.certification.drift import ItemState
from pipeline.certification.model import Item, Review
from pipeline.certification.outcomes import outcome_of

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def of(review: Review, found: Sequence[ItemState], as_of: datetime | None) -> Rows:
    """By table; `as_of` is the instant of what the items are compared with."""
    return {
        "campaigns": [_campaign(review, found, as_of)],
        "items": [_item(review, state) for state in found],
        "decisions": _decisions(review),
    }


def _campaign(review: Review, found: Sequence[ItemState], as_of: datetime | None) -> dict[str, Any]:
    campaign, closing = review.campaign, review.closing
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name,
        "status": "closed" if closing else "open",
        "scope": str(campaign.scope),
        "directories": ", ".join(campaign.directories),
        "where_condition": campaign.where,
        "default_decision": str(campaign.default),
        "started_by": campaign.started_by,
        "started_at": _naive(campaign.started_at),
        "due_at": _naive(campaign.due_at),
        "closed_by": closing.closed_by if closing else None,
        "closed_at": _naive(closing.closed_at) if closing else None,
        "item_count": len(review.items),
        "decided_count": sum(review.is_decided(item) for item in review.items),
        "needs_re_review_count": sum(state.needs_re_review for state in found),
        "revoked_count": sum(outcome_of(review, item).is_revoke for item in review.items),
        "carried_out_count": sum(state.carried_out is True for state in found),
        "scope_sha256": campaign.scope_sha256,
        "as_of": _naive(as_of),
    }


def _item(review: Review, state: ItemState) -> dict[str, Any]:
    item, decision = state.item, review.decision_of(state.item)
    given = review.reassignment_of(item)
    return {
        "campaign_id": review.campaign.campaign_id,
        "item_id": item.item_id,
        "kind": str(item.kind),
        "account_key": item.account_key,
        "entitlement_key": item.entitlement_key,
        "credential_key": item.credential_key,
        "directory_id": item.directory_id,
        "username": item.username,
        "display_name": item.display_name,
        "account_kind": item.account_kind,
        "what": item.what,
        "is_privileged": item.is_privileged,
        "reviewer": review.reviewer_of(item),
        "reviewer_rule": "reassigned" if given else item.reviewer_rule,
        "reviewer_reason": f"{given.note} (by {given.reassigned_by})" if given else item.reviewer_reason,
        "owner": item.evidence.owner or None,
        "evidence": evidence_text(item),
        "last_used_at": _naive(item.evidence.last_used_at),
        "last_used_state": item.evidence.last_used_state,
        "findings": ", ".join(finding.finding_id for finding in item.evidence.findings),
        "recommendation": str(item.recommendation),
        "recommendation_reason": item.recommendation_reason,
        "decision": str(decision.decision) if decision else None,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": _naive(decision.decided_at) if decision else None,
        "comment": decision.comment if decision else None,
        "needs_re_review": state.needs_re_review,
        "access_now": str(state.access_now),
        "outcome": str(outcome_of(review, item)) if review.closing else None,
        "fingerprint": item.fingerprint,
        "digest": item.digest,
        "as_of": _naive(item.evidence.as_of),
    }


def evidence_text(item: Item) -> str:
    """The evidence of an item in words."""
    evidence = item.evidence
    owner = f"owner: {evidence.owner} ({evidence.owner_reason})"
    if not evidence.owner:
        owner = f"no owner: {evidence.owner_reason}"
    findings = [f"finding: {finding.summary}" for finding in evidence.findings]
    return "; ".join(part for part in (evidence.last_used, owner, *findings, evidence.peers) if part)


def _decisions(review: Review) -> list[dict[str, Any]]:
    latest = {decision.decision_id for decision in review.latest.values()}
    return [
        {
            "campaign_id": review.campaign.campaign_id,
            "decision_id": each.decision_id,
            "item_id": each.item_id,
            "decision": str(each.decision),
            "comment": each.comment,
            "decided_by": each.decided_by,
            "decided_at": _naive(each.decided_at),
            "source": each.source,
            "entered_by": each.entered_by,
            "entered_at": _naive(each.entered_at),
            "is_latest": each.decision_id in latest,
            "item_digest": each.item_digest,
        }
        for each in review.decisions
    ]


def _naive(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)
