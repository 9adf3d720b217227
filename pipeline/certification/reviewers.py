"""Chooses who reviews an access: the owner's manager, the owner, then a fallback; never the person it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.certification.self_review import plain
from pipeline.problems import ConfigurationError, Problem


@dataclass(frozen=True)
class Person:
    """A person or service of identity.identities, as far as reviews need to know."""

    identity_id: str
    identity_kind: str
    display_name: str
    email: str | None
    employee_id: str | None
    employment_status: str
    manager_identity_id: str | None
    is_in_roster: bool

    @property
    def name(self) -> str:
        return self.display_name or self.email or self.employee_id or self.identity_id

    def unfit(self) -> str:
        """Why they cannot review anything, in words; empty when they can."""
        if self.identity_kind != "person":
            return f"{self.name} is a service"
        if not self.is_in_roster:
            return f"{self.name} is in no roster"
        if self.employment_status == "terminated":
            return f"{self.name} has left"
        if self.employment_status != "active":
            return f"whether {self.name} still works here is not known"
        return "" if self.email else f"{self.name} has no e-mail address"


@dataclass(frozen=True)
class Reviewer:
    """Who reviews an item: the address, the name, the rule that chose them and why it did."""

    address: str
    name: str
    rule: str
    reason: str


@dataclass(frozen=True)
class NoReviewer:
    """That nobody can review an item, and why each candidate cannot."""

    reason: str


@dataclass(frozen=True)
class Reviewers:
    """Everybody known, by identity_id, and the fallbacks, in the order they are asked."""

    people: Mapping[str, Person]
    fallbacks: Sequence[Person]

    def of(self, owner_id: str | None, person_id: str) -> Reviewer | NoReviewer:
        """Who reviews an access that `owner_id` answers for and that is the own access of `person_id` (empty: none)."""
        passed_over: list[str] = []
        for rule, candidate, why in self._candidates(owner_id, passed_over):
            unfit = candidate.unfit()
            if not unfit and candidate.identity_id == person_id:
                unfit = f"{candidate.name} would review their own access"
            if unfit:
                passed_over.append(unfit)
                continue
            return Reviewer(candidate.email or "", candidate.name, rule, "; ".join((why, *_once(passed_over))))
        return NoReviewer("; ".join(_once(passed_over)) or "no owner is known, and no fallback is named")

    def _candidates(self, owner_id: str | None, passed_over: list[str]) -> Iterator[tuple[str, Person, str]]:
        owner = self.people.get(owner_id or "")
        if owner is None:
            passed_over.append("no owner is known")
        else:
            manager = self.people.get(owner.manager_identity_id or "")
            if manager is None:
                passed_over.append(f"no manager of {owner.name} is known")
            else:
                yield "owner_manager", manager, f"manages {owner.name}"
            yield "owner", owner, "answers for the account"
        for fallback in self.fallbacks:
            yield "fallback", fallback, "fallback reviewer"


def named(people: Mapping[str, Person], address: str) -> Person | None:
    """The person of that address: of a roster before others."""
    found = [each for each in people.values() if each.email and plain(each.email) == plain(address)]
    return min(found, key=lambda each: (not each.is_in_roster, each.identity_id), default=None)


def fit_reviewer(people: Mapping[str, Person], address: str) -> Person:
    """The person of that address, who can review. Where no roster is connected it is taken as stated.

    Raises ConfigurationError `reviewer_unfit` with the exact reason.
    """
    person = named(people, address)
    if not any(each.is_in_roster for each in people.values()):
        return Person(f"stated:{address}", "person", address, address, None, "active", None, True)
    reason = f"{address} is in no roster" if person is None else person.unfit()
    if person is None or reason:
        raise ConfigurationError(Problem.of("reviewer_unfit", address=address, reason=reason))
    return person


def _once(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))
