"""Renders the files for an organization: one StackSet, and an external ID for each account."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.connections.external_id import new_external_id
from pipeline.onboarding.templates.console import home_region
from pipeline.onboarding.templates.fill import fill, indented
from pipeline.onboarding.templates.policy import RoleToCreate, caller_policy
from pipeline.onboarding.templates.role_files import cloudformation

STACK_SET = "certification-center"
COMMAND = "certify connect aws-org"
COLUMNS = ("account_id", "account_name", "connection", "role_arn", "external_id", "deploy_with")


@dataclass(frozen=True)
class Deployment:
    """One account that is to get the role; a service-managed StackSet passes over the management account."""

    account_id: str
    account_name: str
    connection: str
    role_arn: str
    external_id: str
    is_management: bool

    @property
    def role_name(self) -> str:
        return self.role_arn.rpartition("/")[2]


def stack_set_packet(
    role: RoleToCreate, deployments: Sequence[Deployment], *, purposes: Mapping[str, str], region: str = ""
) -> dict[str, str]:
    """File name to text."""
    region = region or home_region(role.partition)
    return {
        "role.cfn.yaml": cloudformation(role, command=COMMAND, with_external_id=False),
        "stackset.sh": script(deployments, region),
        "accounts.csv": table(deployments),
        "README.txt": _readme(role, deployments, purposes, region),
    }


def script(deployments: Sequence[Deployment], region: str) -> str:
    """AWS CLI calls: the set once, then one deployment an account, since only so each has its own external ID."""
    lines = [
        f"deploy {each.account_id} {each.external_id} {shlex.quote(each.role_name)}"
        for each in deployments
        if not each.is_management
    ]
    return fill(
        "stackset.sh",
        stack_set=STACK_SET,
        region=region,
        nobodys_external_id=new_external_id({each.external_id for each in deployments}),
        deployments="\n".join(lines) or "echo 'no account waits for its role'",
    )


def table(deployments: Sequence[Deployment]) -> str:
    """The same as CSV, for whoever rolls out by other means. What a spreadsheet would run gets a leading quote."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in deployments:
        name = f"'{each.account_name}" if each.account_name[:1] in set("=+-@\t\r'") else each.account_name
        way = "plain stack" if each.is_management else "StackSet"
        writer.writerow([each.account_id, name, each.connection, each.role_arn, each.external_id, way])
    return text.getvalue()


def _readme(role: RoleToCreate, deployments: Sequence[Deployment], purposes: Mapping[str, str], region: str) -> str:
    reads = [f"{action}  {purposes.get(action, '')}".rstrip() for action in sorted(role.permissions.recommended)]
    management = [each for each in deployments if each.is_management]
    return fill(
        "README-organization.txt",
        principal=role.principal.arn,
        count=len(deployments),
        organization=role.organization_id or "any",
        management=indented("".join(map(_plain_stack, management)), 5) or "     It does not wait for a role.",
        purposes=indented("\n".join(reads), 5),
        caller_policy=indented(json.dumps(caller_policy(role), indent=2), 2),
        region=region,
    )


def _plain_stack(each: Deployment) -> str:
    overrides = shlex.join([f"ExternalId={each.external_id}", f"RoleName={each.role_name}"])
    return (
        "aws cloudformation deploy --template-file role.cfn.yaml --stack-name certification-center \\\n"
        f"  --capabilities CAPABILITY_NAMED_IAM --parameter-overrides {overrides}\n"
    )
