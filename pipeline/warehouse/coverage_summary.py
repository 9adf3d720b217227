"""Queries of the published file: findings, what is unknown, and which limits apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.home import Home
from pipeline.problems import Problem
from pipeline.warehouse.finding_terms import FindingKind, FindingStatus

if TYPE_CHECKING:
    from pipeline.warehouse.query import QueryResult

TYPES = {
    FindingKind.STALE: "stale_account",
    FindingKind.STALE_CREDENTIALS: "stale_credential",
    FindingKind.ORPHANED: "orphaned_account",
    FindingKind.DUPLICATES: "duplicate_identity",
}
"""The `finding_type` behind each word."""

ABOUT: dict[FindingKind | None, list[str]] = {
    FindingKind.STALE: ["activity"],
    FindingKind.STALE_CREDENTIALS: ["activity"],
    FindingKind.ORPHANED: ["ownership"],
    FindingKind.DUPLICATES: ["ownership"],
}
"""What must be known of an account before it can be such a finding; everything for all others."""

FINDINGS = """
    select
        found.finding_id,
        found.severity,
        found.finding_type,
        found.status,
        coalesce(accounts.username, substr(found.account_key, length(found.directory_id) + 2)) as username,
        found.directory_id,
        found.account_key,
        identities.display_name as owner,
        identities.employment_status as owner_status,
        found.summary,
        found.evidence,
        found.remedy,
        found.first_seen_at,
        found.last_seen_at,
        found.exception_id,
        found.exception_reason,
        found.excepted_by,
        found.excepted_until,
        found.coverage,
        found.severity_is_lower_bound,
        found.evidence_as_of,
        found.as_of
    from findings.all_findings as found
    left join inventory.accounts as accounts on found.account_key = accounts.account_key
    left join identity.identities as identities on found.identity_id = identities.identity_id
    where list_contains($types, found.finding_type) and ($status = 'all' or found.status = $status)
    order by
        list_position(['critical', 'high', 'medium', 'low', 'info'], found.severity),
        found.finding_type,
        found.directory_id,
        username
"""

COUNTS = """
    select finding_type, severity, count(*) as open_findings, count(distinct account_key) as accounts
    from findings.all_findings
    where status = 'open'
    group by all
    order by finding_type, list_position(['critical', 'high', 'medium', 'low', 'info'], severity)
"""

UNKNOWN = """
    select 'activity' as unknown, username, directory_id, account_key, reason, missing_permission, remedy, as_of
    from findings.unknown_activity
    union all
    select 'ownership', username, directory_id, account_key, reason, missing_permission, action, as_of
    from findings.unknown_ownership
    order by unknown, directory_id, username
"""

UNSETTLED = """
    select unknown, directory_id, remedy, count(*) as accounts
    from (
        select 'activity' as unknown, directory_id, remedy from findings.unknown_activity
        union all
        select 'ownership', directory_id, action from findings.unknown_ownership
    )
    where list_contains($unknown, unknown)
    group by all
    order by accounts desc, directory_id, remedy
"""

CLOSED_GATES = "select gate, reason, remedy from operations.verdict_gates where not is_open order by gate"

NOT_FRESH = """
    select directory_id, status, as_of, problem_message, problem_remedy from inventory.directories
    where status <> 'fresh'
    order by directory_id
"""


HAS_STATUS_WORDS = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'status_words'"
"""A file that an earlier version published has no such table."""

HAS_SELF_CHECKS = (
    "select 1 from duckdb_tables() where schema_name = 'operations' and table_name = 'self_check_failures'"
)
QUARANTINED = "select account_key, check_name, detail, remedy from operations.self_check_failures order by all"
"""What a person types to see them; the exact fix of each is in its row."""
SELF_CHECKS = """
    select check_name, count(distinct account_key) from operations.self_check_failures
    group by check_name order by check_name
"""
COUNT_QUARANTINED = "select count(distinct account_key) from operations.self_check_failures"

HAS_DECISIONS = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'decisions'"
DANGLING = "select decision_id from identity.decisions where state = 'dangling' order by decision_id"
NAMED_AT_MOST = 5
UNKNOWN_WORDS = """
    select directory_id, word, unknown_count as rows from identity.status_words
    where unknown_count > 0
    order by directory_id, unknown_count desc, word
"""

EMPLOYMENT = """
    with words as (
        select
            directory_id,
            string_agg(
                '"' || word || '" (' || unknown_count || ' rows)', ', ' order by unknown_count desc, word
            ) as seen
        from identity.status_words
        where unknown_count > 0
        group by directory_id
    )
    select
        directories.directory_id,
        directories.unknown_employment_count as count,
        coalesce('the status words ' || words.seen || ' are not understood', directories.employment_gap) as gap,
        directories.employment_action as action
    from inventory.directories as directories
    left join words on directories.directory_id = words.directory_id
    where directories.unknown_employment_count > 0
    order by directories.directory_id
