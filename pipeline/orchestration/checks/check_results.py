"""Derives the verdict of each check from an attempt's manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.coverage import ActionCoverage
from pipeline.landing.manifest import Manifest
from pipeline.problems import Problem

_OF_ROLES: Mapping[str, str] = {
    "can_assume_role": "The role of each connection can be assumed.",
    "account_matches_role": "The role leads into the account that its ARN names.",
    "external_id_enforced": "The role is known to refuse whoever lacks the external ID.",
}
_OF_ALL: Mapping[str, str] = {
    "can_read": "Every read the findings need is allowed; the table has what is not, what it hides, and a remedy.",
    "snapshot_complete": "Everybody was listed, and what was read was kept.",
    "returned_users": "The directory has users at all.",
    "not_shrunk": "No directory lost so many users at once that a person must look first.",
}


def checks_of(kind: str) -> Mapping[str, str]:
    """The checks of a kind, in the order in which a read can fail them, and what each states."""
    return {**_OF_ROLES, **_OF_ALL} if kind.startswith("aws_") else _OF_ALL


State = Literal["passed", "failed", "not_tried"]
Gaps = Callable[[], Mapping[str, int]]

_ENDS_AT = {
    "wrong_account": "account_matches_role",
    "center_read_denied": "can_read",
    "center_key_denied": "can_read",
    "center_missing": "can_read",
    "center_ambiguous": "can_read",
    "directory_read_denied": "can_read",
    "directory_cut_short": "snapshot_complete",
    "directory_contradicts": "snapshot_complete",
    "listing_throttled": "can_read",
    "listing_failed": "snapshot_complete",
    "listing_incomplete": "snapshot_complete",
    "no_rows": "returned_users",
    "shrank": "not_shrunk",
}
"""The check at which a problem ends a read; any other problem ends it at the first check of the kind."""
_READ_IN_TWO_WAYS = frozenset({"aws_iam"})
"""Kinds that can make up for a read that was refused, and where rows say in `*_gap` when they could not."""
_EMPTY = frozenset({"no_users", "no_rows", "center_empty", "nobody_listed"})
_NOTHING_READ = frozenset({"unexpected", "landing_unusable", "snapshot_damaged"})
_UNGUARDED = frozenset({"external_id_not_enforced", "external_id_unproven"})
_COSTLY = frozenset({"denied", "throttled", "failed"})


@dataclass(frozen=True)
class CheckResult:
    """One check on one attempt.

    `actions` are the reads that were refused, and `hidden` counts the facts that each cost, by action; both are empty
    for most checks.
    """

    check: str
    connection: str
    state: State
    summary: str
    problem: Problem | None = None
    actions: tuple[ActionCoverage, ...] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Of the problem, as the documentation lists it; empty when all is well."""
        if self.problem is not None:
            return self.problem.code
        return f"read_{self._costly[0].outcome}" if self._costly else ""

    @property
    def error_code(self) -> str:
        """The directory's own."""
        if self.problem is not None:
            return self.problem.error_code
        return self._costly[0].error_code if self._costly else ""

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if self.problem is not None:
            return self.problem.remedy
        return "; ".join(dict.fromkeys(action.remedy for action in self._costly))

    def hides(self, action: ActionCoverage) -> str:
        """What is not known for want of one of `actions`."""
        if self.problem is not None:
            return action.needed_for
        count = self.hidden.get(action.action, 0)
        return f"{count:,} facts: {action.needed_for}" if count else "nothing; it was read in another way"

    @property
    def _costly(self) -> list[ActionCoverage]:
        return [action for action in self.actions if self.hidden.get(action.action)]


