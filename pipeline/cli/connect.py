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
connect_app.command("aws", short_help="An AWS account, through a role in it.")(frame.command(aws))
connect_app.command("aws_iam", hidden=True)(frame.command(aws))
connect_app.command("aws-org", short_help="Every account of an AWS organization.")(frame.command(aws_org))
connect_app.command("list", short_help="What is connected, and what waits for its role.")(frame.command(listing))
connect_app.command("show", short_help="Everything about one connection.")(frame.command(show))
connect_app.command("remove", short_help="Take a connection out.")(frame.command(remove))
connect_app.command("rotate-external-id", short_help="Replace an external ID without a gap.")(
    frame.command(rotate_external_id)
)
