"""`certify sync`: read, judge, publish."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.choices import connection_names
from pipeline.cli.instants import instant
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode


def sync(
    invocation: Invocation,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME", help="Which connections; all when none is named.", autocompletion=connection_names
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="T",
            help="Read nothing; judge the snapshots there were at this instant, such as 2026-06-30 or"
            " 2026-06-30T12:00:00+02:00 (UTC unless said), into a file of its own.",
            show_default=False,
        ),
    ] = None,
    accept_shrink: Annotated[
        list[str] | None,
        typer.Option(
            "--accept-shrink",
            metavar="NAME",
            help="Accept that this directory has lost many rows or all of them, or has other identifiers. May be given"
            " several times.",
            autocompletion=connection_names,
            show_default=False,
        ),
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Read every fact live: none from a credential report AWS made up to four hours ago. More calls.",
        ),
    ] = False,
) -> ExitCode:
    """Read the connected directories, load and judge what was read, test it, and publish it.

    One connection that fails stops no other: its last good data stays, with its own date, and the exit code is 5 (4
    when all of them failed). What was published before stays until the new tables have passed their tests.

    With --as-of no directory is read: every connection is judged from its newest snapshot not after that instant, by
    the decisions in force then, into exports/as-of/INSTANT.duckdb. Published tables, history and alerts stay as they
    are; `certify findings --as-of` and `certify sql --as-of` read the file. NAME then only says for which connections
    a missing snapshot matters: exit code 5 when some have none that old, 4 when all.

    \b
    Examples:
      certify sync
      certify sync production people
      certify sync --as-of 2026-06-30
      certify sync people --accept-shrink people
    """
    from pipeline.cli.commands.sync_as_of import judge_and_show
    from pipeline.cli.commands.sync_summary import next_step, sync_and_show
    from pipeline.demo.environment import reachable

    if as_of is not None:
        then = instant(as_of, "--as-of")
        if fresh or accept_shrink:
            raise typer.BadParameter("reads no directory; leave out --fresh and --accept-shrink", param_hint="--as-of")
        return judge_and_show(invocation, names or [], then)
    with reachable(invocation.home):
        document, outcome = sync_and_show(invocation, names or [], accept_shrink or [], fresh=fresh)
    if not invocation.output.json:
        next_step(invocation, outcome.exit_code)
    return invocation.finish(document, problems=outcome.problems, code=outcome.exit_code)
