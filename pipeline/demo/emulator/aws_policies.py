"""The few AWS-managed policies the emulated accounts use.

The real list has more than 1,500 and costs a third of a second an account. Documents that are hundreds of statements
long in reality (ReadOnlyAccess, SecurityAudit) are cut to what matters here; the short ones are as AWS publishes
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moto.iam.models import AWSManagedPolicy, IAMBackend

from pipeline.demo.emulator.ids import entity_id
from pipeline.demo.emulator.state import REGIONS

_JOB = "/job-function/"
_SERVICE_READS = (
    "ec2:Describe*",
    "s3:Get*",
    "s3:List*",
    "rds:Describe*",
    "lambda:Get*",
    "lambda:List*",
    "logs:Get*",
    "logs:Describe*",
)
_IAM_READS = (
    "iam:GenerateCredentialReport",
    "iam:GenerateServiceLastAccessedDetails",
    "iam:Get*",
    "iam:List*",
    "iam:SimulateCustomPolicy",
    "iam:SimulatePrincipalPolicy",
)

_POLICIES: Mapping[str, tuple[str, Sequence[str]]] = {
    "AdministratorAccess": ("/", ("*",)),
    "IAMFullAccess": ("/", ("iam:*", "organizations:DescribeAccount", "organizations:ListRoots")),
    "IAMReadOnlyAccess": ("/", _IAM_READS),
    "ReadOnlyAccess": ("/", (*_SERVICE_READS, *_IAM_READS)),
    "SecurityAudit": ("/", ("iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "ec2:Describe*", "s3:GetBucket*")),
    "AmazonS3FullAccess": ("/", ("s3:*", "s3-object-lambda:*")),
    "AmazonS3ReadOnlyAccess": ("/", ("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*")),
    "AmazonEC2ReadOnlyAccess": ("/", ("ec2:Describe*", "elasticloadbalancing:Describe*", "cloudwatch:Describe*")),
    "AmazonAthenaFullAccess": ("/", ("athena:*", "glue:Get*", "s3:GetBucketLocation")),
    "CloudWatchReadOnlyAccess": ("/", ("cloudwatch:Get*", "cloudwatch:List*", "logs:Get*", "logs:Describe*")),
    "IAMUserChangePassword": ("/", ("iam:ChangePassword", "iam:GetAccountPasswordPolicy")),
    "Billing": (_JOB, ("aws-portal:*Billing", "aws-portal:*Usage", "ce:Get*", "budgets:ViewBudget")),
    "ViewOnlyAccess": (_JOB, ("ec2:Describe*", "s3:ListAllMyBuckets", "iam:List*")),
}
_POWER_USER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["iam:CreateServiceLinkedRole", "iam:ListRoles", "account:GetAccountInformation"],
            "Resource": "*",
        },
    ],
}
_PUBLISHED = "2015-02-06T18:39:46"


def add_aws_policies(backend: IAMBackend) -> None:
    """Put them where callers of an account find them."""
    for name, (path, actions) in _POLICIES.items():
        _add(backend, name, path, allow(actions))
    _add(backend, "PowerUserAccess", "/", _POWER_USER)


def allow(actions: Sequence[str], resource: str | Sequence[str] = "*") -> dict[str, object]:
    """A document with one statement that allows these actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement] if actions else []}


def _add(backend: IAMBackend, name: str, path: str, document: object) -> None:
    published = {"Path": path, "Document": document, "CreateDate": _PUBLISHED, "UpdateDate": _PUBLISHED}
    policy = AWSManagedPolicy.from_data(name, backend.account_id, REGIONS[backend.region_name], published)
    policy.id = entity_id("ANPA", "aws", name)
    policy.versions[0].create_date = policy.create_date
    backend.managed_policies[policy.arn] = policy
