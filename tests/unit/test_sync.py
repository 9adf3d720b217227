"""What a sync amounts to: the exit code of every mixture of attempts, and every problem worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import pytest

from pipeline.landing.manifest import Manifest
from pipeline.problems import ExitCode, Problem
from pipeline.sync import Journal, SyncOutcome, exit_code
from pipeline.warehouse.load import LoadResult

Status = Literal["complete", "failed", "held"]
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def attempt(status: Status, name: str = "production", problems: Sequence[Problem] = ()) -> Manifest:
    return Manifest(
        snapshot_id="20261124T030000Z-00000abc",
        connection=name,
        kind="aws_iam",
        status=status,
        as_of=NOW,
        finished_at=NOW,
        run_id="run",
        strategy="bulk",
        problems=tuple(problems),
    )


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["complete"], ExitCode.OK),
        (["complete", "complete"], ExitCode.OK),
        (["complete", "failed"], ExitCode.PARTIAL),
        (["complete", "held"], ExitCode.PARTIAL),
        (["failed"], ExitCode.CONNECTION),
        (["failed", "held"], ExitCode.CONNECTION),
        (["held"], ExitCode.REFUSED),
        (["held", "held"], ExitCode.REFUSED),
    ],
)
def test_the_exit_code_says_how_the_reads_went(statuses: list[Status], code: ExitCode) -> None:
    assert exit_code([attempt(status) for status in statuses]) is code


def test_tables_that_were_not_published_outweigh_the_reads() -> None:
    failure = Problem.of("build_failed", count=1, first="a test")

    outcome = SyncOutcome(manifests=(attempt("complete"),), failure=failure)

    assert outcome.exit_code is ExitCode.UNEXPECTED
    assert outcome.problems == (failure,)


def test_a_snapshot_that_could_not_be_loaded_makes_the_sync_partial() -> None:
    damaged = Problem.of("snapshot_unreadable", connection="production", snapshot_id="x", reason="it is not whole")

    outcome = SyncOutcome(manifests=(attempt("complete"),), loaded=LoadResult(failed={"production": damaged}))

    assert outcome.exit_code is ExitCode.PARTIAL
    assert outcome.problems == (damaged,)


def test_remarks_on_a_good_attempt_are_no_problems_and_those_on_a_bad_one_are() -> None:
    remark = Problem.of("no_users", connection="empty", account_id="111122223333")
    denied = Problem.of("read_denied", connection="closed", action="iam:ListUsers", needed_for="everything")

    outcome = SyncOutcome(manifests=(attempt("complete", "empty", [remark]), attempt("failed", "closed", [denied])))

    assert outcome.problems == (denied,)


def test_the_journal_times_its_stages_and_tells_which_has_begun() -> None:
    told: list[tuple[str, str, int, int | None]] = []
    journal = Journal(lambda *what: told.append(what))

    for stage in ("read", "read", "load", "build"):
        with journal.stage(stage):
            pass
    journal.node_done("stale_accounts", 3, 120)

    assert told == [("", "load", 0, None), ("", "build", 0, None), ("", "build", 3, 120)]
    assert list(journal.outcome().seconds) == ["read", "load", "build"]
