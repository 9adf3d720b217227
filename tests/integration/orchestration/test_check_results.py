"""Verdicts: what a read proves, what it disproves, and what was never tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from pipeline.coverage import ActionCoverage
from pipeline.landing.manifest import LandedTable, Manifest
from pipeline.orchestration.checks.check_results import CheckResult, check_results, checks_of, count_gaps
from pipeline.problems import Problem

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
AWS_CHECKS = list(checks_of("aws_iam"))
USERS = {"users": LandedTable(rows=3, sha256="0" * 64, file="users.parquet")}


def attempt(
    status: str = "complete",
    problems: Sequence[Problem] = (),
    *,
    kind: str = "aws_iam",
    coverage: Sequence[ActionCoverage] = (),
    **more: Any,
) -> Manifest:
    fields = {"main_table": "users", "tables": USERS if status != "failed" else {}, "account_id": "111122223333"}
    return Manifest.model_validate(
        {
            "snapshot_id": "20261124T030000Z-00000abc",
            "connection": "production",
            "kind": kind,
            "status": status,
            "as_of": NOW,
            "finished_at": NOW,
            "run_id": "run",
            "strategy": "bulk",
            "problems": tuple(problems),
            "coverage": tuple(coverage),
            **fields,
            **more,
        }
    )


def unasked() -> Mapping[str, int]:
    raise AssertionError("gaps are asked for only when a read was refused")


def states(found: Mapping[str, CheckResult]) -> list[str]:
    return [verdict.state for verdict in found.values()]


def denied(action: str) -> ActionCoverage:
    return ActionCoverage(
        action, "denied", calls=1, error_code="AccessDenied", needed_for="who is who", remedy=f"allow {action}"
    )


PROBLEMS = {
    "assume_role_denied": Problem.of("assume_role_denied", role_arn="arn", principal="hub", connection="production"),
    "wrong_account": Problem("wrong_account", "production", "it is another account", "fix the ARN"),
    "read_denied": Problem.of("read_denied", action="iam:ListUsers", needed_for="everything"),
    "listing_incomplete": Problem("listing_incomplete", "production", "8 of 9 users", "sync again"),
    "unexpected": Problem.of("unexpected", connection="production", error="ValueError"),
}


def test_a_good_read_passes_every_check_and_says_what_it_saw() -> None:
    found = check_results(attempt(coverage=[ActionCoverage("iam:ListUsers", "ok")]), unasked)

    assert list(found) == AWS_CHECKS
    assert states(found) == ["passed"] * 7
    assert found["account_matches_role"].summary == "the role leads into account 111122223333"
    assert found["returned_users"].summary == "3 users"


@pytest.mark.parametrize(
    ("code", "ends_at"),
    [
        ("assume_role_denied", "can_assume_role"),
        ("wrong_account", "account_matches_role"),
        ("read_denied", "can_read"),
        ("listing_incomplete", "snapshot_complete"),
        ("unexpected", "snapshot_complete"),
    ],
)
def test_a_failed_read_fails_one_check_and_those_after_it_were_not_tried(code: str, ends_at: str) -> None:
    found = check_results(attempt("failed", [PROBLEMS[code]]), unasked)

    at = AWS_CHECKS.index(ends_at)
    assert states(found) == ["passed"] * at + ["failed"] + ["not_tried"] * (6 - at)
    assert found[ends_at].code == code
    assert found[ends_at].remedy == PROBLEMS[code].remedy
    assert found["not_shrunk"].summary == f"not tried, because {ends_at} failed"


@pytest.mark.parametrize("code", ["external_id_unproven", "external_id_not_enforced"])
def test_an_external_id_that_is_not_proven_fails_a_check_of_a_read_that_is_complete(code: str) -> None:
    unproven = Problem(code, "production", "not known", "try again")
    found = check_results(attempt(problems=[unproven]), unasked)

    assert [name for name, verdict in found.items() if verdict.state != "passed"] == ["external_id_enforced"]
    assert found["external_id_enforced"].remedy == "try again"


def test_a_held_read_fails_for_its_shrinking_alone() -> None:
    shrank = Problem("shrank", "production", "3 rows, and 90 before", "accept it")
    found = check_results(attempt("held", [shrank], previous_rows=90), unasked)

    assert [name for name, verdict in found.items() if verdict.state != "passed"] == ["not_shrunk"]


def test_a_refused_read_that_costs_facts_fails_and_names_what_would_settle_it() -> None:
    coverage = [ActionCoverage("iam:ListUsers", "ok"), denied("iam:ListMFADevices"), denied("iam:GetCredentialReport")]
    gaps = {"iam:ListMFADevices denied": 25, "iam:GetUser not_tried": 9}

    verdict = check_results(attempt(coverage=coverage), lambda: gaps)["can_read"]

    assert verdict.state == "failed"
    assert verdict.summary == "25 facts are unknown for want of iam:ListMFADevices"
    assert (verdict.code, verdict.error_code) == ("read_denied", "AccessDenied")
    assert verdict.remedy == "allow iam:ListMFADevices"
    assert [verdict.hides(action) for action in verdict.actions] == [
        "25 facts: who is who",
        "nothing; it was read in another way",
    ]


def test_a_refused_read_that_another_one_made_up_for_passes_and_is_still_listed() -> None:
    found = check_results(attempt(coverage=[denied("iam:GetAccountAuthorizationDetails")]), dict)

    assert states(found) == ["passed"] * 7
    assert [action.action for action in found["can_read"].actions] == ["iam:GetAccountAuthorizationDetails"]


def test_a_directory_with_nobody_in_it_fails_returned_users_alone() -> None:
    empty = {"users": LandedTable(rows=0, sha256="0" * 64, file="users.parquet")}
    problem = Problem.of("no_users", connection="production", account_id="111122223333")

    found = check_results(attempt(problems=[problem], tables=empty), unasked)

    assert [name for name, verdict in found.items() if verdict.state == "failed"] == ["returned_users"]
    assert found["returned_users"].summary.startswith("No users returned")


def test_a_missing_file_fails_reading_it() -> None:
    problem = Problem.of("file_missing", connection="people", path="hr.csv")
    found = check_results(attempt("failed", [problem], kind="file", main_table="accounts"), unasked)

    assert list(found) == ["can_read", "snapshot_complete", "returned_users", "not_shrunk"]
    assert states(found) == ["failed", "not_tried", "not_tried", "not_tried"]


def test_gaps_are_counted_over_every_table() -> None:
    users = pa.table({"mfa_gap": ["iam:ListMFADevices denied", None], "tags_gap": ["iam:GetUser throttled"] * 2})
    keys = pa.table({"last_used_gap": ["iam:ListMFADevices denied"], "note": ["x denied"]})

    assert count_gaps({"users": users, "keys": keys}) == {"iam:ListMFADevices denied": 2, "iam:GetUser throttled": 2}
