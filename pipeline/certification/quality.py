"""The tests of review quality: each can keep a campaign from being closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.certification.drift import AccessNow, ItemState
from pipeline.certification.model import Review, ReviewDecision, Verdict
from pipeline.certification.reviewers import Person, named
from pipeline.certification.self_review import is_self
from pipeline.settings import Settings

ENOUGH_FOR_A_PACE = 20
"""Decisions at instants of their own from which a pace can be told: a bulk decision is one instant."""
SHOWN = 5
NAMES = (
    "coverage",
    "rubber_stamping",
    "self_review",
    "inactive_reviewers",
    "revokes_carried_out",
    "access_unchanged",
)
"""Of every test, in the order in which they are shown."""


@dataclass(frozen=True)
class QualityTest:
    """How one test stands. `passed` is None where it cannot be told. `items` are the item_ids it objects to."""

    name: str
    passed: bool | None
    message: str
    items: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return {True: "passed", False: "failed", None: "unknown"}[self.passed]


def quality_tests(
    review: Review, found: Sequence[ItemState], people: Mapping[str, Person], settings: Settings, now: datetime
) -> list[QualityTest]:
    """Every test, in the order in which they are shown; `people` are those of the rosters as published now."""
    return [
        coverage(review, settings),
        rubber_stamping(review, settings),
        self_review(review),
        inactive_reviewers(review, people),
        revokes_carried_out(review, found, settings, now),
        access_unchanged(found),
    ]


def coverage(review: Review, settings: Settings) -> QualityTest:
    """Enough items were decided; unsure is no decision."""
    undecided = tuple(item.item_id for item in review.items if not review.is_decided(item))
    decided = len(review.items) - len(undecided)
    share = decided / len(review.items)
    least = f"{settings.review_min_coverage:.0%}"
    said = f"{decided} of {len(review.items)} items are decided ({share:.1%}); {least} must be"
    return QualityTest("coverage", share >= settings.review_min_coverage, said, undecided)


def rubber_stamping(review: Review, settings: Settings) -> QualityTest:
    """Nobody decided faster than anybody can read, or certified everything without a word about what speaks against."""
    reasons, items = [], list[str]()
    for who, decisions in _by_decider(review).items():
        found = [*_too_fast(who, decisions, settings.review_max_pace), *_uniform(review, who, settings)]
        reasons += found
        items += sorted({each.item_id for each in decisions}) if found else []
    return QualityTest("rubber_stamping", not reasons, "; ".join(reasons) or "no sign of it", tuple(items))


def self_review(review: Review) -> QualityTest:
    """Whoever decided about their own access said why."""
    own = [(item, review.decision_of(item)) for item in review.items]
    mine = [(item, each) for item, each in own if each is not None and is_self(item, each.decided_by)]
    silent = tuple(item.item_id for item, each in mine if not each.comment.strip())
    said = f"{len(mine)} decisions are about the decider's own access, {len(silent)} of them without a reason"
    return QualityTest("self_review", not silent, said, silent)


def inactive_reviewers(review: Review, people: Mapping[str, Person]) -> QualityTest:
    """Everybody who decided, or is still to decide, works here; unknown where a roster does not say so."""
    gone, unknown = dict[str, list[str]](), set[str]()
    for item in review.items:
        decision = review.decision_of(item)
        who = decision.decided_by if decision else review.reviewer_of(item)
        person = named(people, who)
        if person is not None and person.employment_status == "terminated":
            gone.setdefault(who, []).append(item.item_id)
        elif person is None or person.employment_status != "active":
            unknown.add(who)
    items = tuple(each for found in gone.values() for each in found)
    if gone:
        return QualityTest("inactive_reviewers", False, f"have left: {_listed(gone)}; decide or reassign again", items)
    if unknown:
        return QualityTest("inactive_reviewers", None, f"no roster says that they work here: {_listed(unknown)}")
    return QualityTest("inactive_reviewers", True, "every reviewer works here")


def revokes_carried_out(review: Review, found: Sequence[ItemState], settings: Settings, now: datetime) -> QualityTest:
    """What was revoked some days ago is gone, as a later read shows."""
    limit = timedelta(days=settings.review_revoke_days)
    overdue, untold, revokes = [], 0, 0
    for state in found:
        decision = review.decision_of(state.item)
        if decision is None or decision.decision is not Verdict.REVOKE:
            continue
        revokes += 1
        if decision.decided_at + limit < now:
            overdue += [state.item.item_id] if state.carried_out is False else []
            untold += state.carried_out is None
    said = f"{len(overdue)} of {revokes} revokes are older than {settings.review_revoke_days} days and not carried out"
    if untold and not overdue:
        return QualityTest("revokes_carried_out", None, f"whether {untold} revokes were carried out was not read")
    return QualityTest("revokes_carried_out", not overdue, said, tuple(overdue))


def access_unchanged(found: Sequence[ItemState]) -> QualityTest:
    """The access is the one that was reviewed; unknown where some could not be read again."""
    changed = tuple(state.item.item_id for state in found if state.needs_re_review)
    said = f"{len(changed)} items have access that changed since it was reviewed: decide them again"
    unread = sum(state.access_now is AccessNow.UNKNOWN for state in found)
    if unread and not changed:
        return QualityTest("access_unchanged", None, f"whether the access of {unread} items changed was not read")
    return QualityTest("access_unchanged", not changed, said if changed else "no access changed", changed)


def _by_decider(review: Review) -> dict[str, list[ReviewDecision]]:
    grouped: dict[str, list[ReviewDecision]] = defaultdict(list)
    for decision in review.decisions:
        grouped[decision.decided_by].append(decision)
    return dict(sorted(grouped.items()))


def _too_fast(who: str, decisions: Sequence[ReviewDecision], most: int) -> Iterator[str]:
    instants = sorted({each.decided_at for each in decisions})
    if len(instants) < ENOUGH_FOR_A_PACE:
        return
    minutes = (instants[-1] - instants[0]).total_seconds() / 60
    if len(instants) - 1 > most * minutes:
        yield f"{who} decided {len(instants)} times in {minutes:.1f} minutes, more than {most} a minute"


def _uniform(review: Review, who: str, settings: Settings) -> Iterator[str]:
    latest = [(item, review.decision_of(item)) for item in review.items]
    own = [(item, each) for item, each in latest if each is not None and each.decided_by == who]
    if len(own) < settings.review_uniform_items or any(each.decision is not Verdict.CERTIFY for _, each in own):
        return
    against = [each for item, each in own if item.recommendation is Verdict.REVOKE]
    if against and not any(each.comment.strip() for each in against):
        yield (
            f"{who} certified all of {len(own)} items, and said nothing about {len(against)} that were recommended to"
            " be revoked"
        )


def _listed(names: Mapping[str, object] | set[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")
