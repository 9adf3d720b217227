"""Account assignments, with those of groups expanded to their members."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.aws.errors import NoSuchEntityError, ReadFailedError
from pipeline.aws.responses import ApiResponse, listing, text
from pipeline.directories.aws_identity_center.actions import ACCOUNTS, ASSIGNMENTS, PROVISIONED, SET, SETS
from pipeline.directories.aws_identity_center.calls import CenterCalls
from pipeline.directories.aws_identity_center.records import AccountAssignment
from pipeline.directories.rows import Row, told


@dataclass(frozen=True)
class AccountAssignments:
    """All assignments, and the names of what they name; `is_whole` is False when any could not be read."""

    assignments: tuple[AccountAssignment, ...]
    set_names: Mapping[str, str | None]
    account_names: Mapping[str, str | None]
    is_whole: bool


def read_account_assignments(calls: CenterCalls, instance_arn: str) -> AccountAssignments:
    """Ask for every permission set, where it is provisioned, and for whom: a call or more for each such place."""
    account_names = _account_names(calls)
    try:
        sets = calls.listed(SETS, listing("PermissionSets", str), InstanceArn=instance_arn)
    except ReadFailedError:
        return AccountAssignments((), {}, account_names, is_whole=False)
    provisioned = calls.each(
        PROVISIONED,
        sets,
        lambda arn: calls.listed(
            PROVISIONED, listing("AccountIds", str), InstanceArn=instance_arn, PermissionSetArn=arn
        ),
    )
    places = [(arn, account) for arn in sets for account in provisioned.known.get(arn, ())]
    found = calls.each(
        ASSIGNMENTS,
        places,
        lambda place: calls.listed(
            ASSIGNMENTS,
            listing("AccountAssignments", AccountAssignment.from_response),
            InstanceArn=instance_arn,
            PermissionSetArn=place[0],
            AccountId=place[1],
        ),
    )
    names = calls.each(SET, sets, lambda arn: calls.one(SET, _name, InstanceArn=instance_arn, PermissionSetArn=arn))
    assignments = tuple(each for place in places for each in found.known.get(place, ()))
    return AccountAssignments(assignments, names.known, account_names, is_whole=not provisioned.gaps and not found.gaps)


def entitlements(
    reach: AccountAssignments, users: Collection[str], groups: Mapping[str, Row], members: Mapping[str, Collection[str]]
) -> Iterator[Row]:
    """Rows of ENTITLEMENTS, one for each way a listed user holds a permission set in an account."""
    for each in reach.assignments:
        through = (groups.get(each.principal_id) or {}).get("name") or each.principal_id
        holders = members.get(each.principal_id, ()) if each.is_group else (each.principal_id,)
        for holder in holders:
            if holder in users:
                yield {
                    "account_native_id": holder,
                    "entitlement_id": each.permission_set,
                    "entitlement_name": reach.set_names.get(each.permission_set),
                    "entitlement_type": "permission_set",
                    "target": each.account_id,
                    "target_name": reach.account_names.get(each.account_id),
                    "granted_through": through if each.is_group else "direct",
                    "group_native_id": each.principal_id if each.is_group else None,
                }


def _account_names(calls: CenterCalls) -> dict[str, str | None]:
    def read(item: ApiResponse) -> tuple[str, str | None]:
        return text(item, "Id"), told(item.get("Name"))

    try:
        return dict(calls.listed(ACCOUNTS, listing("Accounts", read)))
    except (ReadFailedError, NoSuchEntityError):
        return {}


def _name(answer: ApiResponse) -> str | None:
    found = answer["PermissionSet"]
    return told(found.get("Name")) if isinstance(found, dict) else None
