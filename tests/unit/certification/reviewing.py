"""Campaigns of a made-up company, so that a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.certification.campaigns import load_campaign, store_campaign
from pipeline.certification.documents import sealed
from pipeline.certification.model import (
    Campaign,
    DecisionInput,
    Default,
    Evidence,
    Item,
    ItemKind,
    Review,
    Scope,
    Verdict,
)
from pipeline.home import Home

STARTED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOW = STARTED + timedelta(days=1)


def evidence(**values: Any) -> Evidence:
    """Of an account used last week, with an owner and without findings."""
    chosen = {
        "last_used_at": STARTED - timedelta(days=7),
        "last_used_state": "used",
        "last_used": "last used 7 days ago",
        "owner": "Ada Lovelace <ada@corp.example>",
        "owner_status": "active",
        "owner_reason": "its own person",
        "findings": (),
        "holders": 3,
        "population": 240,
        "as_of": STARTED - timedelta(hours=6),
    }
    return Evidence(**{**chosen, **values})


def item(number: int = 1, **values: Any) -> Item:
    """The right of one account to one policy, to be certified by its owner's manager."""
    chosen = {
        "item_id": f"i-{number:010d}",
        "kind": ItemKind.ENTITLEMENT,
        "account_key": f"aws:{number}",
        "entitlement_key": f"e-{number}",
        "credential_key": None,
        "directory_id": "aws",
        "directory_name": "Production",
        "username": f"ada{number}",
        "display_name": "Ada Lovelace",
        "account_kind": "human",
        "what": "policy ReadOnlyAccess, direct",
        "is_privileged": False,
        "person_id": "p-ada",
        "person_names": ("ada@corp.example", "Ada Lovelace", f"ada{number}"),
        "reviewer": "grace@corp.example",
        "reviewer_name": "Grace Hopper",
        "reviewer_rule": "owner_manager",
        "reviewer_reason": "manages Ada Lovelace",
        "evidence": evidence(),
        "recommendation": Verdict.CERTIFY,
        "recommendation_reason": "used 7 days ago",
        "access": {"policy_key": "aws:ReadOnlyAccess", "granted_through": "direct", "is_admin": "false"},
    }
    return sealed(Item(**{**chosen, **values}))


def campaign(count: int, **values: Any) -> Campaign:
    chosen = {
        "campaign_id": "c-0000000001",
        "name": "q4",
        "scope": Scope.ALL,
        "directories": (),
        "where": "",
        "due_at": STARTED + timedelta(days=14),
        "fallbacks": ("security@corp.example",),
        "default": Default.KEEP,
        "item_count": count,
        "started_by": "auditor",
        "started_at": STARTED,
        "entered_by": "root",
        "context": {"thresholds": {"stale_after_days": 90}},
    }
    return Campaign(**{**chosen, **values})


def started(home: Home, items: Sequence[Item], **values: Any) -> Review:
    """A campaign over these items, in the ledger of `home`."""
    home.ensure()
    chosen = campaign(len(items), **values)
    store_campaign(home, chosen, items)
    return load_campaign(home, chosen.name)


def said(item: Item, decision: str, comment: str = "", **values: Any) -> DecisionInput:
    """A row of a packet about an item."""
    chosen = {"row": 1, "item_id": item.item_id, "digest": item.digest, **values}
    return DecisionInput(decision=decision, comment=comment, **chosen)
