"""Lists the decisions taken so far, with the state of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.home import Home
from pipeline.ledger.decisions import Decision, Verb
from pipeline.ledger.store import Ledger
from pipeline.warehouse.query import is_published, query

ABOUT_ACCOUNTS = frozenset({Verb.LINK, Verb.UNLINK, Verb.OWNER, Verb.KIND})
ABOUT_FINDINGS = frozenset({Verb.EXCEPT})

LABELS = """
    select account_key, coalesce(username, native_id) || ' @ ' || directory_id from inventory.accounts
    where list_contains($keys, account_key)
"""
SUMMARIES = "select finding_id, summary from findings.all_findings where list_contains($keys, finding_id)"
UNREAD = "select directory_id from inventory.directories where as_of is null"
APPLIED = "select decision_id from identity.decisions where state <> 'expired'"
CARRIED = """
    select decision_id, account_key, target, carried_by from identity.decisions where carried_by is not null
"""
DANGLING = "select decision_id from identity.decisions where state = 'dangling'"
IS_CARRIED = """
    select 1 from duckdb_columns()
    where schema_name = 'identity' and table_name = 'decisions' and column_name = 'carried_by'
"""
HAS_DECISIONS = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'decisions'"
"""A file that an earlier version published has no such table, and goes by no decision."""


@dataclass(frozen=True)
class CurrentSubject:
    """What a decision is about now: account_key and target as they are called since the last sync, and by which field
    (employee_id or email) the account was found again."""

    account_key: str | None
    target: str
    by: str


@dataclass(frozen=True)
class RegisterEntry:
    """A decision as the register shows it.

    `state` is in_force, expired, undone or dangling: about an account or a finding that is in no directory any more.
    `account` and `target` are what people call them, where anybody does. `is_applied`: what the last sync published
    goes by it (of an undone or expired one: does not any more). `carried`: what it is about now, where its account has
    another key since it was decided.
    """

    decision: Decision
    state: str
    account: str | None
    target: str | None
    is_applied: bool
    carried: CurrentSubject | None = None


def register(home: Home, now: datetime, verbs: frozenset[Verb]) -> list[RegisterEntry]:
    """Every decision of these verbs, oldest first."""
    decisions = [decision for decision in Ledger.of(home).read() if decision.verb in verbs]
    known = _known(home, decisions)
    return [_entry(decision, now, known) for decision in decisions]


@dataclass(frozen=True)
class _PublishedFacts:
    """What was published about the accounts and findings that decisions are about."""

    labels: Mapping[str, str]
    unread: frozenset[str]
    applied: frozenset[str]
    carried: Mapping[str, CurrentSubject] = field(default_factory=dict)
    dangling: frozenset[str] = frozenset()
    is_published: bool = True


def _known(home: Home, decisions: Iterable[Decision]) -> _PublishedFacts:
    if not is_published(home):
        return _PublishedFacts({}, frozenset(), frozenset(), is_published=False)
    carried = (
        {row[0]: CurrentSubject(*row[1:]) for row in query(home, CARRIED).rows} if query(home, IS_CARRIED).rows else {}
    )
    keys = {key for decision in decisions for key in (decision.account_key, decision.target) if key}
    keys |= {key for each in carried.values() for key in (each.account_key, each.target) if key}
    labels = query(home, LABELS, {"keys": list(keys)}).rows + query(home, SUMMARIES, {"keys": list(keys)}).rows
    unread = query(home, UNREAD).rows
    has_decisions = bool(query(home, HAS_DECISIONS).rows)
    applied, dangling = (query(home, each).rows if has_decisions else [] for each in (APPLIED, DANGLING))
    return _PublishedFacts(
        labels=dict(labels),
        unread=frozenset(row[0] for row in unread),
        applied=frozenset(row[0] for row in applied),
        carried=carried,
        dangling=frozenset(row[0] for row in dangling),
    )


def _entry(decision: Decision, now: datetime, known: _PublishedFacts) -> RegisterEntry:
    state = decision.state(now)
    carried = known.carried.get(decision.decision_id)
    account_key, target = (carried.account_key, carried.target) if carried else (decision.account_key, decision.target)
    needed = [target] if decision.verb is Verb.EXCEPT else [str(account_key)]
    if decision.verb in (Verb.LINK, Verb.UNLINK, Verb.OWNER):
        needed.append(target)
    gone = [key for key in needed if key not in known.labels and key.partition(":")[0] not in known.unread]
    if state == "in_force" and known.is_published and (gone or decision.decision_id in known.dangling):
        state = "dangling"
    return RegisterEntry(
        decision,
        state,
        known.labels.get(account_key or ""),
        known.labels.get(target),
        (decision.decision_id in known.applied) == (state in ("in_force", "dangling")),
        carried,
    )
