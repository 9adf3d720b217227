"""The record of a read: the worst outcome of an action wins, and no action is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.coverage import ActionCoverage, CoverageRecorder, Outcome
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, READ_LIST, RECOMMENDED

KEYS = "iam:ListAccessKeys"


def line(recorder: CoverageRecorder, action: str) -> ActionCoverage:
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
    recorder = READ_LIST.recorder()
    for number, outcome in enumerate(happened):
        recorder.record(KEYS, outcome, rows=2, code=f"{outcome}-{number}", message=outcome)
    found = line(recorder, KEYS)
    assert (found.outcome, found.calls, found.rows) == (shown, len(happened), 2 * len(happened))
    assert found.error_code == ("" if shown == "not_tried" else f"{shown}-{happened.index(shown)}")


def test_every_action_has_a_line_that_says_what_it_is_for() -> None:
    coverage = READ_LIST.recorder().coverage()
    assert [one.action for one in coverage] == list(READ_ACTIONS)
    assert all(one.needed_for for one in coverage)
    assert {one.remedy for one in coverage} == {""}


@pytest.mark.parametrize(
    ("outcome", "remedy"), [("denied", '"Action": "iam:ListAccessKeys"'), ("throttled", "later"), ("failed", "again")]
)
def test_every_failure_has_a_remedy(outcome: Outcome, remedy: str) -> None:
    recorder = READ_LIST.recorder()
    recorder.record(KEYS, outcome)
    assert remedy in line(recorder, KEYS).remedy


def test_calls_of_many_threads_and_other_services_are_all_counted() -> None:
    recorder = READ_LIST.recorder()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: recorder.record(KEYS, "ok", rows=1), range(500)))
        list(pool.map(lambda _: recorder.retried(1), range(500)))
    recorder.record("sts:AssumeRole", "ok")
    assert (line(recorder, KEYS).calls, line(recorder, KEYS).rows) == (500, 500)
    assert (recorder.calls, recorder.retries) == (501, 500)


def test_a_denial_of_some_principals_says_of_how_many() -> None:
    recorder = READ_LIST.recorder()
    for number in range(3):
        recorder.record(KEYS, "denied" if number == 1 else "ok", rows=number != 1, code="AccessDenied", message="no")
        recorder.asked(KEYS, f"user-{number}", denied=number == 1)
    found = line(recorder, KEYS)
    assert (found.outcome, found.calls, found.rows) == ("denied", 3, 2)
    assert (found.principals_asked, found.principals_denied) == (3, 1)
    assert found.remedy.startswith("AWS refuses it for 1 of 3 principals only: attach IAMReadOnlyAccess")


def test_the_reason_shown_does_not_depend_on_which_thread_came_first() -> None:
    shown = set()
    for messages in (["b", "a", "c"], ["c", "b", "a"]):
        recorder = READ_LIST.recorder()
        for message in messages:
            recorder.record(KEYS, "denied", code="AccessDenied", message=message)
        shown.add(line(recorder, KEYS).message)
    assert shown == {"a"}


def test_the_recommended_actions_lie_between_the_nine_and_all() -> None:
    assert len(MINIMAL) == 9
    assert MINIMAL < RECOMMENDED < READ_ACTIONS.keys()
