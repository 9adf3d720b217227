"""The model of a decision, and what makes one invalid."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without the letters people mistake for others when they copy an id by hand."""

LONGEST_REASON, LONGEST_NAME = 2_000, 200


class Verb(StrEnum):
    """What is decided."""

    LINK = "link"
    """The account belongs to the same person as the account `target`."""
    UNLINK = "unlink"
    """The account does not belong to the person of the account `target`."""
    OWNER = "owner"
    """The person of the account `target` answers for the account."""
    KIND = "kind"
    """The account is a `target`."""
    EXCEPT = "except"
    """The finding `target` is accepted until a date."""


class AccountKind(StrEnum):
    """What an account may be."""

    HUMAN = "human"
    SERVICE = "service"
    SHARED = "shared"
    BREAK_GLASS = "break_glass"
    UNKNOWN = "unknown"


NOBODYS = frozenset({AccountKind.SERVICE, AccountKind.SHARED, AccountKind.BREAK_GLASS})
"""Kinds of accounts that are no person's own."""


@dataclass(frozen=True)
class Undoing:
    """That a decision does not count any more; a fact beside it, so that neither is ever lost."""

    undone_by: str
    undone_at: datetime
    reason: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class Anchor:
    """Who an account that a decision names was: it is found again by this when its key changes."""

    decision_id: str
    account_key: str
    is_authoritative: bool
    employee_id: str | None
    email: str | None
    noted_at: datetime


@dataclass(frozen=True)
class Acceptance:
    """That the ledger counts as it is, although certify did not write it so: who says that, and why."""

    acceptance_id: str
    accepted_by: str
    reason: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class Decision:
    """One decision. Every instant is in UTC and knows it.

    `account_key` is whom it is about; of an exception the account of the finding. `target` is another account_key, a
    kind or a finding_id, by the verb. `decided_by` decided, `entered_by` (a user of this machine) typed it in.
    """

    decision_id: str
    verb: Verb
    account_key: str | None
    target: str
    reason: str
    decided_by: str
    decided_at: datetime
    expires_at: datetime | None
    entered_by: str
    entered_at: datetime
    undone: Undoing | None = None

    def is_in_force(self, at: datetime) -> bool:
        """Whether it counts at that instant: not undone, and its end has not come yet."""
        return self.undone is None and (self.expires_at is None or self.expires_at > at)

    def state(self, at: datetime) -> str:
        """`in_force`, `expired` or `undone`."""
        if self.undone is not None:
            return "undone"
        return "in_force" if self.is_in_force(at) else "expired"

    def __str__(self) -> str:
        about = self.target if self.verb is Verb.EXCEPT else f"{self.account_key} {self.target}"
        return f"{self.verb} {about}"


def new_id() -> str:
    """An id no other decision has, in this ledger or in any it may be merged with."""
    return "d-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def is_id(text: str) -> bool:
    """Whether it looks like one."""
    return text.startswith("d-") and len(text) == 12 and set(text[2:]) <= set(_ALPHABET)


def faults(decision: Decision) -> Iterator[str]:
    """What is wrong with a decision by itself, as `field: what is wrong`."""
    if decision.verb is Verb.EXCEPT:
        if decision.expires_at is None:
            yield "expires_at: an exception needs an end date"
    elif not decision.account_key:
        yield "account_key: is missing"
    if decision.verb is Verb.KIND and decision.target not in set(AccountKind):
        yield f"target: '{decision.target}' is no kind; it is one of {', '.join(AccountKind)}"
    if decision.verb in (Verb.LINK, Verb.UNLINK, Verb.OWNER) and decision.target == decision.account_key:
        yield "target: is the account itself"
    if decision.expires_at is not None and decision.expires_at <= decision.decided_at:
        yield "expires_at: lies before the decision"
    if decision.decided_at > decision.entered_at:
        yield "decided_at: lies in the future"
    yield from text_faults("account_key", decision.account_key or "-", LONGEST_REASON)
    yield from text_faults("target", decision.target, LONGEST_REASON)
    yield from text_faults("reason", decision.reason, LONGEST_REASON)
    yield from text_faults("decided_by", decision.decided_by, LONGEST_NAME)
    if decision.undone is not None:
        yield from undoing_faults(decision.undone)


def undoing_faults(undoing: Undoing) -> Iterator[str]:
    """The same for an undoing."""
    if undoing.undone_at > undoing.entered_at:
        yield "undone_at: lies in the future"
    yield from text_faults("undone_reason", undoing.reason, LONGEST_REASON)
    yield from text_faults("undone_by", undoing.undone_by, LONGEST_NAME)


def text_faults(field: str, text: str, longest: int) -> Iterator[str]:
    """What is wrong with a text that a ledger is to keep, as `field: what is wrong`."""
    if not text.strip():
        yield f"{field}: is missing"
    if len(text) > longest:
        yield f"{field}: is longer than {longest} characters"
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        yield f"{field}: holds characters that no database keeps"
