"""Reads campaigns from the ledger and adds to them: one transaction for everything that belongs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from pipeline.certification.documents import choices, packed, packed_scope
from pipeline.certification.model import Campaign, Closing, DecisionInput, Item, Reassignment, Recorded, Review
from pipeline.certification.records import (
    campaign_of,
    campaign_row,
    closing_of,
    closing_row,
    decision_of,
    decision_row,
    reassignment_of,
    reassignment_row,
)
from pipeline.certification.validation import validated
from pipeline.home import Home
from pipeline.ledger.review_tables import CampaignRow, ClosingRow, ReassignmentRow, ReviewDecisionRow
from pipeline.ledger.store import Ledger
from pipeline.ledger.tables import Base
from pipeline.problems import ConfigurationError, Problem, Refused

R = TypeVar("R", bound=Base)


class Selects(Protocol):
    """Gives the rows a query asks for: of the ledger at rest, or of one that is open for writing."""

    def __call__(self, query: Select[R], /) -> list[R]: ...


def campaign_names(home: Home) -> list[str]:
    """The names of every campaign, oldest first."""
    query = select(CampaignRow).options(defer(CampaignRow.scope)).order_by(CampaignRow.started_at, CampaignRow.name)
    return [row.name for row in Ledger.of(home).select(query)]


def campaign_states(home: Home) -> dict[str, str]:
    """By the name of every campaign: open or closed."""
    closed = {row.campaign_id for row in Ledger.of(home).select(select(ClosingRow).options(defer(ClosingRow.result)))}
    rows = Ledger.of(home).select(select(CampaignRow).options(defer(CampaignRow.scope)))
    return {row.name: "closed" if row.campaign_id in closed else "open" for row in rows}


def load_campaign(home: Home, name: str) -> Review:
    """A campaign with everything recorded about it.

    Raises ConfigurationError `unknown_campaign` where there is none of that name, and what `Ledger.read` raises.
    """
    return _loaded(home, name, Ledger.of(home).select)


def load_all(home: Home) -> list[Review]:
    """Every campaign, oldest first."""
    return [load_campaign(home, name) for name in campaign_names(home)]


def store_campaign(home: Home, campaign: Campaign, items: Sequence[Item]) -> None:
    """Record a new campaign with its items: all of it, or nothing. ConfigurationError where its name is taken."""
    chosen = choices(campaign.scope, campaign.directories, campaign.where, campaign.fallbacks, campaign.default)
    row = campaign_row(campaign, packed_scope(chosen, campaign.context, items))
    with Ledger.of(home).writing() as book:
        query = select(CampaignRow).options(defer(CampaignRow.scope)).where(CampaignRow.name == campaign.name)
        if book.select(query):
            raise ConfigurationError(Problem.of("campaign_exists", name=campaign.name))
        book.append(CampaignRow, [row])


def record_decisions(
    home: Home,
    name: str,
    rows: Sequence[DecisionInput],
    decided_by: str,
    imported_by: str,
    *,
    source: str = "terminal",
    now: datetime | None = None,
) -> Recorded:
    """Record every valid row, in one transaction; say of each other one why it was refused.

    `source` names where the rows come from (of a file: its kind and SHA-256): the same rows from the same source
    change nothing, whatever was decided since. Raises Refused `campaign_closed`, and what `load_campaign` raises.
    """
    with Ledger.of(home).writing() as book:
        review = _loaded(home, name, book.select)
        _demand_open(review)
        outcome = validated(review, rows, decided_by, imported_by, source, now or datetime.now(UTC))
        of_it, items = review.campaign.campaign_id, review.by_id
        book.append(ReviewDecisionRow, [decision_row(of_it, each, items[each.item_id]) for each in outcome.added])
    return outcome


def store_reassignments(home: Home, name: str, made: Callable[[Review], Sequence[Reassignment]]) -> list[Reassignment]:
    """Record the reassignments that `made` gives for the campaign as it is; what it raises leaves nothing recorded."""
    with Ledger.of(home).writing() as book:
        review = _loaded(home, name, book.select)
        _demand_open(review)
        added = list(made(review))
        book.append(ReassignmentRow, [reassignment_row(review.campaign.campaign_id, each) for each in added])
    return added


def store_closing(home: Home, name: str, made: Callable[[Review], Closing]) -> Closing:
    """Close a campaign with what `made` gives for it as it is; what it raises leaves it open."""
    with Ledger.of(home).writing() as book:
        review = _loaded(home, name, book.select)
        _demand_open(review)
        closing = made(review)
        book.append(ClosingRow, [closing_row(review.campaign.campaign_id, closing, packed(closing.result))])
    return closing


def _demand_open(review: Review) -> None:
    if review.closing is not None:
        raise Refused(
            Problem.of(
                "campaign_closed",
                name=review.campaign.name,
                closed_by=review.closing.closed_by,
                closed_at=f"{review.closing.closed_at:%Y-%m-%d %H:%M}",
            )
        )


def _loaded(home: Home, name: str, rows: Selects) -> Review:
    found = rows(select(CampaignRow).where(CampaignRow.name == name))
    if not found:
        known = ", ".join(campaign_names(home)) or "none yet"
        raise ConfigurationError(Problem.of("unknown_campaign", name=name, known=known))
    try:
        campaign, items = campaign_of(found[0])
        of_it, by_id = campaign.campaign_id, {item.item_id: item for item in items}
        decided = select(ReviewDecisionRow).where(ReviewDecisionRow.campaign_id == of_it)
        given = select(ReassignmentRow).where(ReassignmentRow.campaign_id == of_it)
        closed = select(ClosingRow).where(ClosingRow.campaign_id == of_it)
        return Review(
            campaign,
            items,
            tuple(decision_of(row, by_id) for row in rows(decided.order_by(ReviewDecisionRow.sequence))),
            tuple(reassignment_of(row) for row in rows(given.order_by(ReassignmentRow.sequence))),
            next((closing_of(row) for row in rows(closed)), None),
        )
    except (ValueError, KeyError, TypeError) as error:
        reason = f"holds a campaign that certify did not write ({error})"
        raise ConfigurationError(Problem.of("ledger_unreadable", file=home.ledger, reason=reason)) from error
