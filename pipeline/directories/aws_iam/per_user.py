"""Reads groups, policies and grants user by user, with the least-privilege actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pipeline.aws.calls import BatchResult, Calls
from pipeline.aws.errors import ReadFailedError
from pipeline.aws.responses import ApiResponse, MalformedResponseError, listing
from pipeline.directories.aws_iam.facts import AccessInventory, PrincipalType
from pipeline.directories.aws_iam.records import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    User,
    UserAttributes,
    document,
)

V = TypeVar("V")
GET_USER_NOT_TRIED = "iam:GetUser not_tried"
attached_policies = listing("AttachedPolicies", AttachedPolicy.from_response)


def policy_names(answer: ApiResponse) -> list[str]:
    """The names of ListUserPolicies and ListGroupPolicies."""
    names = answer.get("PolicyNames")
    if not isinstance(names, list):
        raise MalformedResponseError("no PolicyNames in the answer")
    return [str(name) for name in names]


def read_access(calls: Calls, users: Mapping[str, User], *, with_traits: bool) -> AccessInventory:
    """Everything, for a whole account."""
    access = AccessInventory()
    read_groups(calls, users, access)
    read_user_policies(calls, access.present(users), access)
    read_group_policies(calls, list(access.groups.values()), access)
    if with_traits:
        read_traits(calls, access.present(users), access)
    else:
        for user_id in users:
            access.user_gaps[user_id].update(tags_gap=GET_USER_NOT_TRIED, boundary_gap=GET_USER_NOT_TRIED)
    read_documents(calls, users, access)
    return access


def read_groups(calls: Calls, users: Mapping[str, User], access: AccessInventory) -> None:
    """Groups and their members: one call a group; one a user only where that is denied."""
    action = "iam:GetGroup"
    gaps: dict[str, str] = {}
    try:
        access.groups = {
            group.group_id: group for group in calls.listed("iam:ListGroups", listing("Groups", Group.from_response))
        }
        names = {group.group_id: group.name for group in access.groups.values()}
        members = listing("Users", User.from_response)
        found = calls.each(action, names, lambda group_id: calls.listed(action, members, GroupName=names[group_id]))
        for group_id, present in found.known.items():
            access.memberships.update((user.user_id, group_id) for user in present if user.user_id in users)
        for group_id in found.gone:
            access.forget_group(group_id)
        if not found.gaps:
            return
        gaps = found.gaps
    except ReadFailedError:
        pass  # recorded; the users know their groups
    if not read_groups_of(calls, access.present(users), access):
        for group_id, gap in gaps.items():
            access.group_gaps[group_id]["members_gap"] = gap


def read_groups_of(calls: Calls, users: Sequence[User], access: AccessInventory) -> bool:
    """The groups of each user, by asking for the user; whether all answered."""
    action = "iam:ListGroupsForUser"
    groups = listing("Groups", Group.from_response)
    found = _for_users(calls, action, users, access, lambda user: calls.listed(action, groups, UserName=user.name))
    for user, theirs in found.known.items():
        access.groups.update({group.group_id: group for group in theirs if group.group_id not in access.groups})
        access.memberships.update((user.user_id, group.group_id) for group in theirs)
    for user, gap in found.gaps.items():
        access.user_gaps[user.user_id]["groups_gap"] = gap
    return not found.gaps


def read_user_policies(calls: Calls, users: Sequence[User], access: AccessInventory) -> None:
    """Managed and inline policies of each user; documents come later."""
    action = "iam:ListAttachedUserPolicies"
    attached = _for_users(
        calls, action, users, access, lambda user: calls.listed(action, attached_policies, UserName=user.name)
    )
    for user, policies in attached.known.items():
        access.attach("user", user.user_id, policies)
    for user, gap in attached.gaps.items():
        access.user_gaps[user.user_id]["attached_policies_gap"] = gap
    inline_action = "iam:ListUserPolicies"
    remaining = [user for user in users if user.user_id not in access.gone]
    inline = _for_users(
        calls,
        inline_action,
        remaining,
        access,
        lambda user: calls.listed(inline_action, policy_names, UserName=user.name),
    )
    for user, names in inline.known.items():
        access.inline_of("user", user.user_id, [InlinePolicy(name, None) for name in names])
    for user, gap in inline.gaps.items():
        access.user_gaps[user.user_id]["inline_policies_gap"] = gap


def read_group_policies(calls: Calls, groups: Sequence[Group], access: AccessInventory) -> None:
    """Managed and inline policies of each group."""
    action, inline_action = "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"
    attached = calls.each(action, groups, lambda group: calls.listed(action, attached_policies, GroupName=group.name))
    inline = calls.each(
        inline_action, groups, lambda group: calls.listed(inline_action, policy_names, GroupName=group.name)
    )
    for group, policies in attached.known.items():
        access.attach("group", group.group_id, policies)
    for group, names in inline.known.items():
        access.inline_of("group", group.group_id, [InlinePolicy(name, None) for name in names])
    for group, gap in attached.gaps.items():
        access.group_gaps[group.group_id]["attached_policies_gap"] = gap
    for group, gap in inline.gaps.items():
        access.group_gaps[group.group_id]["inline_policies_gap"] = gap
    for group in attached.gone | inline.gone:
        access.forget_group(group.group_id)


def read_traits(calls: Calls, users: Sequence[User], access: AccessInventory) -> None:
    """Tags and boundary of each user."""
    action = "iam:GetUser"

    def traits(answer: ApiResponse) -> UserAttributes:
        return UserAttributes.from_response(answer.get("User") or {})

    found = _for_users(calls, action, users, access, lambda user: calls.one(action, traits, UserName=user.name))
    access.traits.update({user.user_id: known for user, known in found.known.items()})
    for user, gap in found.gaps.items():
        access.user_gaps[user.user_id].update(tags_gap=gap, boundary_gap=gap)


def read_documents(calls: Calls, users: Mapping[str, User], access: AccessInventory) -> None:
    """The documents still missing: of inline policies, and of managed policies in use."""
    names: dict[PrincipalType, dict[str, str]] = {
        "user": {user.user_id: user.name for user in users.values()},
        "group": {group.group_id: group.name for group in access.groups.values()},
    }
    for kind, action, parameter in (
        ("user", "iam:GetUserPolicy", "UserName"),
        ("group", "iam:GetGroupPolicy", "GroupName"),
    ):
        missing = [
            key for key, text in access.inline.items() if key[0] == kind and text is None and key[1] in names[key[0]]
        ]
        found = calls.each(
            action,
            missing,
            lambda key, action=action, parameter=parameter: calls.one(  # type: ignore[misc]
                action, InlinePolicy.from_response, **{parameter: names[key[0]][key[1]], "PolicyName": key[2]}
            ),
            principal=lambda key: key[1],
        )
        access.inline.update({key: policy.document for key, policy in found.known.items()})
        access.document_gaps.update(found.gaps)
        for key in found.gone:
            access.inline.pop(key)
    _read_managed_documents(calls, access)


def _read_managed_documents(calls: Calls, access: AccessInventory) -> None:
    get, version = "iam:GetPolicy", "iam:GetPolicyVersion"
    in_use = access.policies_in_use()
    missing = [arn for arn in in_use if arn not in access.policies]

    def policy(answer: ApiResponse) -> ManagedPolicy:
        return ManagedPolicy.from_response(answer.get("Policy") or {})

    def default_document(answer: ApiResponse) -> str | None:
        return document((answer.get("PolicyVersion") or {}).get("Document"))

    heads = calls.each(get, missing, lambda arn: calls.one(get, policy, PolicyArn=arn))
    bodies = calls.each(
        version,
        heads.known,
        lambda arn: calls.one(version, default_document, PolicyArn=arn, VersionId=heads.known[arn].default_version_id),
    )
    for arn in missing:
        head = heads.known.get(arn, ManagedPolicy(arn, in_use[arn]))
        unanswered = None if bodies.known.get(arn) else f"{get if arn in heads.gone else version} failed"
        gap = heads.gaps.get(arn) or bodies.gaps.get(arn) or unanswered
        access.policies[arn] = ManagedPolicy(
            arn, head.name, head.policy_id, head.default_version_id, head.attachment_count, bodies.known.get(arn), gap
        )


def _for_users(
    calls: Calls, action: str, users: Sequence[User], access: AccessInventory, ask: Callable[[User], V]
) -> BatchResult[User, V]:
    """Ask for each user; whoever is not there any more is noted in `access.gone`."""
    found = calls.each(action, users, ask)
    access.gone |= {user.user_id for user in found.gone}
    return found
