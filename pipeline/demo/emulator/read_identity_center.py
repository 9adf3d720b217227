"""The reads of Identity Center and of the organization, paged by NextToken.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/
https://docs.aws.amazon.com/singlesignon/latest/APIReference/
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.identity_center import IdentityCenter
from pipeline.demo.emulator.paging import PageRequest
from pipeline.demo.emulator.reading import Reply

_PAGING = {"NextToken", "MaxResults"}
_MOST, _MOST_ACCOUNTS = 100, 20


@dataclass(frozen=True)
class CenterReading:
    """One read: of which Identity Center (None: the caller's account has none), with which parameters."""

    found: IdentityCenter | None
    action: str
    params: Mapping[str, Any]
    faults: Faults

    @property
    def center(self) -> IdentityCenter:
        """The Identity Center the parameters name; raises ResourceNotFoundException for another one."""
        asked = (self.params.get("InstanceArn"), self.params.get("IdentityStoreId"))
        if self.found is None or not self.found.has_instance:
            raise _not_found("No Identity Center instance")
        if any(named not in (None, known) for named, known in zip(asked, self._names(self.found), strict=True)):
            raise _not_found(f"Instance {asked[0] or asked[1]} not found")
        return self.found

    @staticmethod
    def _names(center: IdentityCenter) -> tuple[str, str]:
        return center.instance_arn, center.store_id

    def listed(self, member: str, items: Mapping[str, Any], *, most: int = _MOST) -> Reply:
        """One page of a listing, in the order of its keys."""
        wanted = int(self.params.get("MaxResults", most))
        if not 1 <= wanted <= most:
            raise ApiError("ValidationException", f"MaxResults {wanted} is outside 1 to {most}")
        items_a_page = min(wanted, self.faults.page_limit or most)
        rest = sorted((name, str(value)) for name, value in self.params.items() if name not in _PAGING)
        scope = f"{self.action}/{rest}"
        asked = {"MaxItems": str(items_a_page)}
        if token := self.params.get("NextToken"):
            asked["Marker"] = token
        page = PageRequest.asked(asked, scope)
        chosen, truncation = page.cut(sorted(items), lambda key: (key,))
        return {member: [items[key] for key in chosen], "NextToken": truncation.get("Marker")}


def _not_found(message: str) -> ApiError:
    return ApiError("ResourceNotFoundException", message, 400)


def _list_users(reading: CenterReading) -> Reply:
    extended = "aws:identitystore:enterprise" in reading.params.get("Extensions", ())
    shown = {
        key: user if extended else {name: value for name, value in user.items() if name != "Extensions"}
        for key, user in reading.center.users.items()
    }
    return reading.listed("Users", shown)


def _list_groups(reading: CenterReading) -> Reply:
    return reading.listed("Groups", reading.center.groups)


def _list_memberships(reading: CenterReading) -> Reply:
    group_id, center = reading.params["GroupId"], reading.center
    if group_id not in center.groups:
        raise _not_found(f"GROUP {group_id} not found")
    found = {
        member: {
            "IdentityStoreId": center.store_id,
            "MembershipId": f"{group_id}-{member}",
            "GroupId": group_id,
            "MemberId": {"UserId": member},
        }
        for member in center.members[group_id]
    }
    return reading.listed("GroupMemberships", found)


def _list_instances(reading: CenterReading) -> Reply:
    center = reading.found
    if center is None or not center.has_instance:
        return {"Instances": []}
    instance = {
        "InstanceArn": center.instance_arn,
        "IdentityStoreId": center.store_id,
        "OwnerAccountId": center.account_id,
        "Status": "ACTIVE",
    }
    return reading.listed("Instances", {center.instance_arn: instance})


def _list_permission_sets(reading: CenterReading) -> Reply:
    return reading.listed("PermissionSets", _each(reading.center.permission_sets))


def _describe_permission_set(reading: CenterReading) -> Reply:
    found = reading.center.permission_sets.get(reading.params["PermissionSetArn"])
    if found is None:
        raise _not_found("Permission set not found")
    return {"PermissionSet": found}


def _list_provisioned(reading: CenterReading) -> Reply:
    arn = reading.params["PermissionSetArn"]
    accounts = [each.account_id for each in reading.center.assignments if each.permission_set_arn == arn]
    return reading.listed("AccountIds", _each(accounts))


def _list_assignments(reading: CenterReading) -> Reply:
    place = (reading.params["AccountId"], reading.params["PermissionSetArn"])
    found = {
        f"{each.principal_type}/{each.principal_id}": {
            "".join(part.capitalize() for part in name.split("_")): value for name, value in asdict(each).items()
        }
        for each in reading.center.assignments
        if (each.account_id, each.permission_set_arn) == place
    }
    return reading.listed("AccountAssignments", found)


def _list_accounts(reading: CenterReading) -> Reply:
    if reading.found is None:
        raise ApiError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return reading.listed("Accounts", reading.found.accounts, most=_MOST_ACCOUNTS)


def _each(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


CENTER_READS: Mapping[str, Callable[[CenterReading], Reply]] = {
    "identitystore:ListUsers": _list_users,
    "identitystore:ListGroups": _list_groups,
    "identitystore:ListGroupMemberships": _list_memberships,
    "sso:ListInstances": _list_instances,
    "sso:ListPermissionSets": _list_permission_sets,
    "sso:DescribePermissionSet": _describe_permission_set,
    "sso:ListAccountsForProvisionedPermissionSet": _list_provisioned,
    "sso:ListAccountAssignments": _list_assignments,
    "organizations:ListAccounts": _list_accounts,
}
