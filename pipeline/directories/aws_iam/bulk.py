"""Reads groups, policies and grants with GetAccountAuthorizationDetails.

Rules from "GetAccountAuthorizationDetails" in the IAM API reference: four lists share one Marker, so a page may hold
only some of them; groups come by name; a user without a boundary or tags has no such field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.aws.calls import Calls
from pipeline.aws.errors import ReadFailedError
from pipeline.aws.responses import ApiResponse, text
from pipeline.directories.aws_iam import per_user
from pipeline.directories.aws_iam.facts import FEW_USERS, AccessInventory
from pipeline.directories.aws_iam.records import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    User,
    UserAttributes,
)

ACTION = "iam:GetAccountAuthorizationDetails"
FILTER = ["User", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]
"""Not Role: an account may have five thousand, and we read none."""
PAUSES = (5.0, 15.0, 30.0)
"""Seconds before a throttled page is asked for again."""
USER_GAPS = ("groups_gap", "attached_policies_gap", "inline_policies_gap", "tags_gap", "boundary_gap")


@dataclass(frozen=True)
class UserDetail:
    """What the answer says of a user."""

    user_id: str
    group_names: tuple[str, ...]
    attached: tuple[AttachedPolicy, ...]
    inline: tuple[InlinePolicy, ...]
    traits: UserAttributes

    @classmethod
    def from_response(cls, item: ApiResponse) -> UserDetail:
        return cls(
            user_id=text(item, "UserId"),
            group_names=tuple(str(name) for name in item.get("GroupList") or ()),
            attached=tuple(
                AttachedPolicy.from_response(policy) for policy in item.get("AttachedManagedPolicies") or ()
            ),
            inline=tuple(InlinePolicy.from_response(policy) for policy in item.get("UserPolicyList") or ()),
            traits=UserAttributes.from_response(item),
        )


@dataclass(frozen=True)
class GroupDetail:
    """What the answer says of a group."""

    group: Group
    attached: tuple[AttachedPolicy, ...]
    inline: tuple[InlinePolicy, ...]

    @classmethod
    def from_response(cls, item: ApiResponse) -> GroupDetail:
        return cls(
            group=Group.from_response(item),
            attached=tuple(
                AttachedPolicy.from_response(policy) for policy in item.get("AttachedManagedPolicies") or ()
            ),
            inline=tuple(InlinePolicy.from_response(policy) for policy in item.get("GroupPolicyList") or ()),
        )


@dataclass(frozen=True)
class AuthorizationDetails:
    """One page; of a policy only the default version's document is kept."""

    users: list[UserDetail]
    groups: list[GroupDetail]
    policies: list[ManagedPolicy]

    @classmethod
    def from_response(cls, answer: ApiResponse) -> AuthorizationDetails:
        return cls(
            users=[UserDetail.from_response(item) for item in answer.get("UserDetailList") or ()],
            groups=[GroupDetail.from_response(item) for item in answer.get("GroupDetailList") or ()],
            policies=[ManagedPolicy.from_response(item) for item in answer.get("Policies") or ()],
        )

    def __len__(self) -> int:
        return len(self.users) + len(self.groups) + len(self.policies)


def read_access(calls: Calls, users: Mapping[str, User]) -> AccessInventory:
    """Everything, for a whole account.

    Raises ReadFailedError when the answer was denied; also when it failed, in an account so small that asking user by
    user costs next to nothing. Otherwise what it did not tell is unknown: an AWS that throttles one call would not
    welcome four for each user.
    """
    access = AccessInventory()
    details: dict[str, UserDetail] = {}
    policies: dict[str, ManagedPolicy] = {}
    missing = ""
    try:
        for page in calls.pages(ACTION, AuthorizationDetails.from_response, PAUSES, Filter=FILTER):
            details.update({detail.user_id: detail for detail in page.users if detail.user_id in users})
            policies.update({policy.arn: policy for policy in page.policies})
            for detail in page.groups:
                _take_group(access, detail)
    except ReadFailedError as failure:
        if failure.outcome == "denied" or (failure.outcome == "failed" and len(users) <= FEW_USERS):
            raise
        missing = failure.gap
    unplaced = _take_users(access, users, details)
    in_use = access.policies_in_use()
    access.policies = {arn: policy for arn, policy in policies.items() if arn in in_use and policy.document is not None}
    if missing:
        return _as_far_as_read(access, users, details, unplaced, missing)
    left_out = [user for user_id, user in users.items() if user_id not in details]
    described = set(access.groups)
    per_user.read_groups_of(calls, left_out + unplaced, access)
    new_groups = [group for group_id, group in access.groups.items() if group_id not in described]
    per_user.read_group_policies(calls, new_groups, access)
    per_user.read_user_policies(calls, _present(left_out, access), access)
    per_user.read_traits(calls, _present(left_out, access), access)
    per_user.read_documents(calls, users, access)
    return access


def _as_far_as_read(
    access: AccessInventory,
    users: Mapping[str, User],
    details: Mapping[str, UserDetail],
    unplaced: list[User],
    gap: str,
) -> AccessInventory:
    """`gap` beside everything the pages that were read do not tell."""
    for user_id in users.keys() - details.keys():
        access.user_gaps[user_id].update(dict.fromkeys(USER_GAPS, gap))
    for user in unplaced:
        access.user_gaps[user.user_id]["groups_gap"] = gap
    for arn, name in access.policies_in_use().items():
        access.policies.setdefault(arn, ManagedPolicy(arn, name, gap=gap))
    return access


def _take_group(access: AccessInventory, detail: GroupDetail) -> None:
    access.groups[detail.group.group_id] = detail.group
    access.attach("group", detail.group.group_id, detail.attached)
    access.inline_of("group", detail.group.group_id, detail.inline)


def _take_users(access: AccessInventory, users: Mapping[str, User], details: Mapping[str, UserDetail]) -> list[User]:
    """Enter what was said of users; returns those in a group the answer does not describe (made while it was being
    given)."""
    by_name = {group.name.lower(): group.group_id for group in access.groups.values()}
    unplaced = []
    for user_id, detail in details.items():
        access.traits[user_id] = detail.traits
        access.attach("user", user_id, detail.attached)
        access.inline_of("user", user_id, detail.inline)
        groups = {by_name.get(name.lower()) for name in detail.group_names}
        access.memberships.update((user_id, group_id) for group_id in groups if group_id)
        if None in groups:
            unplaced.append(users[user_id])
    return unplaced


def _present(users: list[User], access: AccessInventory) -> list[User]:
    return [user for user in users if user.user_id not in access.gone]
