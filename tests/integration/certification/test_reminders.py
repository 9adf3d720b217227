"""Whoever has undecided items in a review that is due is named, once the deadline is near."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.certification import deciding
from pipeline.certification.reminders import reminders
from pipeline.home import Home
from pipeline.orchestration.checks.reviews import reviews_on_time
from pipeline.orchestration.resources import HomeResource
from pipeline.settings import Settings
from tests.integration.certification.conftest import Start, by


@pytest.mark.parametrize(("days_left", "named"), [(5, False), (2, True), (-1, True)])
def test_undecided_items_are_announced_from_some_days_before_the_deadline(
    home: Home, started: Start, days_left: int, named: bool
) -> None:
    due = datetime.now(UTC) + timedelta(days=30)
    review = started(directories=("data",), where="kind = 'account'", due_at=due)
    now = due - timedelta(days=days_left)
    found = reminders(home, 3, now)
    assert [(each.name, sum(count for _, count in each.reviewers)) for each in found] == (
        [("q4", len(review.items))] if named else []
    )
    if named:
        assert dict(found[0].reviewers) == {who: len(items) for who, items in review.reviewers().items()}
        assert found[0].text(now).startswith(f"review q4 {'was' if days_left < 0 else 'is'} due {due:%Y-%m-%d}")


def test_the_check_fails_while_somebody_is_to_decide_and_passes_once_it_is_closed(home: Home, started: Start) -> None:
    started(directories=("data",), where="kind = 'account'", due_at=datetime.now(UTC) + timedelta(hours=1))
    failing = reviews_on_time(home=HomeResource(root=str(home.root)))
    assert not failing.passed
    assert "review q4 is due" in str(failing.description)
    deciding.close(home, "q4", ["coverage"], "the quarter is over", Settings(), by())
    assert reviews_on_time(home=HomeResource(root=str(home.root))).passed
