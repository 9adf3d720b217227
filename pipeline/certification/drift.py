"""Compares the access of a campaign's items with the access that is published now.

Gone and changed are facts of a later, complete read. What was not read again, or not completely, is as it was or
unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from pipeline.certification.access import access_sql
from pipeline.certification.model import Item, ItemKind, Review, Verdict

Facts = Mapping[str, str | None]
Key = tuple[str, str, str]
"""Kind, account_key, and the key of the entitlement or credential (empty for the account itself)."""

NOW = """
    select kind, account_key, coalesce(entitlement_key, credential_key, '') as key, access
    from ({access})
    where account_key in (select unnest($keys))
"""
ACCOUNTS = """
    select account_key, entitlements_gap, has_console_password, active_key_count
    from {catalog}inventory.accounts
    where account_key in (select unnest($keys))
"""
DIRECTORIES = "select directory_id, as_of, coverage from {catalog}inventory.directories"


class Rows(Protocol):
    """Answers a query with the rows as dictionaries."""

    def __call__(self, sql: str, parameters: Mapping[str, Any], /) -> list[dict[str, Any]]: ...


class AccessNow(StrEnum):
    """How the access of an item is now."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Now:
    """What is published now of the accounts of a campaign, and of when each directory is."""

    access: Mapping[Key, Facts]
    accounts: Mapping[str, Mapping[str, Any]]
    read_at: Mapping[str, datetime | None]

    @classmethod
    def read(cls, rows: Rows, items: Sequence[Item], catalog: str = "") -> Now:
        """Of the published tables, or of those of an attached database."""
        keys = {"keys": sorted({item.account_key for item in items})}
        prefix = f"{catalog}." if catalog else ""
        found = rows(NOW.format(access=access_sql(catalog)), keys)
        return cls(
            {(row["kind"], row["account_key"], row["key"]): json.loads(row["access"]) for row in found},
            {row["account_key"]: row for row in rows(ACCOUNTS.format(catalog=prefix), keys)},
            {
                row["directory_id"]: row["as_of"].replace(tzinfo=UTC) if row["as_of"] else None
                for row in rows(DIRECTORIES.format(catalog=prefix), {})
            },
        )

    def of(self, item: Item, shown: Facts) -> AccessNow:
        """How the access is now, beside the access that was `shown` to whoever decided."""
        read_at = self.read_at.get(item.directory_id)
        if read_at is None:
            return AccessNow.UNKNOWN
        found = self.access.get(key_of(item))
        if found is not None:
            return AccessNow.CHANGED if differs(shown, found) else AccessNow.UNCHANGED
        if read_at <= item.evidence.as_of:
            return AccessNow.UNKNOWN
        return AccessNow.GONE if self._is_read(item) else AccessNow.UNKNOWN

    def facts(self, item: Item) -> Facts:
        """The access as it is published now; as it was frozen, where it is gone or not known."""
        return self.access.get(key_of(item), item.access)

    def _is_read(self, item: Item) -> bool:
        """Whether the read would have shown the access if it were there. A whole directory is listed or not loaded."""
        account = self.accounts.get(item.account_key)
        if account is None:
            return True
        if item.kind is ItemKind.ACCOUNT:  # it is there, and left out for what it is now: a roster's own row
            return False
        if item.kind is ItemKind.ENTITLEMENT:
            return account["entitlements_gap"] is None
        if item.access.get("credential_type") == "password":
            return account["has_console_password"] is not None
        return account["active_key_count"] is not None


def key_of(item: Item) -> Key:
    """What an access is found by."""
    return str(item.kind), item.account_key, item.entitlement_key or item.credential_key or ""


def differs(before: Facts, now: Facts) -> bool:
    """Whether a fact that was known is another now; one that could not be read, then or now, is no change."""
    return any(now[name] != value for name, value in before.items() if value is not None and now.get(name) is not None)


@dataclass(frozen=True)
class ItemState:
    """How an item stands. `needs_re_review`: the access is not the one that the decision, or the item, is about.

    `carried_out` is of a revoke: the access is gone. None where there is no revoke, or that is not known.
    """

    item: Item
    access_now: AccessNow
    needs_re_review: bool
    carried_out: bool | None


def states(review: Review, now: Now) -> list[ItemState]:
    """The state of every item, in the order of the items."""
    return [_state(review, item, now) for item in review.items]


def _state(review: Review, item: Item, now: Now) -> ItemState:
    decision = review.decision_of(item)
    access_now = now.of(item, decision.access if decision else item.access)
    revoked = decision is not None and decision.decision is Verdict.REVOKE
    carried_out = {AccessNow.GONE: True, AccessNow.UNKNOWN: None}.get(access_now, False) if revoked else None
    return ItemState(item, access_now, access_now is AccessNow.CHANGED, carried_out)


def by_reviewer(review: Review, found: Iterable[ItemState]) -> dict[str, list[ItemState]]:
    """The states of each reviewer's items, by the reviewer's address."""
    grouped: dict[str, list[ItemState]] = {}
    for state in found:
        grouped.setdefault(review.reviewer_of(state.item), []).append(state)
    return dict(sorted(grouped.items()))
