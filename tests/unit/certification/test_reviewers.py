"""Who reviews an access is chosen by rule, and everybody passed over is named with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.certification.reviewers import NoReviewer, Person, Reviewer, Reviewers, fit_reviewer
from pipeline.problems import ConfigurationError

ADA = Person("ada", "person", "Ada", "ada@corp.example", "1", "active", "grace", True)
GRACE = Person("grace", "person", "Grace", "grace@corp.example", "2", "active", None, True)
BOSS = Person("boss", "person", "Boss", "boss@corp.example", "3", "active", None, True)
LEFT = {"employment_status": "terminated"}


def reviewers(*people: Person, fallbacks: tuple[Person, ...] = ()) -> Reviewers:
    return Reviewers({person.identity_id: person for person in people}, fallbacks)


def test_the_owners_manager_reviews_first() -> None:
    found = reviewers(ADA, GRACE).of("ada", "ada")
    assert found == Reviewer("grace@corp.example", "Grace", "owner_manager", "manages Ada")


def test_the_owner_reviews_what_is_not_their_own_access() -> None:
    found = reviewers(replace(ADA, manager_identity_id=None)).of("ada", "")
    reason = "answers for the account; no manager of Ada is known"
    assert found == Reviewer("ada@corp.example", "Ada", "owner", reason)


def test_a_manager_who_has_left_is_passed_over_and_nobody_reviews_their_own_access() -> None:
    found = reviewers(ADA, replace(GRACE, **LEFT), fallbacks=(ADA, BOSS)).of("ada", "ada")
    assert found == Reviewer(
        "boss@corp.example", "Boss", "fallback", "fallback reviewer; Grace has left; Ada would review their own access"
    )


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (replace(GRACE, **LEFT), "Grace has left"),
        (replace(GRACE, employment_status="unknown"), "whether Grace still works here is not known"),
        (replace(GRACE, is_in_roster=False), "Grace is in no roster"),
        (replace(GRACE, email=None), "Grace has no e-mail address"),
        (replace(GRACE, identity_kind="service"), "Grace is a service"),
    ],
)
def test_who_cannot_review_is_named_with_the_reason(person: Person, reason: str) -> None:
    found = reviewers(ADA, person).of("ada", "ada")
    assert found == NoReviewer(f"{reason}; Ada would review their own access")


def test_without_an_owner_and_a_fallback_nobody_reviews() -> None:
    assert reviewers(ADA).of(None, "") == NoReviewer("no owner is known")


def test_a_fallback_is_looked_up_in_the_roster_and_taken_as_stated_where_there_is_none() -> None:
    assert fit_reviewer({"ada": ADA, "grace": GRACE}, " GRACE@corp.example") == GRACE
    with pytest.raises(ConfigurationError, match=r"eve@corp.example is in no roster"):
        fit_reviewer({"ada": ADA}, "eve@corp.example")
    assert fit_reviewer({}, "eve@corp.example").email == "eve@corp.example"
