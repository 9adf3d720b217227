"""Decisions of a made-up company, so that a test says only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.ledger.decisions import Decision, Undoing, Verb, new_id

NOW = datetime(2026, 11, 24, 3, 15, 0, 123456, tzinfo=UTC)


def decision(verb: str, account_key: str | None, target: str, **values: Any) -> Decision:
    """Somebody decided it just now, without end, unless told otherwise."""
    chosen = {
        "decision_id": new_id(),
        "reason": "they said so",
        "decided_by": "auditor",
        "decided_at": NOW,
        "expires_at": None,
        "entered_by": "root",
        "entered_at": NOW,
        **values,
    }
    return Decision(verb=Verb(verb), account_key=account_key, target=target, **chosen)


def undoing(**values: Any) -> Undoing:
    chosen = {"undone_by": "auditor", "undone_at": NOW, "reason": "a mistake", "entered_by": "root", "entered_at": NOW}
    return Undoing(**{**chosen, **values})
