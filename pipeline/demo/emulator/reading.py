"""The arguments of every read, and shapes several of them return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from moto.iam.models import Group, ManagedPolicy, Role, User

from pipeline.demo.emulator.errors import ApiError, no_such_entity
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.paging import PageRequest
from pipeline.demo.emulator.state import AccountState

T = TypeVar("T")
Reply = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One read: of which account, with which parameters, when."""

    state: AccountState
    action: str
    params: Mapping[str, str]
    now: datetime
    faults: Faults

    def need(self, name: str) -> str:
        """A parameter that must be there."""
        value = self.params.get(name)
        if not value:
            raise ApiError("ValidationError", f"The request must contain the parameter {name}")
        return value

    def page(self) -> PageRequest:
        """Which page is asked for; a marker fits only the same listing with the same parameters."""
        rest = sorted((k, v) for k, v in self.params.items() if k not in _NOT_SCOPE)
        return PageRequest.asked(self.params, f"{self.state.account_id}/{self.action}/{rest}", self.faults.page_limit)

    def listed(self, member: str, items: Iterable[T], key: Callable[[T], str], show: Callable[[T], Any]) -> Reply:
        """One page of a listing, in the order of its keys."""
        page = self.page()
        chosen, truncation = page.cut(sorted(items, key=lambda one: (key(one),)), lambda one: (key(one),))
        return {member: [show(one) for one in chosen], **truncation}


_NOT_SCOPE = {"Marker", "MaxItems", "Version"}


def brief_user(user: User) -> Reply:
    """A user as listings have it: real ones leave out tags and boundary, although the shape has them."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.create_date,
        "PasswordLastUsed": user.password_last_used,
    }


def group_shape(group: Group) -> Reply:
    """A group as every call has it."""
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.create_date,
    }


def attached(holder: User | Group | Role) -> list[Reply]:
    """The managed policies attached to somebody."""
    return [
        {"PolicyName": policy.name, "PolicyArn": policy.arn}
        for policy in sorted(holder.managed_policies.values(), key=lambda p: p.name)
    ]


def boundary(arn: str | None) -> Reply | None:
    """A permissions boundary, or none."""
    return None if arn is None else {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def policy_shape(state: AccountState, policy: ManagedPolicy) -> Reply:
    """A managed policy as GetPolicy, ListPolicies and GetAccountAuthorizationDetails have it."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": policy.attachment_count,
        "PermissionsBoundaryUsageCount": state.boundary_uses(policy.arn),
        "IsAttachable": True,
        "CreateDate": policy.create_date,
        "UpdateDate": policy.update_date,
    }


def inline_document(holder: User | Group | Role, name: str, what: str) -> str:
    """One inline policy's document; raises NoSuchEntity."""
    found = holder.policies.get(name)
    if found is None:
        raise no_such_entity(f"The {what} policy with name {name} cannot be found.")
    return found