def check_results(manifest: Manifest, gaps: Gaps) -> dict[str, CheckResult]:
    """By check, in order. `gaps` counts the facts each gap hides (`iam:GetUser denied`); asked only where needed."""
    names = list(checks_of(manifest.kind))
    ended_by = manifest.problems[0] if manifest.status != "complete" and manifest.problems else None
    ends = names.index(_end_of(manifest, ended_by)) if ended_by else len(names)
    found: dict[str, CheckResult] = {}
    for position, name in enumerate(names):
        if ended_by is not None and position == ends:
            found[name] = CheckResult(name, manifest.connection, "failed", ended_by.message, ended_by)
        elif position > ends:
            summary = f"not tried, because {names[ends]} failed"
            found[name] = CheckResult(name, manifest.connection, "not_tried", summary)
        else:
            found[name] = CheckResult(name, manifest.connection, "passed", _praise(name, manifest))
    return {name: _closer(verdict, manifest, gaps) for name, verdict in found.items()}


def count_gaps(tables: Mapping[str, pa.Table]) -> Counter[str]:
    """How many facts each gap hides, over the `*_gap` columns of all tables."""
    counted: Counter[str] = Counter()
    for table in tables.values():
        for name in table.column_names:
            if name.endswith("_gap"):
                for entry in pc.value_counts(table[name].drop_null()).to_pylist():
                    counted[entry["values"]] += entry["counts"]
    return counted


def has_costly_outcome(manifest: Manifest) -> bool:
    """Whether any read was denied, throttled or failed: only then can gaps be anybody's fault."""
    return any(action.outcome in _COSTLY for action in manifest.coverage)


def _end_of(manifest: Manifest, problem: Problem) -> str:
    if manifest.status == "held":
        return "not_shrunk"
    if problem.code in _NOTHING_READ:
        return "snapshot_complete"
    end = "can_read" if problem.code.startswith("read_denied") else _ENDS_AT.get(problem.code, "")
    return end if end in checks_of(manifest.kind) else next(iter(checks_of(manifest.kind)))


def _closer(verdict: CheckResult, manifest: Manifest, gaps: Gaps) -> CheckResult:
    """Some checks look further than at what ended the read: at refused reads, and at what was found beside."""
    if verdict.check == "external_id_enforced" and verdict.state == "passed":
        problem = next((each for each in manifest.problems if each.code in _UNGUARDED), None)
        return replace(verdict, state="failed", summary=problem.message, problem=problem) if problem else verdict
    if verdict.check == "can_read":
        return _readable(verdict, manifest, gaps)
    if verdict.check == "returned_users" and verdict.state == "passed" and not manifest.rows:
        problem = next((each for each in manifest.problems if each.code in _EMPTY), None)
        summary = problem.message if problem else "nobody is listed"
        return CheckResult(verdict.check, verdict.connection, "failed", summary, problem)
    return verdict


def _readable(verdict: CheckResult, manifest: Manifest, gaps: Gaps) -> CheckResult:
    refused = tuple(action for action in manifest.coverage if action.outcome in _COSTLY)
    if verdict.state != "passed" or not refused:
        return replace(verdict, actions=refused)
    hidden: Counter[str] = Counter()
    for gap, count in gaps().items():
        action, outcome, *_ = [*gap.split(), ""]
        if outcome in _COSTLY:
            hidden[action] += count
    if manifest.kind not in _READ_IN_TWO_WAYS:
        hidden.update({each.action: manifest.rows or 1 for each in refused if each.action not in hidden})
    if not hidden:
        made_up_for = f"every fact was read; {len(refused)} reads that were refused were made up for by others"
        return replace(verdict, summary=made_up_for, actions=refused)
    summary = f"{hidden.total():,} facts are unknown for want of {', '.join(sorted(hidden))}"
    return replace(verdict, state="failed", summary=summary, actions=refused, hidden=hidden)


def _praise(check: str, manifest: Manifest) -> str:
    rows = f"{manifest.rows or 0:,} {manifest.main_table or 'rows'}"
    return {
        "can_assume_role": "the role was assumed",
        "account_matches_role": f"the role leads into account {manifest.account_id}",
        "external_id_enforced": "the role demanded the external ID when it was connected",
        "can_read": "every read was allowed",
        "snapshot_complete": f"{rows} in snapshot {manifest.snapshot_id}",
        "returned_users": rows,
        "not_shrunk": f"{rows}, {manifest.previous_rows:,} before" if manifest.previous_rows is not None else rows,
    }[check]
