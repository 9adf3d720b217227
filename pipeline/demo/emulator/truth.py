"""The true content of an emulated account, for tests to compare a read with.

Plain values under the column names of `directories/aws_iam/tables.py`, instants naive UTC; nothing here goes through
the API, its paging, its faults or its permissions.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import AccessKey, Group, ManagedPolicy, User

from pipeline.demo.emulator.state import AccountState, default_document

Rows = list[dict[str, Any]]


def truth(state: AccountState) -> dict[str, Any]:
    """Every table of an account as it is now."""
    users = sorted(state.backend.users.values(), key=lambda u: u.name)
    groups = sorted(state.backend.groups.values(), key=lambda g: g.name)
    return {
        "account_id": state.account_id,
        "partition": state.partition,
        "alias": next(iter(state.backend.account_aliases), None),
        "users": [_user(state, user) for user in users],
        "login_profiles": [_login_profile(state, user) for user in users],
        "access_keys": [_access_key(user, key) for user in users for key in user.access_keys],
        "groups": [_group(group) for group in groups],
        "memberships": sorted(({"user_id": u.id, "group_id": g.id} for g in groups for u in g.users), key=str),
        "attached_policies": _attached("user", users) + _attached("group", groups),
        "inline_policies": _inline("user", users) + _inline("group", groups),
        "managed_policies": [_policy(policy) for policy in _in_use(state)],
        "root_user": {
            "arn": state.root_arn,
            "created_at": state.root.created,
            "password_last_used_at": state.root.password_last_used,
            "mfa_enabled": state.root.mfa,
            "active_key_count": int(state.root.key_created is not None),
            "key_last_used_at": state.root.key_last_used,
        },
    }


def _user(state: AccountState, user: User) -> dict[str, Any]:
    kinds = _other_kinds(state, user)
    return {
        "user_id": user.id,
        "user_name": user.name,
        "path": user.path,
        "arn": user.arn,
        "created_at": user.create_date,
        "password_last_used_at": user.password_last_used,
        "permissions_boundary_arn": state.facts(user).boundary_arn,
        "tags": {tag["Key"]: tag["Value"] for tag in state.tags(user)},
        "mfa_enabled": bool(user.mfa_devices),
        "other_credential_count": None if kinds is None else len(kinds),
        "other_credentials": ", ".join(kinds) or None if kinds is not None else None,
    }


def _other_kinds(state: AccountState, user: User) -> list[str] | None:
    """The live credentials beside password and access keys; None where the user has one of those, so that nothing asks
    about them."""
    if user.password or any(key.status == "Active" for key in user.access_keys):
        return None
    words = {"certificate": "signing certificate", "ssh_key": "SSH public key"}
    live = (one for one in state.facts(user).others if one.status == "Active")
    return sorted(words.get(one.kind) or f"service-specific credential of {one.service}" for one in live)


def _login_profile(state: AccountState, user: User) -> dict[str, Any]:
    facts, has_password = state.facts(user), bool(user.password)
    created = (facts.password_created or user.create_date) if has_password else None
    return {
        "user_id": user.id,
        "has_password": has_password,
        "created_at": created,
        "password_last_changed_at": facts.password_changed or created if has_password else None,
    }


def _access_key(user: User, key: AccessKey) -> dict[str, Any]:
    used = key.last_used
    return {
        "access_key_id": key.access_key_id,
        "user_id": user.id,
        "status": key.status,
        "created_at": key.create_date,
        "last_used_state": "used" if used else "never_used",
        "last_used_at": used.timestamp if used else None,
        "last_used_service": used.service if used else None,
        "last_used_region": used.region or None if used else None,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "group_id": group.id,
        "group_name": group.name,
        "path": group.path,
        "arn": group.arn,
        "created_at": group.create_date,
    }


def _attached(kind: str, holders: list[Any]) -> Rows:
    return [
        {"principal_type": kind, "principal_id": holder.id, "policy_name": policy.name, "policy_arn": policy.arn}
        for holder in holders
        for policy in holder.managed_policies.values()
    ]


def _inline(kind: str, holders: list[Any]) -> Rows:
    return [
        {"principal_type": kind, "principal_id": holder.id, "policy_name": name, "document": json.loads(document)}
        for holder in holders
        for name, document in holder.policies.items()
    ]


def _in_use(state: AccountState) -> list[ManagedPolicy]:
    holders: list[User | Group] = [*state.backend.users.values(), *state.backend.groups.values()]
    arns = {arn for holder in holders for arn in holder.managed_policies}
    arns |= {arn for user in state.backend.users.values() if (arn := state.facts(user).boundary_arn)}
    return [state.backend.managed_policies[arn] for arn in sorted(arns) if arn in state.backend.managed_policies]


def _policy(policy: ManagedPolicy) -> dict[str, Any]:
    return {
        "policy_arn": policy.arn,
        "policy_name": policy.name,
        "policy_id": policy.id,
        "is_aws_managed": ":iam::aws:" in policy.arn,
        "default_version_id": policy.default_version_id,
        "attachment_count": policy.attachment_count,
        "document": json.loads(default_document(policy)),
    }
