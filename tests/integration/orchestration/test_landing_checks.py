"""What Dagster is told of a read: the worst last, nothing forgotten, and not more than is worth its cost."""

from __future__ import annotations

import dagster as dg

from pipeline.coverage import ActionCoverage
from pipeline.orchestration.checks.check_results import CheckResult, State, checks_of
from pipeline.orchestration.checks.landing import FEW, check_specs, evaluations

KEY = dg.AssetKey(["landing", "aws_iam"])
FOUND = dict[str, dict[str, CheckResult]]


def found(**states: State) -> FOUND:
    """By connection: all checks passed but `can_read`, which is as given."""
    return {
        name: {
            check: CheckResult(check, name, state if check == "can_read" else "passed", f"{check} {state}")
            for check in checks_of("aws_iam")
        }
        for name, state in states.items()
    }


def told(run: FOUND, before: FOUND | None = None, others: FOUND | None = None) -> list[tuple[str | None, bool, str]]:
    return [
        (event.partition, event.passed, event.severity.value)
        for event in evaluations("aws_iam", KEY, run, before or {}, others or {})
        if event.check_name == "can_read"
    ]


def test_no_check_blocks_what_comes_after() -> None:
    specs = check_specs("aws_iam", KEY)
    assert [spec.name for spec in specs] == list(checks_of("aws_iam"))
    assert not any(spec.blocking for spec in specs)


def test_each_connection_is_told_and_one_that_fails_last() -> None:
    assert told(found(a="failed", b="passed", c="not_tried")) == [
        (None, False, "ERROR"),
        ("b", True, "ERROR"),
        ("c", False, "WARN"),
        ("a", False, "ERROR"),
    ]


def test_one_that_was_not_read_this_time_and_still_fails_is_told_again() -> None:
    assert told(found(a="passed"), others=found(b="failed", c="passed")) == [
        (None, False, "ERROR"),
        ("a", True, "ERROR"),
        ("b", False, "ERROR"),
    ]


def test_of_many_connections_only_those_that_fail_or_changed_are_told() -> None:
    names = [f"c{number}" for number in range(FEW + 1)]
    before = found(**dict.fromkeys(names, "passed")) | found(c3="failed")  # type: ignore[arg-type]
    now = found(**dict.fromkeys(names, "passed")) | found(c5="failed")  # type: ignore[arg-type]

    assert told(now, before) == [(None, False, "ERROR"), ("c3", True, "ERROR"), ("c5", False, "ERROR")]
    assert told(before, before)[1:] == [("c3", False, "ERROR")]


def test_the_sum_names_the_connection_at_fault_and_its_remedy() -> None:
    refused = ActionCoverage("iam:ListMFADevices", "denied", error_code="AccessDenied", remedy="allow it")
    bad = CheckResult(
        "can_read", "b", "failed", "25 facts are unknown", actions=(refused,), hidden={refused.action: 25}
    )
    run = found(a="passed", b="passed")
    run["b"]["can_read"] = bad

    total = next(e for e in evaluations("aws_iam", KEY, run, {}, {}) if e.check_name == "can_read")

    assert total.description == "b: 25 facts are unknown"
    connections, actions = total.metadata["connections"], total.metadata["actions"]
    assert isinstance(connections, dg.TableMetadataValue)
    assert isinstance(actions, dg.TableMetadataValue)
    assert connections.records[0].data["remedy"] == "allow it"
    assert actions.records[0].data["action"] == "iam:ListMFADevices"
    assert actions.records[0].data["hides"].startswith("25 facts")
