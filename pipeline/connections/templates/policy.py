"""The role to be made, and its two policies: who may assume it, and what it may read.

Belongs here: the policy documents as Python dicts.
Does not belong here: how they are wrapped (CloudFormation, Terraform, commands).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.connections.principal import Principal

DEFAULT_ROLE_NAME = "CertificationCenterReadOnly"
POLICY_NAME = "CertificationCenterRead"
MAX_SESSION_SECONDS = 3600
"""A session outlives no sync, and role chaining allows no more than an hour anyway."""

Size = Literal["managed", "recommended", "minimal"]

IAM_READ_ONLY_ACCESS = (
    "iam:GenerateCredentialReport",
    "iam:GenerateServiceLastAccessedDetails",
    "iam:Get*",
    "iam:List*",
    "iam:SimulateCustomPolicy",
    "iam:SimulatePrincipalPolicy",
)
"""What AWS' managed policy IAMReadOnlyAccess (version 4) allows."""


@dataclass(frozen=True)
class PermissionSizes:
    """The actions of the two sizes that are ours; the third, `managed`, is AWS' own IAMReadOnlyAccess."""

    recommended: Sequence[str]
    minimal: Sequence[str]

    def actions(self, size: Size) -> list[str]:
        """The IAM actions of one size, in a fixed order."""
        return sorted({"managed": IAM_READ_ONLY_ACCESS, "recommended": self.recommended, "minimal": self.minimal}[size])


@dataclass(frozen=True)
class RoleToCreate:
    """One role, in the account that is to be read.

    `external_ids` holds one, or two while it is being rotated: the one in force, then the next. `organization_id`
    (o-...) narrows the trust to callers from that organization; empty means no such condition.
    """

    connection: str
    principal: Principal
    external_ids: tuple[str, ...]
    permissions: PermissionSizes
    role_name: str = DEFAULT_ROLE_NAME
    organization_id: str = ""

    @property
    def partition(self) -> str:
        """AWS credentials do not cross partitions: the role lies in the caller's."""
        return self.principal.partition

    @property
    def managed_policy_arn(self) -> str:
        return f"arn:{self.partition}:iam::aws:policy/IAMReadOnlyAccess"


def trust_policy(role: RoleToCreate) -> dict[str, Any]:
    """Exactly one principal, only with the external ID, and optionally only from one organization."""
    required: dict[str, Any] = {
        "sts:ExternalId": role.external_ids[0] if len(role.external_ids) == 1 else [*role.external_ids]
    }
    if role.organization_id:
        required["aws:PrincipalOrgID"] = role.organization_id
    return _document(
        {
            "Sid": "CertificationCenterMayReadWithItsExternalId",
            "Effect": "Allow",
            "Principal": {"AWS": role.principal.arn},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": required},
        }
    )


def permission_policy(actions: Sequence[str]) -> dict[str, Any]:
    """Reads of IAM only; most of these actions know no resource but `*`."""
    return _document({"Sid": "CertificationCenterReadsIam", "Effect": "Allow", "Action": [*actions], "Resource": "*"})


def caller_policy(role: RoleToCreate, account_id: str = "*") -> dict[str, Any]:
    """What the trusted principal itself needs, in its own account: to be allowed to assume such roles."""
    return _document(
        {
            "Sid": "AssumeTheRolesToRead",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": f"arn:{role.partition}:iam::{account_id}:role/{role.role_name}",
        }
    )


def _document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}
