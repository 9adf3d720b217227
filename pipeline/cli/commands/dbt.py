"""`certify dbt`: runs dbt's own commands over a copy of the home's warehouse."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode


def dbt(
    invocation: Invocation,
    arguments: Annotated[list[str], typer.Argument(metavar="-- ARGUMENTS...", help="What dbt is asked, after a --.")],
) -> ExitCode:
    """Run a command of dbt on a fresh copy of the warehouse: nothing of it reaches the tables that are published.

    The copy and dbt's target folder stay in the home's folder `dbt` for a look at the results. A sync that is running
    is waited for. Exit code 1 when dbt fails; its own messages say why.

    \b
    Examples:
      certify dbt -- ls --select findings
      certify dbt -- build --select +stale_accounts
      certify dbt -- docs generate --static
    """
    from pipeline.warehouse.dbt_command import run_dbt

    return ExitCode.OK if run_dbt(invocation.home, arguments) == 0 else ExitCode.UNEXPECTED
