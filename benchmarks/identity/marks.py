"""Precision and recall of a verdict against the answer sheet.

Belongs here: the arithmetic. Does not belong here: reading verdicts from a warehouse (`evaluate`).
"""

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


def _pairs(counts: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())
