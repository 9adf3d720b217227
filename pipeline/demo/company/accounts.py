"""The sample company's AWS accounts: groups, policies, root users, and what the reading role may do in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import RECOMMENDED

ROLE = "CertificationCenterReadOnly"


@dataclass(frozen=True)
class AwsAccount:
    """An account as it is connected.

    `withheld` are read actions its role lacks, as happens with hand-written policies.
    """

    connection: str
    display_name: str
    account_id: str
    alias: str
    withheld: frozenset[str] = frozenset()

    @property
    def role_arn(self) -> str:
        """The role that is connected."""
        return f"arn:aws:iam::{self.account_id}:role/{ROLE}"

    @property
    def tells_key_use(self) -> bool:
        """Whether the role may learn when a key was last used."""
        return "iam:GetAccessKeyLastUsed" not in self.withheld


PRODUCTION = AwsAccount("production", "Production AWS account", "111122223333", "tidewater-production")
STAGING = AwsAccount("staging", "Staging and sandbox", "444455556666", "tidewater-staging")
DATA = AwsAccount(
    "data",
    "Data platform",
    "777788889999",
    "tidewater-data",
    frozenset({"iam:GetAccessKeyLastUsed", "iam:GenerateCredentialReport", "iam:GetCredentialReport"}),
)
ACCOUNTS = (PRODUCTION, STAGING, DATA)

GROUPS = {
    "engineers": ("AmazonEC2ReadOnlyAccess", "CloudWatchReadOnlyAccess"),
    "data": ("AmazonAthenaFullAccess", "AmazonS3ReadOnlyAccess"),
    "platform": ("PowerUserAccess",),
    "security": ("SecurityAudit",),
    "finance": ("Billing",),
    "support": ("ViewOnlyAccess",),
    "admins": ("AdministratorAccess",),
    "operators": ("TidewaterOperator",),
    "contractors": (),
    "everyone": ("IAMUserChangePassword",),
}
"""Groups every account has, and what is attached to them."""

ADMIN_GROUPS = frozenset({"admins", "operators"})
ADMIN_POLICIES = frozenset({"AdministratorAccess", "TidewaterOperator"})
CONTRACTOR_BOUNDARY = "ContractorBoundary"


def prepare(aws: Emulator, account: AwsAccount, external_id: str, now: datetime) -> EmulatedAccount:
    """The account with everything but its users."""
    built = aws.account(account.account_id)
    built.alias(account.alias)
    may = sorted(RECOMMENDED - account.withheld) if account.withheld else None
    built.role(ROLE, external_id=external_id, trust_principal=aws.hub_arn, policy=may)
    _root(built, account, now)
    opened = now - timedelta(days=1900)
    operator = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    earlier = [["ec2:*", "rds:*"]]
    built.managed_policy("TidewaterOperator", operator, path="/ops/", created=opened, versions=earlier)
    built.managed_policy(CONTRACTOR_BOUNDARY, ["s3:*", "ec2:Describe*", "logs:*"], created=opened)
    built.managed_policy("LabInstruments", ["iot:*", "greengrass:Get*"], created=opened)
    for name, policies in GROUPS.items():
        built.group(name, path="/teams/" if name in ("engineers", "data", "platform") else "/", created=opened)
        for policy in policies:
            built.attach(name, policy_arn(built, policy), group=True)
    built.inline_policy("contractors", "own-buckets", ["s3:GetObject", "s3:PutObject"], group=True)
    return built


def policy_arn(built: EmulatedAccount, name: str) -> str:
    """The ARN of a policy by its name, the company's own or AWS's."""
    own = {"TidewaterOperator": "/ops/", CONTRACTOR_BOUNDARY: "/", "LabInstruments": "/"}
    return f"arn:aws:iam::{built.account_id}:policy{own[name]}{name}" if name in own else built.aws_policy(name)


def _root(built: EmulatedAccount, account: AwsAccount, now: datetime) -> None:
    """Staging has the root user nobody looked after: no MFA, and a key."""
    born = now - timedelta(days=2000)
    if account is STAGING:
        used = now - timedelta(days=412, hours=5)
        built.root(created=born, mfa=False, key_created=born + timedelta(days=3), key_last_used=used)
    else:
        built.root(created=born, mfa=True, password_last_used=now - timedelta(days=230))
