"""Makes one item out of one row of the published tables: evidence, recommendation and reviewer."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.certification import access
from pipeline.certification.documents import sealed
from pipeline.certification.model import Evidence, Item, ItemFinding, ItemKind
from pipeline.certification.recommending import last_used, recommended
from pipeline.certification.reviewers import NoReviewer, Person, Reviewers
from pipeline.warehouse.query import Ask

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Sources:
    """What an item is made from beside its own row. `limit_days` is stale_after_days."""

    reviewers: Reviewers
    limit_days: int
    names: Mapping[str, list[str]]
    findings: Mapping[str, list[Mapping[str, Any]]]
    owner_reasons: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, ask: Ask, reviewers: Reviewers, limit_days: int) -> Sources:
        findings: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in ask(access.FINDINGS).records():
            findings[str(row["account_key"])].append(row)
        names = {str(row["identity_id"]): list(row["names"]) for row in ask(access.NAMES).records()}
        reasons = {
            (str(row["account_key"]), str(row["candidate"])): str(row["reason"])
            for row in ask(access.OWNER_REASONS).records()
        }
        return cls(reviewers, limit_days, names, findings, reasons)

    def person(self, identity_id: str | None) -> Person | None:
        """The person of that id; None for a service and where nobody is known."""
        found = self.reviewers.people.get(identity_id or "")
        return found if found is not None and found.identity_kind == "person" else None

    def names_of(self, person: Person | None) -> tuple[str, ...]:
        """Everything a person may be called by."""
        if person is None:
            return ()
        own = (person.display_name, person.email, person.employee_id, *self.names.get(person.identity_id, ()))
        return tuple(sorted({name for name in own if name}))


def frozen(campaign_id: str, row: Mapping[str, Any], sources: Sources) -> Item | NoReviewer:
    """The item of a row of `access.ITEMS`, or why nobody can review it."""
    person = sources.person(row["identity_id"])
    owner = sources.person(row["owner_identity_id"]) or person
    reviewer = sources.reviewers.of(owner.identity_id if owner else None, person.identity_id if person else "")
    if isinstance(reviewer, NoReviewer):
        return reviewer
    recommendation, reason = recommended(row, sources.limit_days)
    key = row["entitlement_key"] or row["credential_key"] or row["account_key"]
    return sealed(
        Item(
            item_id=item_id(campaign_id, str(row["kind"]), str(key)),
            kind=ItemKind(row["kind"]),
            account_key=row["account_key"],
            entitlement_key=row["entitlement_key"],
            credential_key=row["credential_key"],
            directory_id=row["directory_id"],
            directory_name=row["directory_name"] or row["directory_id"],
            username=row["username"] or "",
            display_name=row["display_name"] or row["username"] or "",
            account_kind=row["account_kind"],
            what=row["what"],
            is_privileged=row["is_privileged"],
            person_id=person.identity_id if person else "",
            person_names=sources.names_of(person),
            reviewer=reviewer.address,
            reviewer_name=reviewer.name,
            reviewer_rule=reviewer.rule,
            reviewer_reason=reviewer.reason,
            evidence=_evidence(row, owner, person, sources),
            recommendation=recommendation,
            recommendation_reason=reason,
            access=json.loads(row["access"]),
        )
    )


def item_id(campaign_id: str, kind: str, key: str) -> str:
    """The id of an item: ten characters a person can copy, the same whenever the same access is frozen."""
    number = int.from_bytes(hashlib.sha256(f"{campaign_id}\n{kind}\n{key}".encode()).digest())
    return "i-" + "".join(_ALPHABET[number >> 5 * place & 31] for place in range(10))


def _evidence(row: Mapping[str, Any], owner: Person | None, person: Person | None, sources: Sources) -> Evidence:
    state, sentence = last_used(row)
    return Evidence(
        last_used_at=_aware(row["last_used_at"]),
        last_used_state=state,
        last_used=sentence,
        owner=_shown(owner),
        owner_status=owner.employment_status if owner else "unknown",
        owner_reason=_owner_reason(row, owner, person, sources),
        findings=tuple(_findings(row, sources)),
        holders=row["holders"],
        population=None if row["holders"] is None else row["population"],
        as_of=row["as_of"].replace(tzinfo=UTC),
    )


def _shown(person: Person | None) -> str:
    if person is None:
        return ""
    return f"{person.name} <{person.email}>" if person.email and person.email != person.name else person.name


def _owner_reason(row: Mapping[str, Any], owner: Person | None, person: Person | None, sources: Sources) -> str:
    if owner is None:
        return row["orphaned_evidence"] or row["ownership_unknown_reason"] or "nothing names an owner"
    if owner is person:
        by_hand = " (decided by a person)" if row["identity_status"] == "manual" else ""
        return f"it is their own account: {row['identity_rules'] or 'linked'}{by_hand}"
    return sources.owner_reasons.get((row["account_key"], owner.identity_id), "named as the owner of the account")


def _findings(row: Mapping[str, Any], sources: Sources) -> list[ItemFinding]:
    return [
        ItemFinding(each["finding_id"], each["finding_type"], each["severity"], each["summary"])
        for each in sources.findings.get(row["account_key"], ())
        if row["kind"] != ItemKind.CREDENTIAL or each["credential_key"] in (None, row["credential_key"])
    ]


def _aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)