"""


@dataclass(frozen=True)
class Limits:
    """Why a list of findings may be shorter than the truth.

    `unsettled` counts accounts by what would settle them, `closed_gates` are verdicts that were not given at all,
    `not_fresh` are directories whose last good read is old or whose last attempt failed.
    """

    unsettled: list[dict[str, Any]]
    closed_gates: list[dict[str, Any]]
    not_fresh: list[dict[str, Any]]

    @property
    def nothing_missing(self) -> bool:
        """Whether every directory was read well and every verdict could be given."""
        return not (self.closed_gates or self.not_fresh)


def findings(home: Home, kind: FindingKind | None, status: FindingStatus) -> QueryResult:
    """The findings, worst first."""
    from pipeline.warehouse.query import query

    types = [TYPES[kind]] if kind else list(TYPES.values())
    return query(home, FINDINGS, {"types": types, "status": str(status)})


def unknown(home: Home) -> QueryResult:
    """Every account something about which could not be judged, with what would settle it."""
    from pipeline.warehouse.query import query

    return query(home, UNKNOWN)


def limits(home: Home, kind: FindingKind | None) -> Limits:
    """What stands between a list of this kind of findings and the whole truth."""
    from pipeline.warehouse.query import query

    unsettled = query(home, UNSETTLED, {"unknown": ABOUT.get(kind, ["activity", "ownership"])})
    gates = query(home, CLOSED_GATES).records() if kind in (None, FindingKind.ORPHANED) else []
    return Limits(unsettled.records(), gates, query(home, NOT_FRESH).records())


@dataclass(frozen=True)
class Quarantine:
    """The accounts that fail a self-check of the last build and so get no verdict, and how to list them."""

    accounts: int
    checks: dict[str, int]
    query: str = QUARANTINED

    @property
    def problem(self) -> Problem:
        """The same for a person."""
        checks = ", ".join(f"{name}: {count:,}" for name, count in self.checks.items())
        return Problem.of("accounts_quarantined", count=f"{self.accounts:,}", checks=checks, query=self.query)


def quarantine(home: Home) -> Quarantine:
    """What is in quarantine; nothing before the first sync."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home) or not query(home, HAS_SELF_CHECKS).rows:
        return Quarantine(0, {})
    checks = {str(name): int(count) for name, count in query(home, SELF_CHECKS).rows}
    [(accounts,)] = query(home, COUNT_QUARANTINED).rows
    return Quarantine(int(accounts), checks)


def standing_problems(home: Home) -> list[Problem]:
    """What the last build could not go by: rosters that do not say who is employed, decisions about accounts gone,
    and accounts of which something is said that cannot be true.
    """
    held = quarantine(home)
    return [*employment_problems(home), *_dangling_problems(home), *([held.problem] if held.accounts else [])]


def dangling_decisions(home: Home) -> list[str]:
    """The ids of decisions in force that count for nothing, because what they are about is gone."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home) or not query(home, HAS_DECISIONS).rows:
        return []
    return [str(row[0]) for row in query(home, DANGLING).rows]


def unknown_status_words(home: Home) -> list[dict[str, Any]]:
    """The status words of rosters that are not understood: directory_id, word, rows that have it."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home) or not query(home, HAS_STATUS_WORDS).rows:
        return []
    return query(home, UNKNOWN_WORDS).records()


def _dangling_problems(home: Home) -> list[Problem]:
    ids = dangling_decisions(home)
    more = f" and {len(ids) - NAMED_AT_MOST:,} more" if len(ids) > NAMED_AT_MOST else ""
    named = ", ".join(ids[:NAMED_AT_MOST]) + more
    return [Problem.of("decisions_dangling", count=f"{len(ids):,}", decisions=named)] if ids else []


def employment_problems(home: Home) -> list[Problem]:
    """Rosters that do not say of everybody whether they work here, with the exact fix."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home) or not query(home, HAS_STATUS_WORDS).rows:
        return []
    return [
        Problem.of(
            "employment_unknown",
            connection=row["directory_id"],
            count=f"{row['count']:,}",
            gap=row["gap"],
            action=row["action"],
        )
        for row in query(home, EMPLOYMENT).records()
    ]


def counts(home: Home) -> list[dict[str, Any]]:
    """Open findings by type and severity."""
    from pipeline.warehouse.query import query

    return query(home, COUNTS).records()
