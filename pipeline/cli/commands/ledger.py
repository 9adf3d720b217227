"""`certify ledger`: verifies the ledger, and accepts one that fails verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli import invocation
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY, REASON
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.ledger.verification import Tampering

ledger_app = typer.Typer(name="ledger", rich_markup_mode=None, pretty_exceptions_enable=False)

COLUMNS = [
    Column("table"),
    Column("row", may_wrap=True),
    Column("written"),
    Column("by"),
    Column("what", may_wrap=True),
]


def verify(invocation: Invocation) -> ExitCode:
    """Verify every row of the ledger against its chain of hashes, and the end of the chain against where it is stored.

    Names each row that was changed, removed or added by something other than certify. Exit code 6 when there is one.
    """
    from pipeline.warehouse.verified_ledger import verify_ledger

    seen, output = verify_ledger(invocation.home), invocation.output
    if not output.json:
        _show(invocation, seen.tamperings)
        if seen.is_touched:
            output.warn("another program wrote to the file, but changed no row", label="warning")
        if not seen.tamperings:
            output.note(f"{seen.head.position} rows, each as certify wrote it; the chain ends at {seen.head.hash}")
    return invocation.finish(
        {
            "tamperings": [_document(each) for each in seen.tamperings],
            "is_touched": seen.is_touched,
            "rows": seen.head.position,
            "head": seen.head.hash,
        },
        code=ExitCode.REFUSED if seen.tamperings else ExitCode.OK,
    )


def accept(invocation: Invocation, reason: REASON, by: BY = None) -> ExitCode:
    """Accept the ledger as it is now, although certify did not write it so, and chain its rows anew.

    Who accepted it, why, and every difference that was found stay in the ledger. A file that is damaged cannot be
    accepted: restore it from a backup.

    \b
    Example:
      certify ledger accept --reason "restored from the backup of Sunday, ticket 4711"
    """
    from pipeline.decisions.recording import accept_ledger

    found = accept_ledger(invocation.home, decision_options.clerk(invocation, by), reason)
    if not invocation.output.json:
        _show(invocation, found)
        invocation.output.note("Accepted." if found else "Nothing to accept: every row is as certify wrote it.")
    return invocation.finish({"accepted": [_document(each) for each in found]})


def _show(invocation: Invocation, found: Sequence[Tampering]) -> None:
    if found:
        rows = [(each.table, each.key, each.written_at[:19], each.written_by, each.what) for each in found]
        invocation.output.table(COLUMNS, rows)


def _document(each: Tampering) -> dict[str, Any]:
    return {
        "table": each.table,
        "row": each.key,
        "written_at": each.written_at,
        "written_by": each.written_by,
        "what": each.what,
    }


COMMANDS = (
    ("verify", verify, "Is every row what certify wrote?"),
    ("accept", accept, "Accept a changed ledger."),
)
for name, function, in_short in COMMANDS:
    ledger_app.command(name, short_help=in_short)(invocation.command(function))


@ledger_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Verify the ledger: decisions and exceptions, append-only, each row chained to the one before."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
