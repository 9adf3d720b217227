"""`certify remove-home`: deletes a home after showing what would be lost."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import CertifyError, ExitCode, Problem


def remove_home(
    invocation: Invocation,
    confirmed: Annotated[
        bool, typer.Option("--yes-delete-everything", help="Do not ask. Needed where there is no terminal.")
    ] = False,
) -> ExitCode:
    """Delete this home, with its decisions, snapshots and history. Says first what would be lost, and asks.

    \b
    Example:
      certify remove-home --home /srv/certify-trial
    """
    from pipeline.removal import holdings, remove

    home, output = invocation.home, invocation.output
    found = holdings(home)
    columns = [Column("part"), Column("holds"), Column("rebuilt by a sync")]
    rows = [(part.name, part.content, "no" if part.irreplaceable else "yes") for part in found]
    if not output.json:
        output.table(columns, rows)
    if not confirmed and not _agreed(invocation):
        raise CertifyError(Problem.of("home_kept", home=home.root))
    remove(home)
    output.note(f"{home.root} is deleted.")
    return invocation.finish({"deleted": [{"part": part.name, "holds": part.content} for part in found]})


def _agreed(invocation: Invocation) -> bool:
    if not invocation.may_ask:
        return False
    name = invocation.home.root.name
    answer: str = typer.prompt(
        f"Type {name} to delete {invocation.home.root}", default="", show_default=False, err=True
    )
    return answer.strip() == name
