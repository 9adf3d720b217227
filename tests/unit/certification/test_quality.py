"""Each test of review quality fails on what it names, and not short of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.certification.drift import AccessNow, ItemState
from pipeline.certification.model import Item, Review, ReviewDecision, Verdict
from pipeline.certification.quality import (
    access_unchanged,
    coverage,
    inactive_reviewers,
    revokes_carried_out,
    rubber_stamping,
    self_review,
)
from pipeline.certification.reviewers import Person
from pipeline.settings import Settings
from tests.unit.certification.reviewing import STARTED, campaign, item

SETTINGS = Settings()


def decision(about: Item, verdict: str = "certify", seconds: float = 0, **values: object) -> ReviewDecision:
    at = STARTED + timedelta(seconds=seconds)
    made = ReviewDecision(
        f"d-{about.item_id}", about.item_id, about.digest, Verdict(verdict), "", about.access, "grace", at, "x", "r", at
    )
    return replace(made, **values)  # type: ignore[arg-type]


def review(items: list[Item], decisions: list[ReviewDecision]) -> Review:
    return Review(campaign(len(items)), tuple(items), tuple(decisions))


@pytest.mark.parametrize(("decided", "passed"), [(94, False), (95, True), (100, True)])
def test_coverage_at_its_limit(decided: int, passed: bool) -> None:
    items = [item(number) for number in range(100)]
    found = coverage(review(items, [decision(each) for each in items[:decided]]), SETTINGS)
    assert (found.passed, len(found.items)) == (passed, 100 - decided)


def test_unsure_does_not_cover() -> None:
    items = [item(1)]
    assert coverage(review(items, [decision(items[0], "unsure")]), SETTINGS).passed is False


@pytest.mark.parametrize(("seconds", "count", "passed"), [(2.0, 20, True), (1.9, 20, False), (1.9, 19, True)])
def test_a_pace_nobody_reads_at(seconds: float, count: int, passed: bool) -> None:
    items = [item(number) for number in range(count)]
    decisions = [decision(each, seconds=number * seconds) for number, each in enumerate(items)]
    assert rubber_stamping(review(items, decisions), SETTINGS).passed is passed


def test_a_bulk_decision_is_one_instant_and_no_pace() -> None:
    items = [item(number) for number in range(500)]
    assert rubber_stamping(review(items, [decision(each) for each in items]), SETTINGS).passed


@pytest.mark.parametrize(
    ("count", "comment", "other", "passed"),
    [(20, "", "certify", False), (19, "", "certify", True), (20, "needed", "certify", True), (20, "", "revoke", True)],
)
def test_certifying_everything_without_a_word(count: int, comment: str, other: str, passed: bool) -> None:
    items = [item(number, recommendation=Verdict.REVOKE if number == 0 else Verdict.CERTIFY) for number in range(count)]
    decisions = [decision(each, other if number == 1 else "certify") for number, each in enumerate(items)]
    decisions[0] = replace(decisions[0], comment=comment)
    assert rubber_stamping(review(items, decisions), SETTINGS).passed is passed


def test_a_self_review_without_a_reason() -> None:
    one = item()
    silent = decision(one, decided_by="ADA@corp.example")
    assert self_review(review([one], [silent])).items == (one.item_id,)
    assert self_review(review([one], [replace(silent, comment="only administrator")])).passed
    assert self_review(review([one], [decision(one)])).passed


@pytest.mark.parametrize(
    ("status", "passed"), [("active", True), ("unknown", None), (None, None), ("terminated", False)]
)
def test_a_reviewer_who_has_left(status: str, passed: bool | None) -> None:
    person = Person("p", "person", "Grace", "grace@corp.example", None, status, None, True)
    one = item()
    assert inactive_reviewers(review([one], []), {"p": person}).passed is passed
    assert inactive_reviewers(review([one], [decision(one, decided_by="root")]), {"p": person}).passed is None


@pytest.mark.parametrize(
    ("days", "access", "passed"),
    [
        (14, AccessNow.UNCHANGED, True),
        (15, AccessNow.UNCHANGED, False),
        (15, AccessNow.GONE, True),
        (15, AccessNow.UNKNOWN, None),
    ],
)
def test_a_revoke_that_was_not_carried_out(days: int, access: AccessNow, passed: bool | None) -> None:
    one = item()
    revoked = decision(one, "revoke")
    carried_out = {AccessNow.GONE: True, AccessNow.UNKNOWN: None}.get(access, False)
    state = ItemState(one, access, access is AccessNow.CHANGED, carried_out)
    found = revokes_carried_out(review([one], [revoked]), [state], SETTINGS, STARTED + timedelta(days=days))
    assert found.passed is passed


def test_access_that_changed_since_it_was_reviewed() -> None:
    one, two = item(1), item(2)
    states = [ItemState(one, AccessNow.CHANGED, True, None), ItemState(two, AccessNow.UNKNOWN, False, None)]
    assert access_unchanged(states).items == (one.item_id,)
    assert access_unchanged(states[1:]).passed is None
    assert access_unchanged([ItemState(one, AccessNow.UNCHANGED, False, None)]).passed
