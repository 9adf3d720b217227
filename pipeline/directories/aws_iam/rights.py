"""Which principals may do anything in one service, as far as their policies can rule it out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pipeline.directories.aws_iam.facts import AccessInventory, PrincipalType

Principal = tuple[PrincipalType, str]
USER_GAPS = {"groups_gap", "attached_policies_gap", "inline_policies_gap"}
GROUP_GAPS = {"attached_policies_gap", "inline_policies_gap"}


def users_who_may(service: str, users: Iterable[str], access: AccessInventory) -> set[str]:
    """The ids of `users` whom a policy may allow some action of `service`, by themselves or by a group of theirs."""
    granted = _granted(service, access)
    groups_of: dict[str, set[str]] = {}
    for user_id, group_id in access.memberships:
        groups_of.setdefault(user_id, set()).add(group_id)
    return {
        user_id
        for user_id in users
        if ("user", user_id) in granted
        or not USER_GAPS.isdisjoint(access.user_gaps.get(user_id, ()))
        or any(("group", group_id) in granted for group_id in groups_of.get(user_id, ()))
    }


def _granted(service: str, access: AccessInventory) -> set[Principal]:
    """The users and groups with such a policy of their own."""
    allowing = {arn for arn in access.policies_in_use() if _policy_may_allow(service, arn, access)}
    granted: set[Principal] = {(kind, holder) for kind, holder, policy in access.attached if policy.arn in allowing}
    granted |= {(kind, holder) for (kind, holder, _), text in access.inline.items() if may_allow(service, text)}
    return granted | {
        ("group", group_id) for group_id, gaps in access.group_gaps.items() if not GROUP_GAPS.isdisjoint(gaps)
    }


def _policy_may_allow(service: str, arn: str, access: AccessInventory) -> bool:
    policy = access.policies.get(arn)
    return policy is None or may_allow(service, policy.document)


def may_allow(service: str, document: str | None) -> bool:
    """Whether a policy document may allow an action of `service`; one that cannot be read may."""
    try:
        statements = json.loads(document or "")["Statement"]
        return any(_states(service, each) for each in ([statements] if isinstance(statements, dict) else statements))
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


def _states(service: str, statement: Mapping[str, Any]) -> bool:
    if statement["Effect"] != "Allow":
        return False
    if "Action" not in statement:
        return f"{service}:*" not in _patterns(statement["NotAction"])
    services = (pattern.partition(":")[0] for pattern in _patterns(statement["Action"]))
    return any(fnmatchcase(service, pattern) for pattern in services)


def _patterns(value: Any) -> list[str]:
    return [str(pattern).lower() for pattern in ([value] if isinstance(value, str) else value)]
