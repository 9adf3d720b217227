"""`certify connect`: the group of commands that connect a directory, and what is connected.

Belongs here: which commands there are. Each is a function of a module beside this one.
Does not belong here: carrying them out; and nothing that is slow to import.
"""

from __future__ import annotations

import typer

from pipeline.cli import frame
from pipeline.cli.connect_aws import aws, rotate_external_id
from pipeline.cli.connect_kinds import Kinds
from pipeline.cli.connect_org import aws_org
from pipeline.cli.connected import listing, remove, show

connect_app = typer.Typer(
    name="connect",
    cls=Kinds,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Connect a directory: an AWS account, a whole organization, a file.

    \b
    An AWS account, in three commands:
      certify connect aws production                     makes the external ID and the files for its administrator
      certify connect aws production --role-arn ARN      tests the role they made, and saves it
      certify sync production                            reads it
    """,
)
connect_app.command("aws")(frame.command(aws))
connect_app.command("aws_iam", hidden=True)(frame.command(aws))
connect_app.command("aws-org")(frame.command(aws_org))
connect_app.command("list")(frame.command(listing))
connect_app.command("show")(frame.command(show))
connect_app.command("remove")(frame.command(remove))
connect_app.command("rotate-external-id")(frame.command(rotate_external_id))
