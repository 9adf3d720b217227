"""Recommends a decision on an access from the evidence there is, and says why.

What is not known makes `unsure`, never `revoke`. A revoke rests on a fact: the person has left, or every use that could
be seen is older than the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.certification.model import ItemKind, Verdict

LEFT = frozenset({"owner_terminated", "service_owner_terminated"})
UNOWNED = frozenset({"no_owner", "owner_ambiguous", "service_unowned"})

Recommendation = tuple[Verdict, str]


def recommended(row: Mapping[str, Any], limit_days: int) -> Recommendation:
    """The recommendation on a row of `access.ITEMS`.

    `limit_days` is stale_after_days, for the words only: whether something is stale was judged before.
    """
    use = _by_use(row, limit_days)
    if row["orphaned_reason"] in LEFT:
        return _without_owner(row, use)
    if use[0] is not Verdict.CERTIFY:
        return use
    if row["orphaned_reason"] in UNOWNED:
        return Verdict.UNSURE, f"{use[1]}, but no active employee owns it: find the owner first"
    if row["ownership_unknown_reason"]:
        return Verdict.UNSURE, f"{use[1]}, but who owns it is not known ({row['ownership_unknown_reason']})"
    if row["is_privileged"]:
        return Verdict.CERTIFY, f"{use[1]}; it makes an administrator, so ask whether that much is needed"
    return use


def last_used(row: Mapping[str, Any]) -> tuple[str, str]:
    """(state, sentence): whether the credential or account was used, as far as that could be read."""
    if row["kind"] == ItemKind.CREDENTIAL:
        state = str(row["last_used_state"])
        if state == "unknown":
            return "unknown", f"use not known: {row['credential_unknown_reason'] or 'it was not read'}"
        return state, str(row["credential_evidence"] or "")
    if row["activity"] == "unknown":
        known = f"; known to be used {row['last_used_at']:%Y-%m-%d}" if row["last_used_at"] else ""
        return "unknown", f"use not known: {row['activity_unknown_reason'] or 'it was not read'}{known}"
    if row["last_used_at"] is None and row["never_used"]:
        return "never_used", "never used"
    if row["last_used_at"] is None:
        return "unknown", "use not known: nothing that can sign in says when it was used"
    return "used", f"account last used {row['last_used_at']:%Y-%m-%d} ({row['idle_days']} days before)"


def _by_use(row: Mapping[str, Any], limit_days: int) -> Recommendation:
    if row["kind"] == ItemKind.CREDENTIAL:
        return _by_use_of_credential(row, limit_days)
    if row["activity"] == "unknown":
        return Verdict.UNSURE, last_used(row)[1]
    if row["activity"] == "no_credentials":
        return Verdict.REVOKE, "nothing can sign in with this account"
    if row["activity"] == "stale":
        return Verdict.REVOKE, f"{_since(row['last_used_at'], row['idle_days'])}; the limit is {limit_days} days"
    return Verdict.CERTIFY, _since(row["last_used_at"], row["idle_days"])


def _by_use_of_credential(row: Mapping[str, Any], limit_days: int) -> Recommendation:
    if row["last_used_state"] == "unknown" or row["credential_is_stale"] is None:
        return Verdict.UNSURE, last_used(row)[1]
    since = _since(row["last_used_at"], row["credential_idle_days"])
    if row["credential_is_stale"]:
        return Verdict.REVOKE, f"{since}; the limit is {limit_days} days"
    return Verdict.CERTIFY, since


def _without_owner(row: Mapping[str, Any], use: Recommendation) -> Recommendation:
    """A person who left takes their access along; a service that is used goes on and needs another owner."""
    if row["orphaned_reason"] == "owner_terminated" or use[0] is Verdict.REVOKE:
        return Verdict.REVOKE, f"its owner has left; {use[1]}"
    return Verdict.UNSURE, f"its owner has left, and {use[1]}: find another owner first"


def _since(last_used_at: Any, idle_days: int | None) -> str:
    if last_used_at is None:
        return "never used" if idle_days is None else f"never used in {idle_days} days"
    return "used today" if not idle_days else f"used {idle_days} day{'' if idle_days == 1 else 's'} ago"
