"""What a campaign is made of. Everything is frozen; instants are UTC and aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

UNKNOWN_ID = ""
"""Of an identity that is not known."""


class Scope(StrEnum):
    """Which access a campaign is about."""

    ALL = "all"
    FINDINGS = "findings"
    """Of accounts with an open finding that asks for something (severity above info)."""
    PRIVILEGED = "privileged"
    """Of administrators, and what may be an administrator's: a policy that could not be read."""


class ItemKind(StrEnum):
    """What is certified: that the account exists, what it may do, or what it signs in with."""

    ACCOUNT = "account"
    ENTITLEMENT = "entitlement"
    CREDENTIAL = "credential"


class Verdict(StrEnum):
    """What a reviewer decides, and what is recommended."""

    CERTIFY = "certify"
    REVOKE = "revoke"
    REDUCE = "reduce"
    """Keep the access, with less in it: the comment says what."""
    UNSURE = "unsure"
    """The reviewer cannot say. The access stays, and the item counts as undecided."""


class Default(StrEnum):
    """What happens to the access of items that are undecided when a campaign is closed."""

    KEEP = "keep"
    REVOKE = "revoke"


@dataclass(frozen=True)
class ItemFinding:
    """A finding that was open when the campaign started."""

    finding_id: str
    finding_type: str
    severity: str
    summary: str


@dataclass(frozen=True)
class Evidence:
    """What was known of an item when the campaign started.

    `last_used_state` is used, never_used or unknown, and `last_used` says the same in a sentence, with its source or
    with the read that failed. `owner` is empty where nobody is known, and `owner_reason` says why it is who it is.
    `holders` of the `population` accounts of the directory hold the same; both are None where that means nothing.
    `as_of` is the instant the account was judged at.
    """

    last_used_at: datetime | None
    last_used_state: str
    last_used: str
    owner: str
    owner_status: str
    owner_reason: str
    findings: tuple[ItemFinding, ...]
    holders: int | None
    population: int | None
    as_of: datetime

    @property
    def peers(self) -> str:
        """How many others hold the same, in a sentence; empty where that means nothing."""
        if self.holders is None or self.population is None:
            return ""
        return f"{self.holders} of {self.population} accounts in this directory hold it"


@dataclass(frozen=True)
class Item:
    """One access to be certified, as it was when the campaign started.

    `person_id` is the identity of the person reviewed (empty: no person's own account), `person_names` everything they
    may be called by. `access` holds the facts the access is known by, None where one could not be read; `fingerprint`
    is their SHA-256, `digest` the SHA-256 of the whole item. `is_privileged` is None where it could not be read.
    """

    item_id: str
    kind: ItemKind
    account_key: str
    entitlement_key: str | None
    credential_key: str | None
    directory_id: str
    directory_name: str
    username: str
    display_name: str
    account_kind: str
    what: str
    is_privileged: bool | None
    person_id: str
    person_names: tuple[str, ...]
    reviewer: str
    reviewer_name: str
    reviewer_rule: str
    reviewer_reason: str
    evidence: Evidence
    recommendation: Verdict
    recommendation_reason: str
    access: Mapping[str, str | None]
    fingerprint: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Campaign:
    """What was chosen when a campaign was started, and what it was started from.

    `context` holds what an auditor asks for later: the publication, the snapshots and their hashes, coverage, the
    thresholds in force and the queries that made the items.
    """

    campaign_id: str
    name: str
    scope: Scope
    directories: tuple[str, ...]
    where: str
    due_at: datetime | None
    fallbacks: tuple[str, ...]
    default: Default
    item_count: int
    started_by: str
    started_at: datetime
    entered_by: str
    context: Mapping[str, Any] = field(default_factory=dict)
    scope_sha256: str = ""


@dataclass(frozen=True)
class ReviewDecision:
    """One decision about one item. `decided_by` is as stated; `entered_by`, a user of this machine, is known.

    `access` is the access as it was shown to who decided; `source` is where the decision came from: terminal, or a
    packet's kind and SHA-256.
    """

    decision_id: str
    item_id: str
    item_digest: str
    decision: Verdict
    comment: str
    access: Mapping[str, str | None]
    decided_by: str
    decided_at: datetime
    source: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class Reassignment:
    """One item given to another reviewer, and why."""

    reassignment_id: str
    item_id: str
    reviewer: str
    note: str
    reassigned_by: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class Closing:
    """That a campaign is closed: what every item came to, and how the quality tests stood."""

    closed_by: str
    closed_at: datetime
    entered_by: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Review:
    """A campaign with its items and everything recorded about them, oldest first."""

    campaign: Campaign
    items: tuple[Item, ...]
    decisions: tuple[ReviewDecision, ...] = ()
    reassignments: tuple[Reassignment, ...] = ()
    closing: Closing | None = None

    @cached_property
    def by_id(self) -> dict[str, Item]:
        return {item.item_id: item for item in self.items}

    @cached_property
    def latest(self) -> dict[str, ReviewDecision]:
        """By item: the decision that counts."""
        return {decision.item_id: decision for decision in self.decisions}

    @cached_property
    def _reassigned(self) -> dict[str, Reassignment]:
        return {each.item_id: each for each in self.reassignments}

    def decision_of(self, item: Item) -> ReviewDecision | None:
        return self.latest.get(item.item_id)

    def reassignment_of(self, item: Item) -> Reassignment | None:
        """The latest reassignment of an item."""
        return self._reassigned.get(item.item_id)

    def is_decided(self, item: Item) -> bool:
        """Whether the reviewer said what is to happen; unsure is no decision."""
        decision = self.decision_of(item)
        return decision is not None and decision.decision is not Verdict.UNSURE

    def reviewer_of(self, item: Item) -> str:
        """Who reviews an item now."""
        given = self.reassignment_of(item)
        return given.reviewer if given else item.reviewer

    def reviewers(self) -> dict[str, list[Item]]:
        """The items of each reviewer, by the reviewer's address."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(self.reviewer_of(item), []).append(item)
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class DecisionInput:
    """One row of a packet, or one decision at the terminal, before it is validated.

    `row` is its number for people (of a spreadsheet, the line); `digest` must be the item's. `decided_at` is None
    where nobody knows it better than the moment of recording; `access` is None where the item was shown as frozen.
    """

    row: int
    item_id: str
    digest: str
    decision: str
    comment: str = ""
    decided_at: datetime | None = None
    access: Mapping[str, str | None] | None = None


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not recorded, and why."""

    row: int
    item_id: str
    reason: str


@dataclass(frozen=True)
class Recorded:
    """What came of a batch: the decisions added, how many rows said what was there already, and the refused rows."""

    added: tuple[ReviewDecision, ...] = ()
    unchanged: int = 0
    refused: tuple[RefusedRow, ...] = ()
