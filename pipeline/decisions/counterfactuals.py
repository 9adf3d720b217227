"""What would change a verdict on an account's owner: missing evidence, and the decisions that settle it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.decisions.explain import NEGATIVE, Candidate, Explanation
from pipeline.ledger.decisions import NOBODYS, Verb

SHOWN = 3
"""Candidates that get a command of their own."""


@dataclass(frozen=True)
class Counterfactual:
    """One thing that would change the verdict; `arguments` follow `certify`, empty where no command does it."""

    text: str
    arguments: str = ""


def counterfactuals(explanation: Explanation) -> list[Counterfactual]:
    """What would change the verdict, the likeliest first; decisions in force come before all, because they rule."""
    account = explanation.account
    if account["is_authoritative"]:
        return [Counterfactual("it is a row of a roster, and stands for the person the roster says; fix it there")]
    ruling = [each for each in explanation.decisions if each.decision.account_key == account["account_key"]]
    undoing = [
        Counterfactual(f"the decision to {_words(each.decision.verb)} it", _undo(each.decision.decision_id))
        for each in ruling
    ]
    if account["account_kind"] in NOBODYS:
        return [*undoing, *_of_a_service(explanation)]
    if account["status"] == "manual":
        return undoing
    return [*undoing, *_of_evidence(explanation), *_of_decisions(explanation)]


def _words(verb: Verb) -> str:
    return {Verb.LINK: "link", Verb.UNLINK: "tell apart", Verb.OWNER: "give an owner to", Verb.KIND: "classify"}[verb]


def _of_a_service(explanation: Explanation) -> Iterator[Counterfactual]:
    kind, key = explanation.account["account_kind"], explanation.account["account_key"]
    if kind != "break_glass":
        for owner in explanation.owners[:SHOWN]:
            if owner.person and owner.identity_id != explanation.account["owner_identity_id"]:
                yield Counterfactual(f"if {_named(owner)} answers for it", _decide("owner", key, owner.person))
        yield Counterfactual("if somebody else answers for it", _decide("owner", key, None))
    yield Counterfactual("if it is a person's own", _decide("kind", key, "human"))


def _of_decisions(explanation: Explanation) -> Iterator[Counterfactual]:
    account, key = explanation.account, explanation.account["account_key"]
    if account["status"] == "assigned":
        person = account["person_key"]
        if person:
            yield Counterfactual(f"if it is not {account['person']}'s", _decide("unlink", key, person))
            yield Counterfactual("if it is, whatever the evidence says in future", _decide("link", key, person))
    else:
        for candidate in explanation.candidates[:SHOWN]:
            if candidate.person:
                yield Counterfactual(f"if it is {_named(candidate)}'s", _decide("link", key, candidate.person))
        yield Counterfactual(
            f"if it is somebody{' else' if explanation.candidates else ''}'s", _decide("link", key, None)
        )
    yield Counterfactual("if it is no person's own", _decide("kind", key, "service"))


def _of_evidence(explanation: Explanation) -> Iterator[Counterfactual]:
    """How much is missing, in the terms of the rules."""
    confidence, lead = (explanation.limits.get(f"assignment_{name}") for name in ("confidence", "odds"))
    if explanation.account["status"] == "assigned" or not explanation.candidates or confidence is None or lead is None:
        return
    best = explanation.candidates[0]
    needed = confidence
    if len(explanation.candidates) > 1:
        odds = lead * explanation.candidates[1].odds
        needed = max(confidence, odds / (1 + odds))
    if best.confidence >= needed:
        return
    for rule, factor in best.factors.items():
        without = best.confidence / factor
        if without >= needed:
            yield Counterfactual(
                f"without {rule} (x {factor:g}) {best.name} would be at {without:.2f}, and {needed:.2f} are needed"
            )
    weight = _missing(best, needed)
    if weight is None:
        yield Counterfactual(f"{needed:.2f} are needed; what speaks against {best.name} leaves no room for that")
        return
    unused = sorted(
        ((-worth, rule) for (family, rule), worth in explanation.rules.items() if _is_new(family, best, worth, weight))
    )
    such = f", such as {', '.join(f'{rule} ({-worth:.2f})' for worth, rule in unused[:4])}" if unused else ""
    yield Counterfactual(
        f"{needed:.2f} are needed: evidence for {best.name} of another kind, worth {weight:.2f} or more{such}"
    )


def _is_new(family: str, best: Candidate, worth: float, weight: float) -> bool:
    return family not in best.families and family not in (NEGATIVE, "decision") and worth >= weight


def _missing(candidate: Candidate, needed: float) -> float | None:
    """The weight of one more family that brings a candidate to `needed`; None where none could."""
    positive = needed / candidate.factor
    if positive >= 1:
        return None
    return 1 - (1 - positive) / (1 - candidate.positive)


def _named(candidate: Candidate) -> str:
    """Of two persons of one name, which."""
    return f"{candidate.name} ({candidate.email})" if candidate.email else candidate.name


def _decide(verb: str, key: str, target: str | None) -> str:
    return f"identity {verb} {shlex.quote(key)} {shlex.quote(target) if target else 'PERSON'} --reason TEXT"


def _undo(decision_id: str) -> str:
    return f"identity undo {decision_id} --reason TEXT"
