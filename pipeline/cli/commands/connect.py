"""`certify connect`: the group of commands that connect directories."""

from __future__ import annotations

import typer

from pipeline.cli import invocation
from pipeline.cli.commands.connect_aws import aws, rotate_external_id
from pipeline.cli.commands.connect_identity_center import identity_center
from pipeline.cli.commands.connect_list import listing, remove, show
from pipeline.cli.commands.connect_organization import aws_org
from pipeline.cli.commands.connect_other_kinds import Kinds
from pipeline.problems import ExitCode

connect_app = typer.Typer(name="connect", cls=Kinds, rich_markup_mode=None, pretty_exceptions_enable=False)

COMMANDS = (
    ("aws", aws, "An AWS account, through a role in it."),
    ("aws-org", aws_org, "Every account of an AWS organization."),
    ("identity-center", identity_center, "An IAM Identity Center, through a role."),
    ("list", listing, "What is connected, and what waits for its role."),
    ("show", show, "Everything about one connection."),
    ("remove", remove, "Take a connection out."),
    ("rotate-external-id", rotate_external_id, "Replace an external ID without a gap."),
)
for name, function, in_short in COMMANDS:
    connect_app.command(name, short_help=in_short)(invocation.command(function))
for kind, function in (("aws_iam", aws), ("aws_identity_center", identity_center)):
    connect_app.command(kind, hidden=True)(invocation.command(function))  # the kind's name in connections.yaml


@connect_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Connect a directory: an AWS account, a whole organization, a file.

    \b
    An AWS account, in three commands:
      certify connect aws production                     makes the external ID and the files for its administrator
      certify connect aws production --role-arn ARN      tests the role they made, and saves it
      certify sync production                            reads it
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
