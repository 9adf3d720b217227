"""The resource of a call, for authorization and for AWS's error messages.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.demo.emulator.state import AccountState

_LISTINGS = {
    "ListUsers": "user",
    "ListGroups": "group",
    "ListRoles": "role",
    "ListVirtualMFADevices": "mfa",
}
_ABOUT_THE_ACCOUNT = frozenset(
    {
        "GetAccountAuthorizationDetails",
        "GenerateCredentialReport",
        "GetCredentialReport",
        "GetAccountSummary",
        "ListAccountAliases",
        "GetAccountPasswordPolicy",
        "ListPolicies",
    }
)


@dataclass(frozen=True)
class Resource:
    """`arn` is matched against policies, `shown` is printed."""

    arn: str
    shown: str


def resource_of(action: str, params: Mapping[str, str], state: AccountState) -> Resource:
    """The resource of one IAM action. A user's ARN holds its path, so a policy may treat `/admins/` differently."""
    prefix = f"arn:{state.partition}:iam::{state.account_id}:"
    if action in _ABOUT_THE_ACCOUNT:
        return Resource("*", "*")
    if action in _LISTINGS:
        arn = f"{prefix}{_LISTINGS[action]}{params.get('PathPrefix', '/')}"
        return Resource(arn, arn)
    if action == "GetAccessKeyLastUsed":
        return _key_owner(prefix, params, state)
    return _named(prefix, params, state)


def _named(prefix: str, params: Mapping[str, str], state: AccountState) -> Resource:
    if name := params.get("UserName"):
        user = state.backend.users.get(name)
        if "GroupName" not in params:
            return Resource(user.arn if user else f"{prefix}user/{name}", f"user {name}")
    if name := params.get("GroupName"):
        group = state.backend.groups.get(name)
        return Resource(group.arn if group else f"{prefix}group/{name}", f"group {name}")
    if name := params.get("RoleName"):
        role = next((one for one in state.backend.roles.values() if one.name == name), None)
        return Resource(role.arn if role else f"{prefix}role/{name}", f"role {name}")
    if arn := params.get("PolicyArn"):
        return Resource(arn, f"policy {arn}")
    return Resource("*", "*")


def _key_owner(prefix: str, params: Mapping[str, str], state: AccountState) -> Resource:
    wanted = params.get("AccessKeyId")
    for user, key in state.key_holders():
        if key.access_key_id == wanted:
            return Resource(user.arn, f"user {user.name}")
    return Resource(f"{prefix}user/*", f"access key {wanted}")
