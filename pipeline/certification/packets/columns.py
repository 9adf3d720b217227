"""The columns of a packet, and what an item says in each; the same in workbooks and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.certification.model import Item, Review, ReviewDecision
from pipeline.visible_text import visible


@dataclass(frozen=True)
class Column:
    """One column. `width` is in characters; a reviewer may write into an `is_open` one."""

    key: str
    label: str
    width: int
    is_open: bool = False


COLUMNS = (
    Column("account", "Account", 28),
    Column("what", "Access", 36),
    Column("decision", "Decision", 12, is_open=True),
    Column("comment", "Comment", 36, is_open=True),
    Column("recommendation", "Recommended", 14),
    Column("recommendation_reason", "Why recommended", 36),
    Column("last_used", "Last used", 30),
    Column("privileged", "Privileged", 11),
    Column("name", "Name", 24),
    Column("directory", "Directory", 20),
    Column("kind", "Kind", 12),
    Column("account_kind", "Account kind", 14),
    Column("owner", "Owner", 28),
    Column("owner_reason", "Why this owner", 28),
    Column("findings", "Open findings", 36),
    Column("peers", "Held by", 28),
    Column("as_of", "As of (UTC)", 17),
    Column("recorded", "Recorded so far", 30),
    Column("decided_by", "Decided by (if not the reviewer)", 28, is_open=True),
    Column("reviewer", "Reviewer", 28),
    Column("reviewer_reason", "Why this reviewer", 28),
    Column("campaign", "Campaign", 16),
    Column("packet", "Packet", 14),
    Column("item_id", "Item", 16),
    Column("digest", "Digest", 20),
)
BY_LABEL = {column.label.casefold(): column for column in COLUMNS}
NEEDED = ("decision", "campaign", "item_id", "digest")
"""Keys of the columns without which no row can be taken."""


def evidence(review: Review, item: Item) -> dict[str, str]:
    """By column: what is shown of an item, every invisible character made visible. Not what identifies it."""
    known = item.evidence
    texts = {
        "account": item.username,
        "what": item.what,
        "recommendation": str(item.recommendation),
        "recommendation_reason": item.recommendation_reason,
        "last_used": known.last_used,
        "privileged": {True: "yes", False: "no", None: "unknown"}[item.is_privileged],
        "name": item.display_name,
        "directory": item.directory_name or item.directory_id,
        "kind": str(item.kind),
        "account_kind": item.account_kind,
        "owner": f"{known.owner} ({known.owner_status})" if known.owner else "not known",
        "owner_reason": known.owner_reason,
        "findings": "; ".join(f"{finding.severity}: {finding.summary}" for finding in known.findings),
        "peers": known.peers,
        "as_of": minute(known.as_of),
        "recorded": recorded(review.decision_of(item)),
        "reviewer_reason": _reviewer_reason(review, item),
    }
    return {key: visible(text) for key, text in texts.items()}


def recorded(decision: ReviewDecision | None) -> str:
    """A decision that was recorded before, in a line."""
    if decision is None:
        return ""
    said = f"{decision.decision} by {decision.decided_by}, {minute(decision.decided_at)}"
    return f"{said}: {decision.comment}" if decision.comment else said


def minute(instant: datetime) -> str:
    """An instant as packets show it."""
    return f"{instant:%Y-%m-%d %H:%M}"


def _reviewer_reason(review: Review, item: Item) -> str:
    given = review.reassignment_of(item)
    return f"reassigned by {given.reassigned_by}: {given.note}" if given else item.reviewer_reason
