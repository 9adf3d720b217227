"""Answers account-wide reads: authorization details, credential report, summary, alias."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from moto.iam.models import Group, ManagedPolicy, Role, User

from pipeline.demo.emulator.errors import invalid
from pipeline.demo.emulator.read_policies import role_shape, version_shape
from pipeline.demo.emulator.reading import Reading, Reply, attached, boundary, brief_user, group_shape, policy_shape
from pipeline.demo.emulator.report_rows import picture
from pipeline.demo.emulator.wire import values

_LISTS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}
"""Filter values, in the order in which the pages go through them, and the list each fills."""


def get_account_authorization_details(read: Reading) -> Reply:
    """GetAccountAuthorizationDetails: four lists under one Marker, MaxItems counting over all of them."""
    asked = values(read.params, "Filter") or list(_LISTS)
    for one in asked:
        if one not in _LISTS:
            raise invalid(one, "filter", f"Member must satisfy enum value set: [{', '.join(sorted(_LISTS))}]")
    entries = [entry for kind in sorted(asked) for entry in sorted(_entries(read, kind), key=lambda e: e[0])]
    chosen, truncation = read.page().cut(entries, lambda entry: entry[0])
    show = _shows(read)
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS.values()}
    for (kind, _), thing in chosen:
        lists[_LISTS[kind]].append(show[kind](thing))
    return lists | truncation


def generate_credential_report(read: Reading) -> Reply:
    """GenerateCredentialReport."""
    fault = read.faults.report_of(read.state.account_id)
    return read.state.report.generate(read.now, lambda at: picture(read.state, at), fault)


def get_credential_report(read: Reading) -> Reply:
    """GetCredentialReport."""
    fault = read.faults.report_of(read.state.account_id)
    return read.state.report.get(read.now, lambda at: picture(read.state, at), fault)


def get_account_summary(read: Reading) -> Reply:
    """GetAccountSummary: moto's quotas, with counts that are true."""
    backend, root = read.state.backend, read.state.root
    in_use = [p for p in backend.managed_policies.values() if p.attachment_count]
    devices = sum(len(user.mfa_devices) for user in backend.users.values())
    counts = {
        "Users": len(backend.users),
        "Groups": len(backend.groups),
        "Roles": len(backend.roles),
        "Policies": sum(":iam::aws:" not in arn for arn in backend.managed_policies),
        "PolicyVersionsInUse": sum(len(policy.versions) for policy in in_use),
        "MFADevices": devices,
        "MFADevicesInUse": devices,
        "AccountMFAEnabled": int(root.mfa),
        "AccountAccessKeysPresent": int(root.key_created is not None),
        "AccountPasswordPresent": 1,
    }
    return {"SummaryMap": backend.account_summary.summary_map | counts}


def list_account_aliases(read: Reading) -> Reply:
    """ListAccountAliases: none or one."""
    return read.listed("AccountAliases", read.state.backend.account_aliases, str, str)


def _entries(read: Reading, kind: str) -> list[tuple[tuple[str, str], Any]]:
    backend = read.state.backend
    if kind == "User":
        return [((kind, user.name), user) for user in backend.users.values()]
    if kind == "Group":
        return [((kind, group.name), group) for group in backend.groups.values()]
    if kind == "Role":
        return [((kind, role.name), role) for role in backend.roles.values()]
    aws = kind == "AWSManagedPolicy"
    return [
        ((kind, policy.arn), policy)
        for policy in backend.managed_policies.values()
        if (":iam::aws:" in policy.arn) == aws and (not aws or _in_use(read, policy))
    ]


def _in_use(read: Reading, policy: ManagedPolicy) -> bool:
    return policy.attachment_count > 0 or read.state.boundary_uses(policy.arn) > 0


def _shows(read: Reading) -> Mapping[str, Callable[[Any], Reply]]:
    memberships = read.state.memberships()

    def user(one: User) -> Reply:
        shape = brief_user(one)
        del shape["PasswordLastUsed"]
        return shape | {
            "UserPolicyList": _inline(one) or None,
            "GroupList": [group.name for group in memberships.get(one.name, [])],
            "AttachedManagedPolicies": attached(one),
            "PermissionsBoundary": boundary(read.state.facts(one).boundary_arn),
            "Tags": read.state.tags(one) or None,
        }

    def policy(one: ManagedPolicy) -> Reply:
        versions = [version_shape(one, version, document=True) for version in one.versions]
        return policy_shape(read.state, one) | {"PolicyVersionList": versions}

    return {
        "User": user,
        "Group": _group,
        "Role": _role,
        "LocalManagedPolicy": policy,
        "AWSManagedPolicy": policy,
    }


def _group(one: Group) -> Reply:
    return group_shape(one) | {"GroupPolicyList": _inline(one), "AttachedManagedPolicies": attached(one)}


def _role(one: Role) -> Reply:
    shape = role_shape(one)
    del shape["MaxSessionDuration"]
    return shape | {
        "InstanceProfileList": [],
        "RolePolicyList": _inline(one),
        "AttachedManagedPolicies": attached(one),
        "PermissionsBoundary": boundary(one.permissions_boundary_arn),
        "RoleLastUsed": {"LastUsedDate": one.last_used, "Region": one.last_used_region},
    }


def _inline(holder: User | Group | Role) -> list[Reply]:
    return [
        {"PolicyName": name, "PolicyDocument": quote(document)} for name, document in sorted(holder.policies.items())
    ]
