"""What an item comes to: the decision that counts, or the campaign's default where there is none."""

from __future__ import annotations

from enum import StrEnum

from pipeline.certification.model import Default, Item, Review, Verdict


class Outcome(StrEnum):
    """What is to happen to an access once its campaign is closed."""

    CERTIFY = "certify"
    REVOKE = "revoke"
    REDUCE = "reduce"
    KEEP_BY_DEFAULT = "keep_by_default"
    REVOKE_BY_DEFAULT = "revoke_by_default"
    UNDECIDED = "undecided"
    """The campaign is open."""

    @property
    def is_revoke(self) -> bool:
        return self in (Outcome.REVOKE, Outcome.REVOKE_BY_DEFAULT)


def outcome_of(review: Review, item: Item) -> Outcome:
    """The outcome of an item as things stand."""
    decision = review.decision_of(item)
    if decision is not None and decision.decision is not Verdict.UNSURE:
        return Outcome(decision.decision)
    if review.closing is None:
        return Outcome.UNDECIDED
    return Outcome.REVOKE_BY_DEFAULT if review.campaign.default is Default.REVOKE else Outcome.KEEP_BY_DEFAULT
