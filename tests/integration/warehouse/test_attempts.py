"""The tables about the reads: who is connected, how each attempt went, what it could not see, when all was judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from pipeline.coverage import ActionCoverage
from pipeline.home import Home
from pipeline.settings import Settings
from pipeline.warehouse.load import load
from tests.integration.warehouse.landed import (
    SETTINGS,
    aws,
    aws_snapshot,
    failed_snapshot,
    hour,
    land,
    landing_of,
    roster,
)
from tests.integration.warehouse.test_load import NOW, load_all, rows


def test_connections_are_told_as_they_are_configured(home: Home) -> None:
    load_all(home, [aws(), roster()])

    assert rows(home, "select * from raw.connections order by directory_id") == [
        ("people", "file", "people", None, True, False, "read_only"),
        ("production", "aws_iam", "production account", "111122223333", False, False, "read_only"),
    ]


def test_every_attempt_is_told_with_its_problem_and_remedy(home: Home) -> None:
    good = land(home, aws_snapshot())
    bad = land(home, failed_snapshot(at=hour(1)))

    load_all(home, [aws()])

    assert rows(home, "select * exclude (problem_message, problem_remedy) from raw.attempts order by as_of") == [
        (
            *(good.snapshot_id, "production", "aws_iam", "complete", hour(0), None, hour(0) + timedelta(seconds=5)),
            *("run", "bulk", None, 7, 0, 0, 2, "aws_iam:111122223333", True, False, None, None),
        ),
        (
            *(bad.snapshot_id, "production", "aws_iam", "failed", hour(1), None, hour(1) + timedelta(seconds=5)),
            *("run", "bulk", None, 0, 0, 0, None, None, False, True, "read_denied", "iam:ListUsers"),
        ),
    ]
    assert "IAMReadOnlyAccess" in str(rows(home, "select max(problem_remedy) from raw.attempts"))


def test_coverage_is_that_of_the_latest_attempt_and_of_the_current_snapshot(home: Home) -> None:
    land(home, aws_snapshot(coverage=[ActionCoverage("iam:GetUser", "throttled")]))
    current = land(home, aws_snapshot(at=hour(1)))
    land(home, failed_snapshot(at=hour(2)))
    latest = land(home, failed_snapshot(at=hour(3)))

    load_all(home, [aws()])

    assert rows(
        home, "select snapshot_id, action, outcome, calls, rows, error_code, as_of from raw.coverage order by as_of"
    ) == [
        (current.snapshot_id, "iam:ListUsers", "ok", 1, 2, None, hour(1)),
        (latest.snapshot_id, "iam:ListUsers", "denied", 1, 0, "AccessDenied", hour(3)),
    ]


def test_there_is_one_evaluation_and_it_holds_the_thresholds_in_force(home: Home) -> None:
    load_all(home, [])
    chosen = Settings(stale_after_days=30, max_shrink=0.5, max_shrink_rows=3, authoritative_max_age=timedelta(days=7))
    in_delhi = datetime(2026, 11, 24, 8, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    load(home, landing_of(home), [], chosen, in_delhi, as_of_override=datetime(2026, 10, 1, tzinfo=UTC))

    assert rows(home, "select * from raw.evaluation") == [
        (NOW.replace(tzinfo=None), datetime(2026, 10, 1), 30, 168.0, 0.5, 3)
    ]
    load(home, landing_of(home), [], SETTINGS, NOW)
    assert rows(home, "select as_of_override, stale_after_days from raw.evaluation") == [(None, 90)]
