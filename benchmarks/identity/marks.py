"""Precision and recall of a verdict against the answer sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from benchmarks.identity.truth import Label


@dataclass(frozen=True)
class Mark:
    """`found` and `true` overlap in `right`; a share of nothing counts as 1."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """How much of what was found is true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """How much of what is true was found."""
        return self.right / self.true if self.true else 1.0


def pairs(labels: Iterable[Label], identity_of: Mapping[str, str]) -> Mark:
    """Pairs of human accounts, roster rows included, that are (or are said to be) one person's.

    An account without an identity is in no pair.
    """
    both: Counter[tuple[str, str]] = Counter()
    by_entity: Counter[str] = Counter()
    by_identity: Counter[str] = Counter()
    for label in labels:
        if label.kind != "human":
            continue
        by_entity[label.entity] += 1
        identity = identity_of.get(label.account_key)
        if identity is not None:
            by_identity[identity] += 1
            both[label.entity, identity] += 1
    return Mark(_pairs(both), _pairs(by_identity), _pairs(by_entity))


def orphans(labels: Iterable[Label], flagged: Set[str]) -> Mark:
    """Accounts said to be orphaned, of any reason; roster rows and undecidable accounts are left out."""
    marked = [label for label in labels if not label.in_roster and label.orphan_reason != "undecidable"]
    true = {label.account_key for label in marked if label.orphan_reason}
    flagged = flagged & {label.account_key for label in marked}
    return Mark(len(true & flagged), len(flagged), len(true))


ACCEPTED = {"room": {"shared", "service"}, "test": {"shared", "service"}}
"""Kinds of the answer sheet that have no one name among ours: any of these is right."""


def kinds(labels: Iterable[Label], kind_of: Mapping[str, str]) -> dict[str, Mark]:
    """A mark for each kind, and one for `all`; `unknown` says nothing, and rows of the roster are left out.

    Accounts that show no kind are left out too. A room or a test user counts as whichever accepted kind it was given.
    """
    right, found, true = Counter[str](), Counter[str](), Counter[str]()
    for label in labels:
        if label.in_roster or not label.kind_telling:
            continue
        said, accepted = kind_of.get(label.account_key, "unknown"), ACCEPTED.get(label.kind, {label.kind})
        true[said if said in accepted else min(accepted)] += 1
        found[said] += said != "unknown"
        right[said] += said in accepted
    marked = {kind: Mark(right[kind], found[kind], true[kind]) for kind in sorted(true)}
    return {**marked, "all": Mark(right.total(), found.total(), true.total())}


def accounts(found: Set[str], true: Set[str]) -> Mark:
    """Accounts a finding names, against those it should name."""
    return Mark(len(found & true), len(found), len(true))


def _pairs(counts: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())
