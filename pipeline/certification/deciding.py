"""What people do with a campaign: decide an item, give items to another reviewer, close it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.certification.campaigns import load_campaign, record_decisions, store_closing, store_reassignments
from pipeline.certification.context import thresholds
from pipeline.certification.documents import canonical
from pipeline.certification.drift import AccessNow
from pipeline.certification.model import (
    Closing,
    DecisionInput,
    Item,
    Reassignment,
    Review,
    ReviewDecision,
)
from pipeline.certification.outcomes import outcome_of
from pipeline.certification.published import refresh
from pipeline.certification.quality import NAMES
from pipeline.certification.reviewers import Person, fit_reviewer
from pipeline.certification.standing import Standing, standing, standing_of
from pipeline.home import Home
from pipeline.ledger.decisions import LONGEST_REASON, new_id, text_faults
from pipeline.problems import ConfigurationError, Problem, Refused
from pipeline.settings import Settings


@dataclass(frozen=True)
class By:
    """Who does it, as stated, who typed it in, as known, and when."""

    who: str
    entered_by: str
    now: datetime


def item_called(review: Review, start: str) -> Item:
    """The item of that id, or the one whose id begins so. Raises ConfigurationError for none and for several."""
    found = [item for item in review.items if item.item_id.startswith(start)] if start else []
    exact = review.by_id.get(start)
    if exact is not None:
        return exact
    if len(found) != 1:
        reason = "several items begin so" if found else f"no item of campaign {review.campaign.name} is called that"
        raise ConfigurationError(Problem.of("unknown_item", item=start, reason=reason, name=review.campaign.name))
    return found[0]


def decide(
    home: Home, name: str, item: str, decision: str, comment: str, settings: Settings, by: By
) -> tuple[Item, ReviewDecision | None, AccessNow]:
    """Decide one item as it is now; the decision is None where the same was decided before.

    Gives how the access is now beside what was frozen. Raises ConfigurationError where it is no decision.
    """
    stands = standing(home, name, settings, by.now)
    found = item_called(stands.review, item)
    row = DecisionInput(1, found.item_id, found.digest, decision, comment, access=stands.now.facts(found))
    recorded = record_decisions(home, name, [row], by.who, by.entered_by, now=by.now)
    if recorded.refused:
        raise ConfigurationError(Problem.of("decision_unfit", reason=recorded.refused[0].reason))
    refresh(home, name)
    return found, next(iter(recorded.added), None), stands.now.of(found, found.access)


def reassign(
    home: Home, name: str, items: Sequence[str], from_reviewer: str, to: str, note: str, settings: Settings, by: By
) -> list[Item]:
    """Give undecided items to another reviewer: those named, or all undecided ones of `from_reviewer`.

    Raises ConfigurationError, with nothing changed, where one is decided, is the new reviewer's own access, or the new
    reviewer cannot review.
    """
    if wrong := list(text_faults("note", note, LONGEST_REASON)):
        raise ConfigurationError(Problem.of("decision_unfit", reason="; ".join(wrong)))
    people = standing(home, name, settings, by.now).people
    reviewer = fit_reviewer(people, to)

    def made(review: Review) -> list[Reassignment]:
        chosen = [item_called(review, each) for each in items] or [
            item for item in review.items if review.reviewer_of(item) == from_reviewer and not review.is_decided(item)
        ]
        if not chosen:
            reason = f"{from_reviewer or 'nobody'} has no undecided item in {name}"
            raise ConfigurationError(Problem.of("decision_unfit", reason=reason))
        _demand_undecided(review, chosen, reviewer)
        return [
            Reassignment(f"r-{new_id()[2:]}", item.item_id, reviewer.email or to, note, by.who, by.entered_by, by.now)
            for item in chosen
        ]

    added = store_reassignments(home, name, made)
    refresh(home, name)
    review = load_campaign(home, name)
    return [review.by_id[each.item_id] for each in added]


def _demand_undecided(review: Review, chosen: Sequence[Item], reviewer: Person) -> None:
    for item in chosen:
        if review.is_decided(item):
            reason = f"{item.item_id} is decided; only undecided items can be reassigned"
            raise ConfigurationError(Problem.of("decision_unfit", reason=reason))
        if item.person_id and item.person_id == reviewer.identity_id:
            reason = f"{item.item_id} is {reviewer.name}'s own access"
            raise ConfigurationError(Problem.of("decision_unfit", reason=reason))


def close(
    home: Home, name: str, accepted: Sequence[str], reason: str, settings: Settings, by: By
) -> tuple[Standing, Closing]:
    """Close a campaign; undecided items come to its default. `accepted` are failing tests it may be closed in spite of.

    Raises Refused `close_refused` for a test that fails and is not accepted, and ConfigurationError for an acceptance
    without a reason or of a test there is not.
    """
    unknown = sorted(set(accepted) - set(NAMES))
    if unknown or (accepted and not reason.strip()):
        said = f"there is no test {', '.join(unknown)}" if unknown else "accepting a failed test needs a --reason"
        raise ConfigurationError(Problem.of("decision_unfit", reason=said))

    def made(review: Review) -> Closing:
        current = standing_of(home, review, settings, by.now)
        if failing := [test for test in current.failed if test.name not in accepted]:
            shown = "; ".join(f"{test.name}: {test.message}" for test in failing)
            first = failing[0].name
            raise Refused(Problem.of("close_refused", name=name, failing=shown, first=first))
        return _closing(current, accepted, reason, settings, by)

    closing = store_closing(home, name, made)
    refresh(home, name)
    return standing(home, name, settings, by.now), closing


def _closing(current: Standing, accepted: Sequence[str], reason: str, settings: Settings, by: By) -> Closing:
    closing = Closing(by.who, by.now, by.entered_by, {})
    closed = replace(current.review, closing=closing)
    result = {
        "outcomes": {item.item_id: str(outcome_of(closed, item)) for item in closed.items},
        "access_at_close": {state.item.item_id: str(state.access_now) for state in current.states},
        "counts": current.counts(),
        "tests": [{**vars(test), "items": list(test.items), "state": test.state} for test in current.tests],
        "accepted": list(accepted),
        "accepted_reason": reason,
        "settings": thresholds(settings),
        "publication": dict(current.publication),
    }
    return replace(closing, result=json.loads(canonical(result)))  # as it will be read back
