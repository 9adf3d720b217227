"""One emulated account: moto's IAM backend, and what moto does not keep.

Every emulator has backends of its own, not moto's global ones, so that two of them in one test run know nothing of
each other.
Belongs here: what is kept, and looking it up. Filling it is `builder.py`'s, showing it to callers is the `read_*`
modules'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Literal

from moto.iam.models import AccessKey, Group, IAMBackend, ManagedPolicy, Role, User

from pipeline.demo.emulator.errors import no_such_entity
from pipeline.demo.emulator.report import CredentialReport

REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""The region where each partition signs IAM calls."""


@dataclass
class OtherCredential:
    """A credential that is neither password nor access key; `service` and `expires` only of service-specific ones."""

    kind: Literal["certificate", "ssh_key", "service_specific"]
    credential_id: str
    status: str
    created: datetime
    service: str = ""
    expires: datetime | None = None


@dataclass
class UserFacts:
    """What moto's `User` cannot hold.

    `password_created` outlives the password here as little as in AWS: it is read with the profile.
    """

    password_created: datetime | None = None
    password_changed: datetime | None = None
    boundary_arn: str | None = None
    others: list[OtherCredential] = field(default_factory=list)


@dataclass
class RootFacts:
    """The account's root user; it appears only in the credential report and in the account summary."""

    created: datetime
    mfa: bool = True
    password_last_used: datetime | None = None
    key_created: datetime | None = None
    key_last_used: datetime | None = None


@dataclass
class AccountState:
    """An account; `lock` is held while one call is answered, so that reads never meet a half-made change."""

    account_id: str
    partition: str
    backend: IAMBackend
    root: RootFacts
    in_organization: bool = True
    lock: RLock = field(default_factory=RLock, repr=False)
    report: CredentialReport = field(default_factory=CredentialReport)
    _boundaries: Counter[str] = field(default_factory=Counter)
    _facts: dict[str, UserFacts] = field(default_factory=dict)

    @property
    def root_arn(self) -> str:
        """The ARN of the account's root user."""
        return f"arn:{self.partition}:iam::{self.account_id}:root"

    def facts(self, user: User) -> UserFacts:
        """The extra facts of a user; a user made over HTTP starts with none."""
        return self._facts.setdefault(user.id, UserFacts(password_created=user.create_date))

    def set_boundary(self, user: User, arn: str | None) -> None:
        """Give a user a permissions boundary, or take it away."""
        facts = self.facts(user)
        if facts.boundary_arn is not None:
            self._boundaries[facts.boundary_arn] -= 1
        if arn is not None:
            self._boundaries[arn] += 1
        facts.boundary_arn = arn

    def boundary_uses(self, arn: str) -> int:
        """How many users have this policy as their boundary."""
        return self._boundaries[arn]

    def user(self, name: str) -> User:
        """A user by its name; raises NoSuchEntity."""
        found = self.backend.users.get(name)
        if found is None:
            raise no_such_entity(f"The user with name {name} cannot be found.")
        return found

    def group(self, name: str) -> Group:
        """A group by its name; raises NoSuchEntity."""
        found = self.backend.groups.get(name)
        if found is None:
            raise no_such_entity(f"The group with name {name} cannot be found.")
        return found

    def role_by_arn(self, arn: str) -> Role | None:
        """A role by its whole ARN, path included."""
        return next((role for role in self.backend.roles.values() if role.arn == arn), None)

    def policy(self, arn: str) -> ManagedPolicy:
        """A managed policy, AWS's or the customer's; raises NoSuchEntity."""
        found = self.backend.managed_policies.get(arn)
        if found is None:
            raise no_such_entity(f"Policy {arn} does not exist or is not attachable.")
        return found

    def groups_of(self, user: User) -> list[Group]:
        """The groups a user is in, by name."""
        return sorted((g for g in self.backend.groups.values() if user in g.users), key=lambda g: g.name)

    def memberships(self) -> dict[str, list[Group]]:
        """Every user's groups at once: asking user by user would walk all groups for each."""
        found: dict[str, list[Group]] = {}
        for group in sorted(self.backend.groups.values(), key=lambda g: g.name):
            for user in group.users:
                found.setdefault(user.name, []).append(group)
        return found

    def tags(self, user: User) -> list[dict[str, str]]:
        """A user's tags as AWS lists them."""
        found: list[dict[str, str]] = self.backend.tagger.list_tags_for_resource(user.arn)["Tags"]
        return found

    def key_holders(self) -> Iterator[tuple[User, AccessKey]]:
        """Every access key with its user."""
        for user in self.backend.users.values():
            for key in user.access_keys:
                yield user, key

    def remove_key(self, key_id: str) -> None:
        """Delete an access key."""
        holder = next(user for user, key in self.key_holders() if key.access_key_id == key_id)
        holder.access_keys[:] = [key for key in holder.access_keys if key.access_key_id != key_id]

    def remove_user(self, name: str) -> None:
        """Take a user away with everything that hangs on it, as the console's delete does."""
        user = self.user(name)
        for group in self.backend.groups.values():
            if user in group.users:
                group.users.remove(user)
        for policy in list(user.managed_policies.values()):
            policy.detach_from(user)
        user.policies.clear()
        self.set_boundary(user, None)
        self._facts.pop(user.id, None)
        self.backend.delete_user(name)


def default_document(policy: ManagedPolicy) -> str:
    """The document of the version in force."""
    return next(v.document for v in policy.versions if v.version_id == policy.default_version_id)
