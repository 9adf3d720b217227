"""Finds campaigns that are due with undecided items, and who is still to decide how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.home import Home
from pipeline.warehouse.query import query
from pipeline.warehouse.sql import utc_naive

UNDECIDED = """
    select campaigns.name, campaigns.due_at, items.reviewer, count(*) as undecided
    from review.items as items
    inner join review.campaigns as campaigns using (campaign_id)
    where
        campaigns.status = 'open'
        and campaigns.due_at <= $until
        and coalesce(items.decision, 'unsure') = 'unsure'
    group by all
    order by all
"""


@dataclass(frozen=True)
class Reminder:
    """A campaign that is due, and (address, items) of each reviewer who has undecided ones."""

    name: str
    due_at: datetime
    reviewers: Sequence[tuple[str, int]]

    def text(self, now: datetime) -> str:
        """In a sentence."""
        verb = "was" if self.due_at <= now else "is"
        waiting = ", ".join(f"{who} ({count})" for who, count in self.reviewers)
        total = sum(count for _, count in self.reviewers)
        return f"review {self.name} {verb} due {self.due_at:%Y-%m-%d} and has {total} undecided items: {waiting}"


def reminders(home: Home, days: int, now: datetime) -> list[Reminder]:
    """The open campaigns that are due within so many days, or were, with undecided items. Raises as `query` does."""
    found: dict[tuple[str, datetime], list[tuple[str, int]]] = {}
    rows = query(home, UNDECIDED, {"until": utc_naive(now + timedelta(days=days))}).rows
    for name, due_at, reviewer, undecided in rows:
        found.setdefault((str(name), due_at.replace(tzinfo=UTC)), []).append((str(reviewer), int(undecided)))
    return [Reminder(name, due_at, reviewers) for (name, due_at), reviewers in found.items()]
