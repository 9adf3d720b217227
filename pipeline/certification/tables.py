"""The published tables `review.*`: their columns, types and descriptions.

They are not dbt models: a command that changes a review refreshes them at once, without a build.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = "review"
V, T, B, I = "varchar", "timestamp", "boolean", "integer"  # noqa: E741


@dataclass(frozen=True)
class ReviewTable:
    """One table: a column is (name, DuckDB type, description)."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]


CAMPAIGN_ID = ("campaign_id", V, "The campaign; joins to review.campaigns.")
ITEM_ID = ("item_id", V, "The item; joins to review.items. `certify review decide` takes it.")

CAMPAIGNS = ReviewTable(
    "campaigns",
    "Grain: one access review: its scope, when it is due, and how far it is.",
    (
        ("campaign_id", V, "Key."),
        ("name", V, "The name people give in commands; unique."),
        ("status", V, "open or closed. A closed campaign never changes again."),
        ("scope", V, "all, findings or privileged."),
        ("directories", V, "The directories it was limited to, comma-separated; empty: all."),
        ("where_condition", V, "The SQL condition of --where; empty without one."),
        ("default_decision", V, "keep or revoke: what happens to the access of undecided items at the close."),
        ("started_by", V, "Who started it."),
        ("started_at", T, "UTC. The instant its items were frozen at."),
        ("due_at", T, "UTC. When reviewers should be done; null without a deadline."),
        ("closed_by", V, "Who closed it; null while open."),
        ("closed_at", T, "UTC. Null while open."),
        ("item_count", I, "Items in scope."),
        ("decided_count", I, "Of them certified, revoked or reduced. unsure is no decision."),
        ("needs_re_review_count", I, "Of them with access that is not the one that was reviewed."),
        ("revoked_count", I, "Of them revoked, by a reviewer or at the close by default."),
        ("carried_out_count", I, "Of the revoked ones: those whose access a later read showed to be gone."),
        ("scope_sha256", V, "SHA-256 of the frozen scope in the ledger."),
        ("as_of", T, "UTC. The instant the directories it is compared with were judged at."),
    ),
)
ITEMS = ReviewTable(
    "items",
    "Grain: one access in one campaign: an account, a right or group it has, or a credential that opens it, as it was"
    " when the campaign started, with the decision that counts.",
    (
        CAMPAIGN_ID,
        ("item_id", V, "Key. `certify review decide` takes it."),
        ("kind", V, "account, entitlement or credential."),
        ("account_key", V, "Whose access it is; joins to inventory.accounts while the account exists."),
        ("entitlement_key", V, "The right; joins to inventory.entitlements. Null for other kinds."),
        ("credential_key", V, "The credential; joins to inventory.credentials. Null for other kinds."),
        ("directory_id", V, "The directory it is in."),
        ("username", V, "What people sign in with."),
        ("display_name", V, "The account's name for people."),
        ("account_kind", V, "human, service, shared, break_glass or unknown."),
        ("what", V, "The access in words."),
        ("is_privileged", B, "Makes an administrator. Null: it could not be read."),
        ("reviewer", V, "The address of who reviews it now, reassignments included."),
        ("reviewer_rule", V, "owner_manager, owner, fallback, or reassigned."),
        ("reviewer_reason", V, "Why this person, and who was passed over and why."),
        ("owner", V, "Who answers for the account; null where nobody is known."),
        ("evidence", V, "Use, owner, findings and peers, in words, as of the start."),
        ("last_used_at", T, "UTC. The last use that was known at the start; null: none."),
        ("last_used_state", V, "used, never_used or unknown."),
        ("findings", V, "The finding_ids that were open at the start, comma-separated."),
        ("recommendation", V, "certify, revoke or unsure. Unknown evidence makes unsure, never revoke."),
        ("recommendation_reason", V, "Why."),
        ("decision", V, "certify, revoke, reduce or unsure: the latest one. Null: none yet."),
        ("decided_by", V, "Who decided it, as stated."),
        ("decided_at", T, "UTC. When."),
        ("comment", V, "What they said about it."),
        ("needs_re_review", B, "The access is not any more what was reviewed: decide again."),
        ("access_now", V, "unchanged, changed or gone, by a later complete read; unknown where nothing can be said."),
        ("outcome", V, "certify, revoke, reduce, keep_by_default or revoke_by_default. Null while open."),
        ("fingerprint", V, "SHA-256 of the facts the access is known by, at the start."),
        ("digest", V, "SHA-256 of the whole item; a packet's row must carry it."),
        ("as_of", T, "UTC. The instant the account was judged at when the campaign started."),
    ),
)
DECISIONS = ReviewTable(
    "decisions",
    "Grain: one decision about one item, ever. Rows are added and never changed.",
    (
        CAMPAIGN_ID,
        ("decision_id", V, "Key."),
        ITEM_ID,
        ("decision", V, "certify, revoke, reduce or unsure."),
        ("comment", V, "What the reviewer said; empty without."),
        ("decided_by", V, "Who decided it, as stated."),
        ("decided_at", T, "UTC. When, as stated or else when it was recorded."),
        ("source", V, "terminal, or the packet it came from: its kind and SHA-256."),
        ("entered_by", V, "The user of the machine who recorded it."),
        ("entered_at", T, "UTC. When it was recorded."),
        ("is_latest", B, "It is the one that counts for its item."),
        ("item_digest", V, "The digest of the item that was shown."),
    ),
)
PROGRESS = ReviewTable(
    "progress",
    "Grain: one action of one item on its way through write-back. Empty until revocations are planned.",
    (
        CAMPAIGN_ID,
        ITEM_ID,
        ("action", V, "The exact action, such as iam:UpdateAccessKey."),
        ("state", V, "planned, approved, applied, verified, undone, failed, held or already_revoked."),
        ("reason", V, "Why it is in this state, where there is more to say."),
    ),
)
TABLES = (CAMPAIGNS, ITEMS, DECISIONS, PROGRESS)
