"""Explains an account's owner: the evidence for and against each candidate, and how it adds up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.decisions.register import ABOUT_ACCOUNTS, RegisterEntry, register
from pipeline.home import Home
from pipeline.warehouse.query import query

NEGATIVE = "negative"
"""The family of what speaks against a candidate; its weights are factors."""

ACCOUNT = """
    select
        accounts.account_key,
        accounts.username || ' @ ' || accounts.directory_id as account,
        accounts.display_name,
        accounts.account_kind,
        accounts.kind_rule,
        identities.is_authoritative,
        identities.status,
        identities.identity_id,
        persons.display_name as person,
        persons.employment_status,
        identities.confidence,
        identities.rules,
        identities.owner_identity_id,
        owners.display_name as owner,
        identities.as_of
    from inventory.accounts as accounts
    inner join identity.identity_accounts as identities on accounts.account_key = identities.account_key
    left join identity.identities as persons
        on identities.identity_id = persons.identity_id and accounts.account_kind <> 'service'
    left join identity.identities as owners on identities.owner_identity_id = owners.identity_id
    where accounts.account_key = $key
"""
EVIDENCE = """
    select evidence.*, persons.employment_status, persons.email
    from identity.match_evidence as evidence
    left join identity.identities as persons on evidence.candidate = persons.identity_id
    where evidence.account_key = $key
    order by evidence.weight desc, evidence.rule, evidence.key_value
"""
ROWS_OF = """
    select identity_id, coalesce(min(account_key) filter (where is_authoritative), min(account_key))
    from identity.identity_accounts
    where list_contains($identities, identity_id) and account_key <> $key
    group by identity_id
"""
LIMITS = "select threshold, value from identity.match_thresholds"
RULES = "select rule, family, weight from identity.match_rules where relation = 'identity' and is_enabled"
TABLES = "select table_name from duckdb_tables() where schema_name = 'identity'"


@dataclass(frozen=True)
class Candidate:
    """One person an account may belong to (relation `identity`) or be in the care of (`owner`).

    `families` holds the strongest weight of each family of evidence, `factors` what speaks against it;
    confidence = (1 - product(1 - weight)) * product(factors). `person` is an account_key of theirs, for a decision.
    """

    identity_id: str
    name: str
    email: str | None
    employment_status: str | None
    person: str | None
    relation: str
    families: Mapping[str, float]
    factors: Mapping[str, float]
    evidence: tuple[Mapping[str, Any], ...]

    @property
    def positive(self) -> float:
        """What all that speaks for it adds up to."""
        return 1 - math.prod(1 - min(weight, 0.999) for weight in self.families.values())

    @property
    def factor(self) -> float:
        """What is left of that by all that speaks against it."""
        return math.prod(self.factors.values())

    @property
    def confidence(self) -> float:
        return min(round(self.positive * self.factor, 6), 0.999999)

    @property
    def odds(self) -> float:
        return self.confidence / (1 - self.confidence)


@dataclass(frozen=True)
class Explanation:
    """What was published about one account, and what was decided.

    `account` is its row with its verdict; `candidates` are the likeliest first; `limits` what an assignment needs
    (`assignment_confidence`, `assignment_odds`); `rules` the weight of each rule by (family, rule).
    """

    account: Mapping[str, Any]
    candidates: tuple[Candidate, ...]
    owners: tuple[Candidate, ...]
    limits: Mapping[str, float]
    rules: Mapping[tuple[str, str], float]
    decisions: tuple[RegisterEntry, ...]

    @property
    def lead(self) -> float | None:
        """How many times the odds of the runner-up the best candidate has; None without a runner-up."""
        if len(self.candidates) < 2 or not self.candidates[1].odds:
            return None
        return self.candidates[0].odds / self.candidates[1].odds


def explain(home: Home, account_key: str, now: datetime) -> Explanation:
    """Everything about an account that was published."""
    [account] = query(home, ACCOUNT, {"key": account_key}).records()
    # A file that an earlier version published names no families: each rule is one then.
    found = [{"family": row["rule"], **row} for row in query(home, EVIDENCE, {"key": account_key}).records()]
    identities = [str(row["candidate"]) for row in found] + [account["identity_id"] or ""]
    persons = dict(query(home, ROWS_OF, {"identities": identities, "key": account_key}).rows)
    tables = {name for (name,) in query(home, TABLES).rows}
    entries = register(home, now, ABOUT_ACCOUNTS)
    return Explanation(
        account={**account, "person_key": persons.get(account["identity_id"])},
        candidates=_candidates(found, "identity", persons),
        owners=_candidates(found, "owner", persons),
        limits=dict(query(home, LIMITS).rows) if "match_thresholds" in tables else {},
        rules={(family, rule): weight for rule, family, weight in query(home, RULES).rows}
        if "match_rules" in tables
        else {},
        decisions=tuple(
            each
            for each in entries
            if each.state in ("in_force", "dangling")
            and account_key in (each.decision.account_key, each.decision.target)
        ),
    )


def _candidates(rows: Iterable[Mapping[str, Any]], relation: str, persons: Mapping[str, str]) -> tuple[Candidate, ...]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["relation"] == relation:
            grouped.setdefault(row["candidate"], []).append(row)
    found = [_candidate(identity_id, rows, relation, persons) for identity_id, rows in grouped.items()]
    return tuple(sorted(found, key=lambda each: (-each.confidence, each.identity_id)))


def _candidate(identity_id: str, rows: list[Mapping[str, Any]], relation: str, persons: Mapping[str, str]) -> Candidate:
    families: dict[str, float] = {}
    factors: dict[str, float] = {}
    for row in rows:
        if row["family"] == NEGATIVE:
            factors[row["rule"]] = min(row["weight"], factors.get(row["rule"], 1.0))
        else:
            families[row["family"]] = max(row["weight"], families.get(row["family"], 0.0))
    name, email, employment = (rows[0][column] for column in ("candidate_name", "email", "employment_status"))
    person = persons.get(identity_id)
    return Candidate(identity_id, name, email, employment, person, relation, families, factors, tuple(rows))
