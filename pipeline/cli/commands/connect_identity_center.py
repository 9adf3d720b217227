"""`certify connect identity-center`: the AWS wizard for an IAM Identity Center."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.commands.connect_aws import (
    DISPLAY_NAME,
    NAME,
    ORGANIZATION_ID,
    OUT,
    PRINCIPAL,
    ROLE_ARN,
    TEMPLATE_URL,
    UNPROVEN,
    wizard,
)
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode


def identity_center(
    invocation: Invocation,
    name: NAME,
    region: Annotated[
        str,
        typer.Option(
            metavar="REGION",
            help="The region the instance lives in, such as eu-central-1. Needed once.",
            show_default=False,
        ),
    ] = "",
    role_arn: ROLE_ARN = "",
    instance_arn: Annotated[
        str,
        typer.Option(
            metavar="ARN",
            help="Which instance, where the account has several. Default: the only one.",
            show_default=False,
        ),
    ] = "",
    display_name: DISPLAY_NAME = "",
    principal: PRINCIPAL = "",
    role_name: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="The role to make. Default: CertificationCenterDirectory.", show_default=False
        ),
    ] = "",
    organization_id: ORGANIZATION_ID = "",
    template_url: TEMPLATE_URL = "",
    out: OUT = None,
    accept_unproven: UNPROVEN = False,
) -> ExitCode:
    """Connect an IAM Identity Center: make its external ID and the files for its administrator, then test and save its
    role.

    The role belongs into the organization's management account, or into the one Identity Center is delegated to.
    Nothing is changed in AWS. The external ID is made here at random and cannot be chosen; it stays the same until the
    connection is saved.

    \b
    Examples:
      certify connect identity-center workforce --region eu-central-1
      certify connect identity-center workforce --role-arn arn:aws:iam::111122223333:role/CertificationCenterDirectory
    """
    from pipeline.onboarding.request import OnboardingRequest

    wish = OnboardingRequest(
        name,
        kind="aws_identity_center",
        display_name=display_name,
        principal=principal,
        role_name=role_name,
        organization_id=organization_id,
        template_url=template_url,
        out=out,
        accepts_unproven=accept_unproven,
        region=region,
        instance_arn=instance_arn,
    )
    return wizard(invocation, wish, role_arn)
