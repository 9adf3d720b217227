"""IAM's answers as typed records; the only place that knows the API's field names.

Field names and their meaning: the data types of the IAM API reference (User, Group, AccessKeyMetadata, AttachedPolicy,
...).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.aws.responses import ApiResponse, MalformedResponseError, instant, text


@dataclass(frozen=True)
class User:
    """An IAM user as ListUsers and GetGroup give it."""

    user_id: str
    name: str
    arn: str
    path: str | None
    created_at: datetime | None
    password_last_used_at: datetime | None

    @classmethod
    def from_response(cls, item: ApiResponse) -> User:
        return cls(
            user_id=text(item, "UserId"),
            name=text(item, "UserName"),
            arn=text(item, "Arn"),
            path=text(item, "Path") if item.get("Path") else None,
            created_at=instant(item.get("CreateDate")),
            password_last_used_at=instant(item.get("PasswordLastUsed")),
        )


@dataclass(frozen=True)
class Group:
    """An IAM group."""

    group_id: str
    name: str
    arn: str
    path: str | None
    created_at: datetime | None

    @classmethod
    def from_response(cls, item: ApiResponse) -> Group:
        return cls(
            text(item, "GroupId"),
            text(item, "GroupName"),
            text(item, "Arn"),
            item.get("Path"),
            instant(item.get("CreateDate")),
        )


@dataclass(frozen=True)
class AccessKey:
    """An access key as ListAccessKeys gives it; it says nothing of its use."""

    key_id: str
    status: str
    created_at: datetime | None

    @classmethod
    def from_response(cls, item: ApiResponse) -> AccessKey:
        return cls(text(item, "AccessKeyId"), text(item, "Status"), instant(item.get("CreateDate")))


@dataclass(frozen=True)
class KeyUse:
    """When a key was last used; `at` None: never (or before AWS began to record it, April 2015)."""

    at: datetime | None
    service: str | None
    region: str | None

    @classmethod
    def from_response(cls, answer: ApiResponse) -> KeyUse:
        use = answer.get("AccessKeyLastUsed")
        if not isinstance(use, Mapping):
            raise MalformedResponseError("no AccessKeyLastUsed in the answer")
        at = instant(use.get("LastUsedDate"))
        return (
            cls(at, _applicable(use.get("ServiceName")), _applicable(use.get("Region")))
            if at
            else cls(None, None, None)
        )


def _applicable(value: object) -> str | None:
    """AWS writes `N/A` where there is nothing to say (global services have no region)."""
    return None if value in (None, "", "N/A") else str(value)


@dataclass(frozen=True)
class AttachedPolicy:
    """A managed policy attached to somebody."""

    arn: str
    name: str

    @classmethod
    def from_response(cls, item: ApiResponse) -> AttachedPolicy:
        return cls(text(item, "PolicyArn"), text(item, "PolicyName"))


@dataclass(frozen=True)
class InlinePolicy:
    """An inline policy; `document` is JSON, None where AWS left it out."""

    name: str
    document: str | None

    @classmethod
    def from_response(cls, item: ApiResponse) -> InlinePolicy:
        return cls(text(item, "PolicyName"), document(item.get("PolicyDocument")))


def document(value: object) -> str | None:
    """A policy document as JSON text; botocore has undone the URL encoding and, where it could, the JSON."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class UserAttributes:
    """What GetUser and GetAccountAuthorizationDetails know of a user beyond ListUsers; `tags` is a JSON object."""

    tags: str
    boundary_arn: str | None

    @classmethod
    def from_response(cls, item: ApiResponse) -> UserAttributes:
        boundary = (item.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        tags = {text(tag, "Key"): str(tag.get("Value", "")) for tag in item.get("Tags") or ()}
        return cls(json.dumps(dict(sorted(tags.items())), ensure_ascii=False), boundary)


@dataclass(frozen=True)
class ManagedPolicy:
    """A managed policy, and its default version's document where it was read; `gap` says why not."""

    arn: str
    name: str
    policy_id: str | None = None
    default_version_id: str | None = None
    attachment_count: int | None = None
    document: str | None = None
    gap: str | None = None

    @property
    def is_aws_managed(self) -> bool:
        """AWS' own policies carry `aws` where others carry the account."""
        return self.arn.split(":")[4:5] == ["aws"]

    @classmethod
    def from_response(cls, item: ApiResponse) -> ManagedPolicy:
        """A `Policy` (GetPolicy) or `ManagedPolicyDetail` (GetAccountAuthorizationDetails, with its versions)."""
        arn = text(item, "Arn")
        versions = item.get("PolicyVersionList") or ()
        default: ApiResponse = next((version for version in versions if version.get("IsDefaultVersion")), {})
        return cls(
            arn=arn,
            name=item.get("PolicyName") or arn.rsplit("/", 1)[-1],
            policy_id=item.get("PolicyId"),
            default_version_id=item.get("DefaultVersionId") or default.get("VersionId"),
            attachment_count=item.get("AttachmentCount"),
            document=document(default.get("Document")),
        )
