"""Links into the AWS console, for each partition that has one."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from pipeline.onboarding.templates.policy import RoleToCreate
from pipeline.problems import ConfigurationError, Problem

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
"""Where a role's stack goes when nothing else is said; IAM itself has no region."""


def home_region(partition: str) -> str:
    """The region to make a stack in; for partitions without a public console the caller's own region has to be used."""
    return HOME_REGIONS.get(partition, "us-east-1")


def roles_link(partition: str) -> str:
    """The list of roles in the console, empty where the partition has no public console."""
    host = CONSOLES.get(partition)
    return f"https://{host}/iam/home#/roles" if host else ""


def create_stack_link(partition: str, region: str) -> str:
    """CloudFormation's form for a template that is uploaded by hand."""
    host = CONSOLES.get(partition)
    return f"https://{host}/cloudformation/home?{urlencode({'region': region})}#/stacks/create" if host else ""


def quick_create_link(role: RoleToCreate, template_url: str, region: str) -> str:
    """CloudFormation's one-page form with every parameter filled in.

    `template_url` is where the administrator put role.cfn.yaml: the console reads it from S3 only. Raises
    ConfigurationError when it is not an https URL or the partition has no public console. See "Creating quick-create
    links for stacks" in the CloudFormation user guide.
    """
    host = CONSOLES.get(role.partition)
    address = urlsplit(template_url)
    if not host or address.scheme != "https" or not address.netloc:
        reason = "is not an https URL" if host else f"cannot be used: partition {role.partition} has no public console"
        raise ConfigurationError(Problem.of("template_url_refused", url=template_url, reason=reason))
    parameters = {
        "templateURL": template_url,
        "stackName": stack_name(role),
        "param_TrustedPrincipal": role.principal.arn,
        "param_ExternalId": role.external_ids[0],
        "param_RoleName": role.role_name,
    }
    if len(role.external_ids) > 1:
        parameters["param_NextExternalId"] = role.external_ids[1]
    if role.organization_id:
        parameters["param_OrganizationId"] = role.organization_id
    form = f"https://{host}/cloudformation/home?{urlencode({'region': region})}#/stacks/quickcreate"
    return f"{form}?{urlencode(parameters)}"


def stack_name(role: RoleToCreate) -> str:
    """One stack for each connection; a connection's name has only letters, digits and hyphens."""
    return f"certification-center-{role.connection}"
