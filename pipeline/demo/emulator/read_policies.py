"""Answers reads of groups, roles and policies."""

from __future__ import annotations

from urllib.parse import quote

from moto.iam.models import Group, ManagedPolicy, PolicyVersion, Role

from pipeline.demo.emulator.errors import no_such_entity
from pipeline.demo.emulator.reading import (
    Reading,
    Reply,
    attached,
    boundary,
    brief_user,
    group_shape,
    inline_document,
    policy_shape,
)


def list_groups(read: Reading) -> Reply:
    """ListGroups."""
    prefix = read.params.get("PathPrefix", "/")
    groups = (group for group in read.state.backend.groups.values() if group.path.startswith(prefix))
    return read.listed("Groups", groups, lambda g: g.name, group_shape)


def get_group(read: Reading) -> Reply:
    """GetGroup: the group on every page, its members page by page."""
    group = _group(read)
    return {"Group": group_shape(group)} | read.listed("Users", group.users, lambda u: u.name, brief_user)


def list_attached_group_policies(read: Reading) -> Reply:
    """ListAttachedGroupPolicies."""
    return read.listed("AttachedPolicies", attached(_group(read)), lambda p: p["PolicyArn"], lambda p: p)


def list_group_policies(read: Reading) -> Reply:
    """ListGroupPolicies: the names of the inline ones."""
    return read.listed("PolicyNames", _group(read).policies, str, str)


def get_group_policy(read: Reading) -> Reply:
    """GetGroupPolicy."""
    group, name = _group(read), read.need("PolicyName")
    return {"GroupName": group.name, "PolicyName": name, "PolicyDocument": quote(inline_document(group, name, "group"))}


def list_policies(read: Reading) -> Reply:
    """ListPolicies; of AWS's own only those this account has a use for exist here."""
    policies = list(read.state.backend.managed_policies.values())
    scope = read.params.get("Scope", "All")
    if scope != "All":
        policies = [policy for policy in policies if _is_aws_managed(policy) == (scope == "AWS")]
    if read.params.get("OnlyAttached") == "true":
        policies = [policy for policy in policies if policy.attachment_count]
    return read.listed("Policies", policies, lambda p: p.arn, lambda p: policy_shape(read.state, p))


def get_policy(read: Reading) -> Reply:
    """GetPolicy."""
    return {"Policy": policy_shape(read.state, _policy(read))}


def get_policy_version(read: Reading) -> Reply:
    """GetPolicyVersion."""
    policy, wanted = _policy(read), read.need("VersionId")
    for version in policy.versions:
        if version.version_id == wanted:
            return {"PolicyVersion": version_shape(policy, version, document=True)}
    raise no_such_entity(f"Policy {policy.arn} version {wanted} does not exist or is not attachable.")


def list_policy_versions(read: Reading) -> Reply:
    """ListPolicyVersions, without documents as AWS has it."""
    policy = _policy(read)
    return read.listed("Versions", policy.versions, lambda v: v.version_id, lambda v: version_shape(policy, v))


def version_shape(policy: ManagedPolicy, version: PolicyVersion, *, document: bool = False) -> Reply:
    """One version of a managed policy."""
    return {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.version_id == policy.default_version_id,
        "CreateDate": version.create_date,
        "Document": quote(version.document) if document else None,
    }


def list_roles(read: Reading) -> Reply:
    """ListRoles."""
    prefix = read.params.get("PathPrefix", "/")
    roles = (role for role in read.state.backend.roles.values() if role.path.startswith(prefix))
    return read.listed("Roles", roles, lambda r: r.name, role_shape)


def get_role(read: Reading) -> Reply:
    """GetRole."""
    role = _role(read)
    return {"Role": role_shape(role) | {"PermissionsBoundary": boundary(role.permissions_boundary_arn)}}


def list_attached_role_policies(read: Reading) -> Reply:
    """ListAttachedRolePolicies."""
    return read.listed("AttachedPolicies", attached(_role(read)), lambda p: p["PolicyArn"], lambda p: p)


def list_role_policies(read: Reading) -> Reply:
    """ListRolePolicies: the names of the inline ones."""
    return read.listed("PolicyNames", _role(read).policies, str, str)


def get_role_policy(read: Reading) -> Reply:
    """GetRolePolicy."""
    role, name = _role(read), read.need("PolicyName")
    return {"RoleName": role.name, "PolicyName": name, "PolicyDocument": quote(inline_document(role, name, "role"))}


def role_shape(role: Role) -> Reply:
    """A role as listings have it."""
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document),
        "MaxSessionDuration": int(role.max_session_duration or 3600),
    }


def _is_aws_managed(policy: ManagedPolicy) -> bool:
    return ":iam::aws:policy/" in policy.arn


def _group(read: Reading) -> Group:
    return read.state.group(read.need("GroupName"))


def _policy(read: Reading) -> ManagedPolicy:
    return read.state.policy(read.need("PolicyArn"))


def _role(read: Reading) -> Role:
    name = read.need("RoleName")
    role = next((one for one in read.state.backend.roles.values() if one.name == name), None)
    if role is None:
        raise no_such_entity(f"The role with name {name} cannot be found.")
    return role
