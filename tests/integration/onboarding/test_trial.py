"""What a test has to show for a connection to be kept, and what it comes to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.connections.models import FileConnection
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.onboarding import connection_test
from pipeline.onboarding.permission_summary import permission_summary
from pipeline.problems import ConnectionFailed, Problem
from pipeline.progress import Step

HERE = FileConnection.model_validate({"name": "people", "kind": "file", "path": "hr.csv"})
OPEN = Problem("external_id_not_enforced", "people", "open", "close it")
UNPROVEN = Problem("external_id_unproven", "people", "not known", "try again")


def denied(action: str) -> Step:
    problem = Problem.of("read_denied", action=action, needed_for="x")
    return Step(action, "failed", required=False, problem=problem)


class Scripted:
    """A directory whose test takes the given steps, or raises."""

    def __init__(self, *steps: Step | Exception) -> None:
        self.steps = steps
        self.at_once = self.most = 0
        self.names: set[str] = set()
        self.lock = threading.Lock()

    def test(self, connection: Any) -> Iterator[Step]:
        with self.lock:
            self.names.add(connection.name)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step
        with self.lock:
            self.at_once -= 1


@pytest.mark.parametrize(
    ("steps", "passed", "worth"),
    [
        ([], False, False),
        ([Step("a", "ok")], True, True),
        ([Step("a", "ok"), Step("b", "failed", required=False)], True, True),
        ([Step("a", "ok"), Step("b", "not_tried")], True, True),
        ([Step("a", "ok"), Step("b", "failed")], False, False),
        ([Step("a", "ok"), Step("external ID enforced", "failed", required=False, problem=OPEN)], True, False),
        ([Step("a", "ok"), Step("external ID enforced", "not_tried", required=False, problem=UNPROVEN)], True, False),
    ],
    ids=["no step", "one step", "dispensable", "not tried", "indispensable", "open to others", "undecided"],
)
def test_only_what_can_be_read_by_us_alone_is_worth_saving(steps: list[Step], passed: bool, worth: bool) -> None:
    tested = connection_test.ConnectionTestResult(HERE, tuple(steps))
    assert (tested.passed, tested.worth_saving) == (passed, worth)


def test_a_test_that_breaks_off_is_a_failed_step_with_its_fix() -> None:
    failure = ConnectionFailed(Problem("gone", "people", "it went away", "bring it back"))
    told: list[Step] = []
    tested = connection_test.test(HERE, Scripted(Step("a", "ok"), failure), told.append)  # type: ignore[arg-type]
    assert [(step.outcome, step.fix) for step in tested.steps] == [("ok", ""), ("failed", "bring it back")]
    assert list(tested.steps) == told
    assert tested.problems == [failure.problem]


def test_many_are_tested_side_by_side_in_order_and_never_more_than_allowed() -> None:
    connections = [HERE.model_copy(update={"name": f"people-{number}"}) for number in range(20)]
    directory, done = Scripted(Step("a", "ok")), []
    tested = connection_test.test_many(connections, directory, at_once=4, on_done=done.append)  # type: ignore[arg-type]
    assert [each.connection.name for each in tested] == [each.name for each in connections]
    assert 1 < directory.most <= 4
    assert len(done) == len(directory.names) == 20


@pytest.mark.parametrize("action", sorted(READ_ACTIONS))
def test_each_denied_action_is_named_with_what_it_hides_and_the_statement_that_closes_it(action: str) -> None:
    steps = [denied(name) if name == action else Step(name, "ok") for name in READ_ACTIONS]
    found = permission_summary([Step("assume role", "ok"), *steps])
    total = len(READ_ACTIONS)
    assert (
        found.words
        == f"{total - 1} of {total} actions allowed; not judged because of it: {READ_ACTIONS[action].needed_for}"
    )
    assert json.loads(found.statement) == {"Effect": "Allow", "Action": [action], "Resource": "*"}


def test_an_action_that_makes_no_difference_is_neither_allowed_nor_missing() -> None:
    spared = Step("iam:GetUserPolicy", "ok", "denied, and not needed", unneeded=True)
    found = permission_summary([Step("iam:ListUsers", "ok"), spared])
    assert (found.allowed, found.asked, found.unneeded, found.hidden) == (1, 1, 1, [])
    assert found.words == "1 of 1 actions allowed"


def test_the_statement_leaves_out_what_another_action_of_it_makes_unnecessary() -> None:
    denials = ["iam:GetAccountAuthorizationDetails", "iam:GetUserPolicy", "iam:ListMFADevices"]
    found = permission_summary([denied(name) for name in denials])
    assert len(found.hidden) == 3
    assert json.loads(found.statement)["Action"] == ["iam:GetAccountAuthorizationDetails", "iam:ListMFADevices"]


def test_an_action_that_was_not_tried_or_failed_otherwise_is_not_called_denied() -> None:
    throttled = Step("iam:GetUser", "failed", required=False, problem=Problem("listing_throttled", "", "slow", "wait"))
    found = permission_summary([Step("iam:ListUsers", "ok"), throttled, Step("iam:GetGroup", "not_tried")])
    assert (found.allowed, found.asked, found.denied, found.statement) == (1, 2, (), "")


def test_a_directory_without_actions_has_no_verdict() -> None:
    assert permission_summary([Step("file is there", "ok")]).words == ""
