"""What both halves of the builder share: the account, unique ids, lookups."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.iam.models import AccessKey, Group, Role, User

from pipeline.demo.emulator.aws_policies import allow
from pipeline.demo.emulator.ids import entity_id
from pipeline.demo.emulator.instants import stored
from pipeline.demo.emulator.state import AccountState

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


class Building:
    """An account under construction."""

    def __init__(self, state: AccountState, birth: datetime) -> None:
        self.state = state
        self._birth = stored(birth)
        self._made: dict[str, int] = {}

    @property
    def account_id(self) -> str:
        """Its twelve digits."""
        return self.state.account_id

    def _id(self, prefix: str, *names: str, length: int = 21) -> str:
        """The same names made a second time (a re-created user, a second key) get another id."""
        ordinal = self._made["/".join((prefix, *names))] = self._made.get("/".join((prefix, *names)), 0) + 1
        return entity_id(prefix, self.state.partition, self.account_id, *names, str(ordinal), length=length)

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


def policy_text(document: Document) -> str:
    """The document as it is stored; a list of actions becomes a statement that allows them on everything."""
    return json.dumps(document if isinstance(document, Mapping) else allow(document))
