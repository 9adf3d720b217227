"""Filling an emulated account: instant, without HTTP, backdated as needed.

Everything goes into moto's backend (or, where moto has no place, into the account's own facts) the way the API would
have put it. The clock is not asked: what has no date given was made at the account's `birth`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.iam.models import AccessKey, AccessKeyLastUsed, Group, ManagedPolicy, MFADevice, Role, User

from pipeline.demo.emulator.aws_policies import allow
from pipeline.demo.emulator.ids import entity_id, secret_key
from pipeline.demo.emulator.instants import stored, stored_or_none
from pipeline.demo.emulator.report_rows import picture
from pipeline.demo.emulator.state import REGIONS, AccountState
from pipeline.demo.emulator.truth import truth

_PLACEHOLDER = "s3:ListAllMyBuckets"
Document = Mapping[str, Any] | Sequence[str]
"""A whole policy document, or just the actions to allow on everything."""


@dataclass(frozen=True)
class UserRef:
    """A user that was made; its `user_id` tells it from a later one of the same name."""

    name: str
    user_id: str
    arn: str


@dataclass(frozen=True)
class KeyRef:
    """An access key that was made, with the secret that only its making shows."""

    access_key_id: str
    secret: str
    user_name: str


class Account:
    """Builds one account. Methods take a user as a `UserRef` or by name, and return what they made."""

    def __init__(self, state: AccountState, birth: datetime) -> None:
        self.state = state
        self._birth = stored(birth)
        self._made: dict[str, int] = {}
        self._folded: dict[str, str] = {}

    @property
    def account_id(self) -> str:
        """Its twelve digits."""
        return self.state.account_id

    def role(
        self,
        name: str,
        *,
        trust_principal: str | Sequence[str] | None = None,
        external_id: str | None = None,
        policy: Document | None = None,
        managed: Sequence[str] = (),
        max_session: int = 3600,
        path: str = "/",
        trust: Mapping[str, Any] | None = None,
        boundary: str | None = None,
    ) -> str:
        """A role others may assume; gives its ARN.

        `trust` is a whole trust policy and overrides `trust_principal` and `external_id`. Without `policy` and
        `managed` it may read IAM as IAMReadOnlyAccess allows; `policy=[]` allows nothing.
        """
        document = trust or trust_policy(trust_principal or [], external_id)
        with self.state.lock:
            role = self.state.backend.create_role(name, json.dumps(document), path, boundary, "", [], str(max_session))
            del self.state.backend.roles[role.id]
            role.id, role.create_date = self._id("AROA", name), self._birth
            self.state.backend.roles[role.id] = role
            if policy is not None:
                role.policies["access"] = _text(policy)
            for arn in managed if policy is not None or managed else [self.aws_policy("IAMReadOnlyAccess")]:
                self.state.policy(arn).attach_to(role)
        return str(role.arn)

    def role_policy(self, role_name: str, policy: Document, *, name: str = "access") -> None:
        """Change what a role may do; sessions already given out feel it at once."""
        with self.state.lock:
            role = self._role(role_name)
            for attached in list(role.managed_policies.values()):
                attached.detach_from(role)
            role.policies = {name: _text(policy)}

    def role_trust(self, role_name: str, trust: Mapping[str, Any]) -> None:
        """Change whom a role trusts."""
        with self.state.lock:
            self._role(role_name).assume_role_policy_document = json.dumps(trust)

    def user(
        self,
        name: str,
        *,
        path: str = "/",
        created: datetime | None = None,
        tags: Mapping[str, str] | None = None,
        password_created: datetime | None = None,
        password_last_used: datetime | None = None,
        password_changed: datetime | None = None,
        mfa: bool = False,
        boundary: str | None = None,
        groups: Sequence[str] = (),
    ) -> UserRef:
        """A user. `password_last_used` without `password_created` is AWS's leftover of a password that was deleted."""
        with self.state.lock:
            taken = self._folded.setdefault(name.lower(), name)
            if taken != name and taken in self.state.backend.users:
                raise ValueError(f"AWS does not tell user names apart by case, and {taken} is there already")
            self._folded[name.lower()] = name
            pairs = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
            user = self.state.backend.create_user(REGIONS[self.state.partition], name, path, pairs)
            user.id = self._id("AIDA", name)
            user.create_date = stored(created) if created else self._birth
            user.password_last_used = stored_or_none(password_last_used)  # type: ignore[assignment]
            if password_created is not None:
                self._set_password(user, password_created, password_changed)
            if mfa:
                self._mfa(user)
            self.state.set_boundary(user, boundary)
            for group in groups:
                self.state.group(group).users.append(user)
        return UserRef(name, user.id, user.arn)

    def key(
        self,
        user: UserRef | str,
        *,
        created: datetime | None = None,
        status: str = "Active",
        last_used: datetime | None = None,
        service: str = "s3",
        region: str = "us-east-1",
    ) -> KeyRef:
        """An access key; `region=""` is shown as N/A, as for services without one."""
        with self.state.lock:
            owner = self._user(user)
            key = owner.create_access_key(prefix="AKIA", status=status)
            key.access_key_id = self._id("AKIA", owner.name, length=20)
            key.secret_access_key = secret_key(self.account_id, key.access_key_id)
            key.create_date = stored(created) if created else owner.create_date
            _use(key, last_used, service, region)
        return KeyRef(key.access_key_id, key.secret_access_key, owner.name)

    def group(
        self, name: str, *, path: str = "/", created: datetime | None = None, members: Sequence[UserRef | str] = ()
    ) -> str:
        """A group; gives its ARN."""
        with self.state.lock:
            group = self.state.backend.create_group(name, path)
            group.id = self._id("AGPA", name)
            group.create_date = stored(created) if created else self._birth
            group.users = [self._user(member) for member in members]
        return group.arn

    def join(self, user: UserRef | str, *groups: str) -> None:
        """Put a user into groups."""
        with self.state.lock:
            for name in groups:
                self.state.backend.add_user_to_group(name, self._user(user).name)

    def leave(self, user: UserRef | str, group: str) -> None:
        """Take a user out of a group."""
        with self.state.lock:
            self.state.backend.remove_user_from_group(group, self._user(user).name)

    def inline_policy(self, holder: UserRef | str, name: str, document: Document, *, group: bool = False) -> None:
        """An inline policy of a user, or of a group when `group`."""
        with self.state.lock:
            self._holder(holder, group).policies[name] = _text(document)

    def managed_policy(
        self,
        name: str,
        document: Document,
        *,
        path: str = "/",
        created: datetime | None = None,
        versions: Sequence[Document] = (),
    ) -> str:
        """A customer-managed policy.

        Gives its ARN. `versions` are older documents that are not the default any more.
        """
        when = stored(created) if created else self._birth
        with self.state.lock:
            policy = self.state.backend.create_policy("", path, _text([_PLACEHOLDER]), name, [])
            for _ in versions:
                self.state.backend.create_policy_version(policy.arn, _text([_PLACEHOLDER]), True)
            # set afterwards, because moto refuses some documents that AWS takes
            for version, wanted in zip(policy.versions, [*versions, document], strict=True):
                version.document = _text(wanted)
            policy.id = self._id("ANPA", name)
            policy.create_date = policy.update_date = when
            for version in policy.versions:
                version.create_date = when
        return policy.arn

    def aws_policy(self, name: str) -> str:
        """The ARN of an AWS-managed policy by its name (`AdministratorAccess`)."""
        for arn, policy in self.state.backend.managed_policies.items():
            if policy.name == name and ":iam::aws:" in arn:
                return arn
        raise KeyError(name)

    def attach(self, holder: UserRef | str, policy: str, *, group: bool = False) -> None:
        """Attach a managed policy, by ARN or by an AWS-managed policy's name."""
        arn = policy if policy.startswith("arn:") else self.aws_policy(policy)
        with self.state.lock:
            found: ManagedPolicy = self.state.policy(arn)
            found.attach_to(self._holder(holder, group))

    def detach(self, holder: UserRef | str, policy: str, *, group: bool = False) -> None:
        """Take an attached managed policy away."""
        arn = policy if policy.startswith("arn:") else self.aws_policy(policy)
        with self.state.lock:
            self.state.policy(arn).detach_from(self._holder(holder, group))

    def set_password(
        self,
        user: UserRef | str,
        created: datetime,
        *,
        changed: datetime | None = None,
        last_used: datetime | None = None,
    ) -> None:
        """Give a user a password, or note a sign-in."""
        with self.state.lock:
            owner = self._user(user)
            self._set_password(owner, created, changed)
            if last_used is not None:
                owner.password_last_used = stored(last_used)  # type: ignore[assignment]

    def delete_password(self, user: UserRef | str) -> None:
        """Take the password away; AWS keeps PasswordLastUsed."""
        with self.state.lock:
            self._user(user).password = None

    def use_key(self, key: KeyRef, at: datetime, *, service: str = "s3", region: str = "us-east-1") -> None:
        """Note a use of a key."""
        with self.state.lock:
            _use(self._key(key), at, service, region)

    def set_key_status(self, key: KeyRef, status: str) -> None:
        """Switch a key off (`Inactive`) or on (`Active`)."""
        with self.state.lock:
            self._key(key).status = status

    def delete_key(self, key: KeyRef) -> None:
        """Delete a key."""
        with self.state.lock:
            self._user(key.user_name).delete_access_key(key.access_key_id)

    def tag(self, user: UserRef | str, tags: Mapping[str, str]) -> None:
        """Set tags of a user."""
        with self.state.lock:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            self.state.backend.tagger.tag_resource(self._user(user).arn, pairs)

    def delete_user(self, user: UserRef | str) -> None:
        """Delete a user and whatever hangs on it."""
        with self.state.lock:
            self.state.remove_user(self._user(user).name)

    def alias(self, name: str) -> None:
        """Name the account."""
        self.state.backend.account_aliases = [name]

    def root(
        self,
        *,
        created: datetime | None = None,
        mfa: bool = True,
        password_last_used: datetime | None = None,
        key_created: datetime | None = None,
        key_last_used: datetime | None = None,
    ) -> None:
        """Describe the root user."""
        root = self.state.root
        root.created = stored(created) if created else root.created
        root.mfa = mfa
        root.password_last_used = stored_or_none(password_last_used)
        root.key_created, root.key_last_used = stored_or_none(key_created), stored_or_none(key_last_used)

    def generate_report(self, at: datetime) -> None:
        """Have a complete credential report of that instant.

        What changes afterwards is not in it until it is four hours old.
        """
        with self.state.lock:
            self.state.report.freeze(picture(self.state, at), at)

    def truth(self) -> dict[str, Any]:
        """What is there, as plain values to compare a read with; see `truth.py`."""
        with self.state.lock:
            return truth(self.state)

    def _id(self, prefix: str, *names: str, length: int = 21) -> str:
        """The same names made a second time (a re-created user, a second key) get another id."""
        ordinal = self._made["/".join((prefix, *names))] = self._made.get("/".join((prefix, *names)), 0) + 1
        return entity_id(prefix, self.state.partition, self.account_id, *names, str(ordinal), length=length)

    def _set_password(self, user: User, created: datetime, changed: datetime | None) -> None:
        facts = self.state.facts(user)
        user.password = user.password or "set"
        facts.password_created, facts.password_changed = stored(created), stored_or_none(changed)

    def _mfa(self, user: User) -> None:
        serial = f"arn:{self.state.partition}:iam::{self.account_id}:mfa/{user.name}"
        device = MFADevice(serial, "000000", "111111")
        device.enable_date = user.create_date
        user.mfa_devices[serial] = device

    def _user(self, user: UserRef | str) -> User:
        return self.state.user(user if isinstance(user, str) else user.name)

    def _key(self, key: KeyRef) -> AccessKey:
        return self._user(key.user_name).get_access_key_by_id(key.access_key_id)

    def _role(self, name: str) -> Role:
        return self.state.backend.get_role(name)

    def _holder(self, holder: UserRef | str, group: bool) -> User | Group:
        if group and isinstance(holder, str):
            return self.state.group(holder)
        return self._user(holder)


def trust_policy(principal: str | Sequence[str], external_id: str | None = None) -> dict[str, Any]:
    """The trust policy this project asks its users to write: who, and with which external ID."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _text(document: Document) -> str:
    return json.dumps(document if isinstance(document, Mapping) else allow(document))


def _use(key: AccessKey, at: datetime | None, service: str, region: str) -> None:
    key.last_used = AccessKeyLastUsed(stored(at), service, region) if at is not None else None
