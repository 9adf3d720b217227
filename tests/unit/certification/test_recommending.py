"""What is recommended rests on facts: what is not known is unsure, and says what would settle it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pipeline.certification.recommending import last_used, recommended

USED = datetime(2026, 11, 1)


def row(**values: Any) -> dict[str, Any]:
    """An entitlement of an account that was used three days ago and has an owner."""
    chosen = {
        "kind": "entitlement",
        "activity": "active",
        "activity_unknown_reason": None,
        "last_used_at": USED,
        "idle_days": 3,
        "never_used": False,
        "is_privileged": False,
        "orphaned_reason": None,
        "ownership_unknown_reason": None,
        "last_used_state": None,
        "credential_is_stale": None,
        "credential_idle_days": None,
        "credential_unknown_reason": None,
        "credential_evidence": None,
    }
    return {**chosen, **values}


CREDENTIAL = {"kind": "credential", "last_used_state": "used", "credential_is_stale": False, "credential_idle_days": 3}
UNKNOWN = {"activity": "unknown", "activity_unknown_reason": "iam:ListAccessKeys denied"}
STALE = {"activity": "stale", "idle_days": 200}


@pytest.mark.parametrize(
    ("values", "verdict", "reason"),
    [
        ({}, "certify", "used 3 days ago"),
        ({"idle_days": 0}, "certify", "used today"),
        ({"idle_days": 1}, "certify", "used 1 day ago"),
        ({"is_privileged": True}, "certify", "used 3 days ago; it makes an administrator, so ask whether"),
        (STALE, "revoke", "used 200 days ago; the limit is 90 days"),
        ({**STALE, "last_used_at": None, "idle_days": None}, "revoke", "never used; the limit is 90 days"),
        ({"activity": "no_credentials"}, "revoke", "nothing can sign in with this account"),
        (UNKNOWN, "unsure", "use not known: iam:ListAccessKeys denied; known to be used 2026-11-01"),
        ({**UNKNOWN, "last_used_at": None}, "unsure", "use not known: iam:ListAccessKeys denied"),
        ({"orphaned_reason": "no_owner"}, "unsure", "used 3 days ago, but no active employee owns it"),
        ({"ownership_unknown_reason": "no roster"}, "unsure", "used 3 days ago, but who owns it is not known"),
        ({**STALE, "orphaned_reason": "no_owner"}, "revoke", "used 200 days ago"),
        ({"orphaned_reason": "owner_terminated"}, "revoke", "its owner has left; used 3 days ago"),
        ({**UNKNOWN, "orphaned_reason": "owner_terminated"}, "revoke", "its owner has left; use not known"),
        ({"orphaned_reason": "service_owner_terminated"}, "unsure", "its owner has left, and used 3 days ago: find"),
        ({**UNKNOWN, "orphaned_reason": "service_owner_terminated"}, "unsure", "its owner has left, and use not known"),
        ({**STALE, "orphaned_reason": "service_owner_terminated"}, "revoke", "its owner has left; used 200 days ago"),
        (CREDENTIAL, "certify", "used 3 days ago"),
        ({**CREDENTIAL, "credential_is_stale": True}, "revoke", "used 3 days ago; the limit is 90 days"),
        ({**CREDENTIAL, "credential_is_stale": None}, "unsure", ""),
        (
            {**CREDENTIAL, "last_used_state": "unknown", "credential_unknown_reason": "throttled"},
            "unsure",
            "use not known: throttled",
        ),
    ],
)  # fmt: skip
def test_a_recommendation_and_its_reason(values: dict[str, Any], verdict: str, reason: str) -> None:
    found, said = recommended(row(**values), 90)
    assert found == verdict
    assert said.startswith(reason)


@pytest.mark.parametrize("kind", ["account", "entitlement", "credential"])
@pytest.mark.parametrize("orphaned", [None, "no_owner", "owner_ambiguous", "service_owner_terminated"])
def test_nothing_unknown_is_recommended_to_be_revoked(kind: str, orphaned: str | None) -> None:
    unknown = {**UNKNOWN, "kind": kind, "last_used_state": "unknown", "orphaned_reason": orphaned}
    assert recommended(row(**unknown), 90)[0] == "unsure"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "used"),
        ({"last_used_at": None, "never_used": True}, "never_used"),
        ({"activity": "no_credentials", "last_used_at": None}, "unknown"),
        ({"last_used_at": None, "never_used": None}, "unknown"),
        ({**UNKNOWN, "last_used_at": None, "never_used": True}, "unknown"),
    ],
)
def test_only_what_is_known_to_be_unused_is_never_used(values: dict[str, Any], state: str) -> None:
    found, said = last_used(row(**values))
    assert found == state
    assert said.startswith("use not known") == (state == "unknown")
