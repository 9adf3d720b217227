"""How a campaign stands: its items against what is published now, and the tests of its quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.certification import access
from pipeline.certification.campaigns import load_campaign
from pipeline.certification.drift import ItemState, Now, by_reviewer, states
from pipeline.certification.model import Review
from pipeline.certification.quality import QualityTest, quality_tests
from pipeline.certification.reviewers import Person
from pipeline.home import Home
from pipeline.settings import Settings
from pipeline.warehouse.query import Ask, questions


@dataclass(frozen=True)
class Standing:
    """A campaign, the state of each of its items, the tests of its quality, and everybody the rosters know."""

    review: Review
    states: list[ItemState]
    tests: list[QualityTest]
    people: Mapping[str, Person]
    now: Now
    publication: Mapping[str, Any]

    @property
    def failed(self) -> list[QualityTest]:
        return [test for test in self.tests if test.passed is False]

    def counts(self, found: list[ItemState] | None = None) -> dict[str, int]:
        """How many items there are, of all or of these, and how many of them stand how."""
        chosen = self.states if found is None else found
        decided = sum(self.review.is_decided(state.item) for state in chosen)
        return {
            "items": len(chosen),
            "decided": decided,
            "undecided": len(chosen) - decided,
            "needs_re_review": sum(state.needs_re_review for state in chosen),
        }

    def by_reviewer(self) -> dict[str, dict[str, int]]:
        """The same by the reviewer's address."""
        return {who: self.counts(found) for who, found in by_reviewer(self.review, self.states).items()}


def people_of(ask: Ask) -> dict[str, Person]:
    """Everybody in identity.identities, by identity_id."""
    return {str(row["identity_id"]): Person(**row) for row in ask(access.PEOPLE).records()}


def standing(home: Home, name: str, settings: Settings, at: datetime) -> Standing:
    """How the campaign of that name stands; raises as `load_campaign` and `query` do."""
    return standing_of(home, load_campaign(home, name), settings, at)


def standing_of(home: Home, review: Review, settings: Settings, at: datetime) -> Standing:
    """How a campaign that was loaded stands."""
    with questions(home) as ask:
        now = Now.read(lambda sql, parameters: ask(sql, parameters).records(), review.items)
        people = people_of(ask)
        publication = ask(access.CONTEXT["publication"]).records()[0]
    found = states(review, now)
    return Standing(review, found, quality_tests(review, found, people, settings, at), people, now, publication)
