"""`certify connect list`, `show` and `remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.choices import connection_names
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ConfigurationError, ExitCode, Problem

COLUMNS = (
    Column("name"),
    Column("kind"),
    Column("state"),
    Column("access_mode"),
    Column("source", may_wrap=True),
    Column("display_name", may_wrap=True),
)
NAME = Annotated[
    str, typer.Argument(metavar="NAME", help="A connection, or one that waits.", autocompletion=connection_names)
]


def listing(invocation: Invocation) -> ExitCode:
    """List what is connected, and what waits for its role."""
    from pipeline.onboarding.connection_inventory import overview

    rows = overview(invocation.home, invocation.environ)
    if invocation.output.json:
        return invocation.finish({"connections": rows})
    invocation.output.table(COLUMNS, [list(row.values()) for row in rows])
    if not rows:
        invocation.output.note("Nothing is connected yet. Start with: certify connect aws NAME")
    return ExitCode.OK


def show(
    invocation: Invocation,
    name: NAME,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show the external ID, to compare it with the role's.")
    ] = False,
) -> ExitCode:
    """Show everything about one connection; its external ID only with --reveal."""
    from pipeline.onboarding.connection_inventory import describe

    facts = describe(invocation.home, invocation.environ, name, reveal=reveal)
    if invocation.output.json:
        return invocation.finish({"connection": facts})
    rows = [(key, value) for key, value in facts.items() if value not in (None, "")]
    invocation.output.table((Column("key"), Column("value", may_wrap=True)), rows)
    return ExitCode.OK


def remove(
    invocation: Invocation,
    name: NAME,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> ExitCode:
    """Take a connection out of connections.yaml, or forget one that waits. Snapshots stay in the landing.

    Its external ID is gone with it; connecting the account again makes a new one. The role in AWS is not touched.
    """
    from pipeline.onboarding.connection_inventory import describe, forget

    facts = describe(invocation.home, invocation.environ, name, reveal=False)
    if not yes:
        what = f"'{name}' ({facts['state']}, {facts['kind']}) would be taken out"
        if not invocation.may_ask or invocation.output.json:
            raise ConfigurationError(Problem.of("confirmation_needed", connection=name, what=what))
        if not typer.confirm(f"{what}. Do it?", default=False, err=True):
            invocation.output.note("Nothing was changed.")
            return invocation.finish({"connection": name, "removed": False})
    forget(invocation.home, invocation.environ, name)
    invocation.output.note(f"'{name}' is taken out.")
    if facts.get("role_arn"):
        invocation.output.note(f"Its role is still there; delete it in AWS to be sure: {facts['role_arn']}")
    return invocation.finish({"connection": name, "removed": True})
