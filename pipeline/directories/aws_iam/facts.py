"""What is known of an account while it is read, before it becomes tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.directories.aws_iam.records import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    User,
    UserAttributes,
)

FEW_USERS = 10
"""In an account of so many users, asking for each costs no more than asking again for an answer about all."""

PrincipalType = Literal["user", "group"]
Gaps = defaultdict[str, dict[str, str]]
"""By id, then by the gap's column: why that fact is unknown."""


def _gaps() -> Gaps:
    return defaultdict(dict)


@dataclass
class AccessInventory:
    """Who may do what: groups, memberships, policies, tags and boundaries. Users and groups are keyed by id.

    `gone` holds users that vanished while we read. An inline policy whose document was not read has a gap under
    (principal type, principal id, policy name) in `document_gaps`.
    """

    groups: dict[str, Group] = field(default_factory=dict)
    memberships: set[tuple[str, str]] = field(default_factory=set)
    attached: set[tuple[PrincipalType, str, AttachedPolicy]] = field(default_factory=set)
    inline: dict[tuple[PrincipalType, str, str], str | None] = field(default_factory=dict)
    document_gaps: dict[tuple[PrincipalType, str, str], str] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    traits: dict[str, UserAttributes] = field(default_factory=dict)
    user_gaps: Gaps = field(default_factory=_gaps)
    group_gaps: Gaps = field(default_factory=_gaps)
    gone: set[str] = field(default_factory=set)

    def attach(self, kind: PrincipalType, principal_id: str, policies: Iterable[AttachedPolicy]) -> None:
        """Managed policies of one principal."""
        self.attached.update((kind, principal_id, policy) for policy in policies)

    def inline_of(self, kind: PrincipalType, principal_id: str, policies: Iterable[InlinePolicy]) -> None:
        """Inline policies of one principal."""
        self.inline.update({(kind, principal_id, policy.name): policy.document for policy in policies})

    def forget_group(self, group_id: str) -> None:
        """A group that was deleted while we read."""
        self.groups.pop(group_id, None)
        self.memberships = {pair for pair in self.memberships if pair[1] != group_id}

    def present(self, users: Mapping[str, User]) -> list[User]:
        """The users not known to have vanished."""
        return [user for user in users.values() if user.user_id not in self.gone]

    def policies_in_use(self) -> dict[str, str]:
        """ARN to name of every managed policy attached to somebody here or used as a boundary."""
        named = {policy.arn: policy.name for _, _, policy in self.attached}
        bounds = {traits.boundary_arn for traits in self.traits.values() if traits.boundary_arn}
        return {**{arn: arn.rsplit("/", 1)[-1] for arn in bounds}, **named}


@dataclass(frozen=True)
class LoginProfile:
    """Whether a user has a console password (None with a `gap`), and of one that exists its own use.

    `state` is None where there is no password or none is known; `last_used_at` never is the sign-in with an earlier,
    deleted password. `created_at` None with a `created_gap`, `state` unknown with a `last_used_gap`.
    """

    has_password: bool | None
    created_at: datetime | None = None
    created_gap: str | None = None
    last_changed_at: datetime | None = None
    state: Literal["used", "never_used", "unknown"] | None = None
    last_used_at: datetime | None = None
    last_used_gap: str | None = None
    source: Literal["GetLoginProfile", "credential_report"] | None = None
    evidence_as_of: datetime | None = None
    gap: str | None = None


@dataclass(frozen=True)
class Mfa:
    """Whether a user has an MFA device, and the instant that was true at."""

    is_enabled: bool
    evidence_as_of: datetime | None


@dataclass(frozen=True)
class KeyFact:
    """One access key and its use; `state` unknown with a `gap`."""

    key_id: str
    user_id: str
    status: str
    created_at: datetime | None
    state: Literal["used", "never_used", "unknown"]
    used_at: datetime | None = None
    service: str | None = None
    region: str | None = None
    source: Literal["credential_report", "GetAccessKeyLastUsed"] | None = None
    evidence_as_of: datetime | None = None
    gap: str | None = None


@dataclass(frozen=True)
class OtherCredentials:
    """The live credentials of a user beside password and access keys, by kind, as of the oldest answer."""

    kinds: tuple[str, ...]
    evidence_as_of: datetime | None


@dataclass
class Credentials:
    """Passwords, keys and MFA of users, keyed by user id; `keys_as_of` is the instant the list of a user's keys was
    true at. `others` holds only users who need it: those without a password and an active key."""

    logins: dict[str, LoginProfile] = field(default_factory=dict)
    keys: list[KeyFact] = field(default_factory=list)
    mfa: dict[str, Mfa] = field(default_factory=dict)
    others: dict[str, OtherCredentials] = field(default_factory=dict)
    keys_as_of: dict[str, datetime | None] = field(default_factory=dict)
    user_gaps: Gaps = field(default_factory=_gaps)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def unread(cls, users: Iterable[str], gap: str) -> Credentials:
        """Nothing is known of anybody, and why."""
        credentials = cls()
        for user_id in users:
            credentials.logins[user_id] = LoginProfile(None, gap=gap)
            credentials.user_gaps[user_id].update(access_keys_gap=gap, mfa_gap=gap)
        return credentials
