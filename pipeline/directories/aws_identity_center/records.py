"""Identity Center's answers as rows; the only place that knows the API's field names.

Field names: the data types of the identity store and IAM Identity Center API references. Nothing in them tells a last
sign-in; only CloudTrail has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.aws.responses import ApiResponse, MalformedResponseError, instant, text
from pipeline.directories.rows import Row, as_json, told

ENTERPRISE = "aws:identitystore:enterprise"
KNOWN = (
    *("native_id", "username", "display_name", "given_name", "middle_name", "family_name", "preferred_name"),
    *("email", "alias_emails", "employee_id", "manager_id", "department", "worker_type", "status", "is_enabled"),
    *("title", "created_at"),
)
"""What Identity Center can tell of a user."""


def user(item: ApiResponse) -> Row:
    """A `User` as a row of ACCOUNTS. A status that AWS did not give is unreadable, not none."""
    name = _section(item, "Name")
    enterprise = {key.lower(): value for key, value in _section(_section(item, "Extensions"), ENTERPRISE).items()}
    manager = enterprise.get("manager")
    emails = _emails(item)
    status = told(item.get("UserStatus"))
    is_known = status in ("ENABLED", "DISABLED")
    rest = {key: item.get(key) for key in ("ExternalIds", "Locale", "Timezone", "PreferredLanguage") if item.get(key)}
    return {
        "native_id": text(item, "UserId"),
        "username": told(item.get("UserName")),
        "display_name": told(item.get("DisplayName")),
        "given_name": told(name.get("GivenName")),
        "middle_name": told(name.get("MiddleName")),
        "family_name": told(name.get("FamilyName")),
        "preferred_name": told(item.get("NickName")),
        "email": emails[0] if emails else None,
        "alias_emails": as_json(emails[1:]) if emails[1:] else None,
        "employee_id": told(enterprise.get("employeenumber")),
        "manager_id": told(manager.get("value") if isinstance(manager, Mapping) else manager),
        "department": told(enterprise.get("department")),
        "worker_type": told(item.get("UserType")),
        "status": status,
        "is_enabled": status == "ENABLED" if is_known else None,
        "title": told(item.get("Title")),
        "created_at": instant(item.get("CreatedAt")),
        "attributes": as_json(rest),
        "invalid_fields": "[]" if is_known else '["is_enabled"]',
    }


def group(item: ApiResponse) -> Row:
    """A `Group` as a row of GROUPS."""
    return {
        "native_id": text(item, "GroupId"),
        "name": told(item.get("DisplayName")),
        "description": told(item.get("Description")),
        "members_gap": None,
    }


def member(item: ApiResponse) -> str:
    """The user of a `GroupMembership`; groups have no groups inside here."""
    return text(_section(item, "MemberId"), "UserId")


@dataclass(frozen=True)
class AccountAssignment:
    """One permission set in one account, held by a user or by a group."""

    account_id: str
    permission_set: str
    is_group: bool
    principal_id: str

    @classmethod
    def from_response(cls, item: ApiResponse) -> AccountAssignment:
        kind = text(item, "PrincipalType")
        if kind not in ("USER", "GROUP"):
            raise MalformedResponseError(f"a principal of type {kind[:40]}")
        return cls(text(item, "AccountId"), text(item, "PermissionSetArn"), kind == "GROUP", text(item, "PrincipalId"))


def _section(item: ApiResponse, name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, Mapping) else {}


def _emails(item: ApiResponse) -> list[str]:
    """The primary address first, the others in their order."""
    listed = [each for each in item.get("Emails") or () if isinstance(each, Mapping) and each.get("Value")]
    ordered = sorted(listed, key=lambda each: not each.get("Primary"))
    return [found for each in ordered if (found := told(each["Value"]))]
