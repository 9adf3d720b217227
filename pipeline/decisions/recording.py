"""Validates one decision, or one undo, and writes it to the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.home import Home
from pipeline.ledger.contradictions import Contradiction, InForce, Persons
from pipeline.ledger.decisions import Acceptance, Decision, Undoing, Verb, faults, new_id, undoing_faults
from pipeline.ledger.store import Ledger
from pipeline.ledger.verification import Tampering
from pipeline.problems import ConfigurationError, Problem
from pipeline.warehouse.verified_ledger import published_heads


@dataclass(frozen=True)
class DecisionContext:
    """Who decides, who types it in, and when."""

    decided_by: str
    entered_by: str
    now: datetime

    def decision(
        self, verb: Verb, account_key: str | None, target: str, reason: str, expires_at: datetime | None
    ) -> Decision:
        """A new decision, made now."""
        who, now = self.decided_by, self.now
        return Decision(new_id(), verb, account_key, target, reason, who, now, expires_at, self.entered_by, now)

    def undoing(self, reason: str) -> Undoing:
        """A new undoing, made now."""
        return Undoing(self.decided_by, self.now, reason, self.entered_by, self.now)


def record(ledger: Ledger, decision: Decision, persons: Persons) -> None:
    """Write it down, if it can be true beside everything in force. Raises ConfigurationError where it cannot."""
    if wrong := list(faults(decision)):
        raise ConfigurationError(Problem.of("decision_unfit", reason="; ".join(wrong)))
    with ledger.writing() as writer:
        standing = [each for each in writer.decisions if each.is_in_force(decision.entered_at)]
        found = InForce.of(standing, persons).contradiction(decision)
        if found is not None:
            raise ConfigurationError(refusal(found, standing))
        writer.record(decision)


def refusal(found: Contradiction, decisions: Iterable[Decision]) -> Problem:
    """A contradiction in words, with each decision in the way."""
    if not found.decisions:
        return Problem.of("decision_unfit", reason=f"{found.text}: the rosters say so")
    known = {decision.decision_id: decision for decision in decisions}
    in_the_way = "; ".join(
        f"{each} ({known[each]}, decided by {known[each].decided_by} on {known[each].decided_at:%Y-%m-%d})"
        for each in found.decisions
    )
    return Problem.of("decisions_contradict", reason=found.text, decisions=in_the_way, first=found.decisions[0])


def undo(ledger: Ledger, start: str, undoing: Undoing, verbs: frozenset[Verb]) -> Decision:
    """Write down that a decision does not count any more; gives the decision. `start` begins its id.

    Raises ConfigurationError when no decision of these verbs is called so, several are, or it was undone before.
    """
    if wrong := list(undoing_faults(undoing)):
        raise ConfigurationError(Problem.of("decision_unfit", reason="; ".join(wrong)))
    if ledger.is_absent():
        raise _no_decision(start, "is not in the ledger: nothing was decided yet")
    with ledger.writing() as writer:
        found = [each for each in writer.decisions if each.verb in verbs and each.decision_id.startswith(start)]
        if not found or not start.removeprefix("d-"):
            raise _no_decision(start, "is not in the ledger")
        if len(found) > 1:
            raise _no_decision(start, f"is the beginning of {', '.join(each.decision_id for each in found[:5])}")
        [decision] = found
        if decision.undone is not None:
            when = f"{decision.undone.undone_at:%Y-%m-%d %H:%M} UTC"
            raise _no_decision(start, f"was undone by {decision.undone.undone_by} on {when}")
        writer.undo(decision.decision_id, undoing)
        return decision


def accept_ledger(home: Home, clerk: DecisionContext, reason: str) -> list[Tampering]:
    """Accept a ledger that is not what certify wrote, by this person; gives what was found, empty where nothing was.

    Raises ConfigurationError for a reason or name that cannot be written down, and for a file that is damaged.
    """
    undoing = clerk.undoing(reason)
    if wrong := list(undoing_faults(undoing)):
        raise ConfigurationError(Problem.of("decision_unfit", reason="; ".join(wrong)))
    who, by, now = clerk.decided_by, clerk.entered_by, clerk.now
    acceptance = Acceptance(new_id().replace("d-", "a-"), who, reason, by, now)
    return Ledger.of(home).accept(acceptance, published_heads(home))


def _no_decision(start: str, reason: str) -> ConfigurationError:
    return ConfigurationError(Problem.of("unknown_decision", decision_id=start, reason=reason))
