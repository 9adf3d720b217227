"""Turns facts into the tables of an IAM snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.connections.arn import RoleArn
from pipeline.directories.aws_iam.credential_report import Report
from pipeline.directories.aws_iam.facts import AccessInventory, Credentials
from pipeline.directories.aws_iam.listing import UserListing
from pipeline.directories.aws_iam.records import User
from pipeline.directories.aws_iam.tables import TABLES

Row = dict[str, Any]


@dataclass(frozen=True)
class IamInventory:
    """Everything one read found out."""

    arn: RoleArn
    listing: UserListing
    alias: str | None
    alias_gap: str | None
    access: AccessInventory
    credentials: Credentials
    report: Report | None

    @property
    def vanished(self) -> frozenset[str]:
        """Users that were listed and are gone."""
        return self.listing.vanished | self.access.gone | self.credentials.gone

    @property
    def users(self) -> list[User]:
        """The users that are left, in the order of their names."""
        gone = self.vanished
        left = (user for user_id, user in self.listing.users.items() if user_id not in gone)
        return sorted(left, key=lambda user: (user.name.lower(), user.user_id))


def tables(found: IamInventory) -> dict[str, pa.Table]:
    """All tables of the kind, the empty ones too, in an order that does not depend on AWS' pages."""
    rows: dict[str, Iterable[Row]] = {
        "account": [_account(found)],
        "users": [_user(user, found) for user in found.users],
        "login_profiles": [_login(user, found) for user in found.users],
        "access_keys": _access_keys(found),
        "groups": _groups(found),
        "memberships": _memberships(found),
        "attached_policies": _attached(found),
        "inline_policies": _inline(found),
        "managed_policies": _managed(found),
        "root_user": _root(found),
    }
    return {name: pa.Table.from_pylist(list(rows[name]), schema=schema) for name, schema in TABLES.items()}


def _account(found: IamInventory) -> Row:
    return {
        "account_id": found.arn.account_id,
        "partition": found.arn.partition,
        "alias": found.alias,
        "alias_gap": found.alias_gap,
        "summary": found.listing.summary.text,
        "summary_gap": found.listing.summary.gap,
    }


def _user(user: User, found: IamInventory) -> Row:
    traits, mfa = found.access.traits.get(user.user_id), found.credentials.mfa.get(user.user_id)
    others = found.credentials.others.get(user.user_id)
    return {
        "user_id": user.user_id,
        "user_name": user.name,
        "path": user.path,
        "arn": user.arn,
        "created_at": user.created_at,
        "password_last_used_at": user.password_last_used_at,
        "permissions_boundary_arn": traits.boundary_arn if traits else None,
        "tags": traits.tags if traits else None,
        "access_keys_evidence_as_of": found.credentials.keys_as_of.get(user.user_id),
        "mfa_enabled": mfa.is_enabled if mfa else None,
        "mfa_evidence_as_of": mfa.evidence_as_of if mfa else None,
        "other_credential_count": len(others.kinds) if others else None,
        "other_credentials": ", ".join(others.kinds) or None if others else None,
        "other_credentials_evidence_as_of": others.evidence_as_of if others else None,
        **found.access.user_gaps.get(user.user_id, {}),
        **found.credentials.user_gaps.get(user.user_id, {}),
    }


def _login(user: User, found: IamInventory) -> Row:
    login = found.credentials.logins[user.user_id]
    return {
        "user_id": user.user_id,
        "has_password": login.has_password,
        "created_at": login.created_at,
        "created_gap": login.created_gap,
        "password_last_changed_at": login.last_changed_at,
        "last_used_state": login.state,
        "last_used_at": login.last_used_at,
        "last_used_gap": login.last_used_gap,
        "source": login.source,
        "evidence_as_of": login.evidence_as_of,
        "login_profile_gap": login.gap,
    }


def _access_keys(found: IamInventory) -> list[Row]:
    gone = found.vanished
    return [
        {
            "access_key_id": key.key_id,
            "user_id": key.user_id,
            "status": key.status,
            "created_at": key.created_at,
            "last_used_state": key.state,
            "last_used_at": key.used_at,
            "last_used_service": key.service,
            "last_used_region": key.region,
            "source": key.source,
            "evidence_as_of": key.evidence_as_of,
            "last_used_gap": key.gap,
        }
        for key in sorted(found.credentials.keys, key=lambda key: key.key_id)
        if key.user_id not in gone
    ]


def _groups(found: IamInventory) -> list[Row]:
    return [
        {
            "group_id": group.group_id,
            "group_name": group.name,
            "path": group.path,
            "arn": group.arn,
            "created_at": group.created_at,
            **found.access.group_gaps.get(group.group_id, {}),
        }
        for group in sorted(found.access.groups.values(), key=lambda group: (group.name.lower(), group.group_id))
    ]


def _present(found: IamInventory) -> Mapping[str, frozenset[str]]:
    """The principals whose policies may be shown."""
    return {"user": frozenset(user.user_id for user in found.users), "group": frozenset(found.access.groups)}


def _memberships(found: IamInventory) -> list[Row]:
    present = _present(found)
    return [
        {"user_id": user_id, "group_id": group_id}
        for user_id, group_id in sorted(found.access.memberships)
        if user_id in present["user"] and group_id in present["group"]
    ]


def _attached(found: IamInventory) -> list[Row]:
    present = _present(found)
    return [
        {"principal_type": kind, "principal_id": principal, "policy_name": policy.name, "policy_arn": policy.arn}
        for kind, principal, policy in sorted(found.access.attached, key=lambda row: (row[0], row[1], row[2].arn))
        if principal in present[kind]
    ]


def _inline(found: IamInventory) -> list[Row]:
    present = _present(found)
    return [
        {
            "principal_type": kind,
            "principal_id": principal,
            "policy_name": name,
            "document": document,
            "document_gap": None
            if document
            else found.access.document_gaps.get((kind, principal, name), _unread(kind)),
        }
        for (kind, principal, name), document in sorted(found.access.inline.items(), key=lambda item: item[0])
        if principal in present[kind]
    ]


def _unread(kind: str) -> str:
    return f"iam:Get{kind.capitalize()}Policy failed"


def _managed(found: IamInventory) -> list[Row]:
    return [
        {
            "policy_arn": policy.arn,
            "policy_name": policy.name,
            "policy_id": policy.policy_id,
            "is_aws_managed": policy.is_aws_managed,
            "default_version_id": policy.default_version_id,
            "attachment_count": policy.attachment_count,
            "document": policy.document,
            "document_gap": policy.gap,
        }
        for _, policy in sorted(found.access.policies.items())
    ]


def _root(found: IamInventory) -> list[Row]:
    report = found.report
    if report is None or report.root is None:
        return []
    root = report.root
    used = [slot.used_at for slot in root.slots if slot.used_at]
    told = all(slot.active is not None for slot in root.slots)
    return [
        {
            "arn": root.arn,
            "created_at": root.created_at,
            "password_last_used_at": root.password_last_used_at,
            "mfa_enabled": root.mfa_active,
            "active_key_count": sum(bool(slot.active) for slot in root.slots) if told else None,
            "key_last_used_at": max(used, default=None),
            "evidence_as_of": report.generated_at,
        }
    ]
