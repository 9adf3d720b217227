"""The record of a read: the worst outcome of an action wins, and no action is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, RECOMMENDED
from pipeline.directories.aws_iam.coverage import Recorder
from pipeline.directories.base import ActionCoverage, Outcome

KEYS = "iam:ListAccessKeys"


def line(recorder: Recorder, action: str) -> ActionCoverage:
    (found,) = [one for one in recorder.coverage() if one.action == action]
    return found


@pytest.mark.parametrize(
    ("happened", "shown"),
    [
        ([], "not_tried"),
        (["ok"], "ok"),
        (["ok", "throttled", "ok"], "throttled"),
        (["failed", "throttled"], "failed"),
        (["denied", "failed", "ok"], "denied"),
        (["ok", "not_tried"], "ok"),
    ],
)
def test_the_worst_outcome_wins(happened: list[Outcome], shown: Outcome) -> None:
    recorder = Recorder()
    for number, outcome in enumerate(happened):
        recorder.record(KEYS, outcome, rows=2, code=f"{outcome}-{number}", message=outcome)
    found = line(recorder, KEYS)
    assert (found.outcome, found.calls, found.rows) == (shown, len(happened), 2 * len(happened))
    assert found.error_code == ("" if shown == "not_tried" else f"{shown}-{happened.index(shown)}")


def test_every_action_has_a_line_that_says_what_it_is_for() -> None:
    coverage = Recorder().coverage()
    assert [one.action for one in coverage] == list(READ_ACTIONS)
    assert all(one.needed_for for one in coverage)
    assert {one.remedy for one in coverage} == {""}


@pytest.mark.parametrize(
    ("outcome", "remedy"), [("denied", '"Action": "iam:ListAccessKeys"'), ("throttled", "later"), ("failed", "again")]
)
def test_every_failure_has_a_remedy(outcome: Outcome, remedy: str) -> None:
    recorder = Recorder()
    recorder.record(KEYS, outcome)
    assert remedy in line(recorder, KEYS).remedy


def test_calls_of_many_threads_and_other_services_are_all_counted() -> None:
    recorder = Recorder()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: recorder.record(KEYS, "ok", rows=1), range(500)))
        list(pool.map(lambda _: recorder.retried(1), range(500)))
    recorder.record("sts:AssumeRole", "ok")
    assert (line(recorder, KEYS).calls, line(recorder, KEYS).rows) == (500, 500)
    assert (recorder.calls, recorder.retries) == (501, 500)


def test_only_actions_outside_the_nine_are_closed_by_a_denial() -> None:
    recorder = Recorder()
    for action in READ_ACTIONS:
        recorder.record(action, "denied")
    assert {action for action in READ_ACTIONS if not recorder.is_closed(action)} == MINIMAL
    assert len(MINIMAL) == 9
    assert MINIMAL < RECOMMENDED < READ_ACTIONS.keys()
