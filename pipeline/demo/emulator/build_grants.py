"""Fills an emulated account with roles, groups and policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moto.iam.models import ManagedPolicy

from pipeline.demo.emulator.building import Building, Document, UserRef, policy_text, trust_policy
from pipeline.demo.emulator.instants import stored

_PLACEHOLDER = "s3:ListAllMyBuckets"


class Grants(Building):
    """The half of the builder that grants. A holder is a user, or a group when `group`."""

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
                role.policies["access"] = policy_text(policy)
            for arn in managed if policy is not None or managed else [self.aws_policy("IAMReadOnlyAccess")]:
                self.state.policy(arn).attach_to(role)
        return str(role.arn)

    def role_policy(self, role_name: str, policy: Document, *, name: str = "access") -> None:
        """Change what a role may do; sessions already given out feel it at once."""
        with self.state.lock:
            role = self._role(role_name)
            for attached in list(role.managed_policies.values()):
                attached.detach_from(role)
            role.policies = {name: policy_text(policy)}

    def role_trust(self, role_name: str, trust: Mapping[str, Any]) -> None:
        """Change whom a role trusts."""
        with self.state.lock:
            self._role(role_name).assume_role_policy_document = json.dumps(trust)

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
            self._holder(holder, group).policies[name] = policy_text(document)

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
            policy = self.state.backend.create_policy("", path, policy_text([_PLACEHOLDER]), name, [])
            for _ in versions:
                self.state.backend.create_policy_version(policy.arn, policy_text([_PLACEHOLDER]), True)
            # set afterwards, because moto refuses some documents that AWS takes
            for version, wanted in zip(policy.versions, [*versions, document], strict=True):
                version.document = policy_text(wanted)
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
