"""The role to create, with its trust policy and permission policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.connections.principal import Principal

MAX_SESSION_SECONDS = 3600
"""A session outlives no sync, and role chaining allows no more than an hour anyway."""

Size = Literal["managed", "recommended", "minimal"]


@dataclass(frozen=True)
class RoleSubject:
    """What a role is made to read, in the words of the files.

    `command` is that of `certify connect`, `place` where the role has to be; `managed` are the names of AWS' own
    policies, and `managed_actions` what they allow. `minimal_hides` completes "minimal ..." in a line; `recommended`
    and `minimal` say it at length.
    """

    command: str
    words: str
    place: str
    role_name: str
    policy_name: str
    sid: str
    managed: tuple[str, ...]
    managed_actions: tuple[str, ...]
    minimal_hides: str
    recommended: str
    minimal: str


IAM = RoleSubject(
    command="aws",
    words="IAM",
    place="the account that is to be read",
    role_name="CertificationCenterReadOnly",
    policy_name="CertificationCenterRead",
    sid="CertificationCenterReadsIam",
    managed=("IAMReadOnlyAccess",),
    managed_actions=(
        *("iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*"),
        *("iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"),
    ),
    minimal_hides="cannot tell when a key was last used",
    recommended="Judges everything, with a handful of calls for a whole account.",
    minimal="The narrowest: about four calls a user, and it cannot tell when an access key was last used, nor whether"
    " MFA is on, nor what a policy says.",
)
"""The users and keys of one account; IAMReadOnlyAccess as of its version 4."""

IDENTITY_CENTER = RoleSubject(
    command="identity-center",
    words="IAM Identity Center",
    place="the organization's management account, or the one Identity Center is delegated to",
    role_name="CertificationCenterDirectory",
    policy_name="CertificationCenterReadDirectory",
    sid="CertificationCenterReadsIdentityCenter",
    managed=("AWSSSOReadOnly", "AWSSSODirectoryReadOnly"),
    managed_actions=(
        *("sso:Describe*", "sso:Get*", "sso:List*", "sso:Search*", "sso-directory:Describe*", "sso-directory:Get*"),
        *("sso-directory:List*", "sso-directory:Search*", "identitystore:Describe*", "identitystore:List*"),
        *("identitystore-auth:BatchGetSession", "identitystore-auth:ListSessions", "access-analyzer:ValidatePolicy"),
        *("ds:DescribeDirectories", "ds:DescribeTrusts", "iam:ListPolicies", "organizations:DescribeAccount"),
        *("organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListAccountsForParent"),
        *("organizations:ListChildren", "organizations:ListDelegatedAdministrators", "organizations:ListParents"),
        *("organizations:ListOrganizationalUnitsForParent", "organizations:ListRoots"),
        "signin:ListTrustedIdentityPropagationApplicationsForConsole",
    ),
    minimal_hides="cannot tell who is in which group and who reaches which account",
    recommended="Shows users, groups, and who reaches which account as what.",
    minimal="The narrowest: the users alone, without their groups and without what they reach.",
)
"""The people of an organization; AWSSSOReadOnly as of version 12, AWSSSODirectoryReadOnly as of version 7."""


@dataclass(frozen=True)
class PermissionSizes:
    """The actions of the two sizes that are ours; the third, `managed`, is AWS' own."""

    recommended: Sequence[str]
    minimal: Sequence[str]
    subject: RoleSubject = IAM
    key_statements: Sequence[Mapping[str, Any]] = ()
    """What else every size needs: the use of a customer managed key, through the service alone."""

    def actions(self, size: Size) -> list[str]:
        """The actions of one size, in a fixed order."""
        sizes = {
            "managed": self.subject.managed_actions,
            "recommended": self.recommended,
            "minimal": self.minimal,
        }
        return sorted(sizes[size])


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
    role_name: str = IAM.role_name
    organization_id: str = ""

    @property
    def subject(self) -> RoleSubject:
        """What it reads."""
        return self.permissions.subject

    @property
    def command(self) -> str:
        """How its connection is made."""
        return f"certify connect {self.subject.command} {self.connection}"

    @property
    def partition(self) -> str:
        """AWS credentials do not cross partitions: the role lies in the caller's."""
        return self.principal.partition

    @property
    def managed_policy_arns(self) -> list[str]:
        return [f"arn:{self.partition}:iam::aws:policy/{name}" for name in self.subject.managed]


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


def permission_policy(permissions: PermissionSizes, size: Size) -> dict[str, Any]:
    """Reads only; most of these actions know no resource but `*`."""
    actions = permissions.actions(size)
    reads = {"Sid": permissions.subject.sid, "Effect": "Allow", "Action": actions, "Resource": "*"}
    return _document(reads, *permissions.key_statements)


def key_policy(permissions: PermissionSizes) -> dict[str, Any]:
    """The key's statements alone, to go with AWS' own policies."""
    return _document(*permissions.key_statements)


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


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}
