"""`certify exception`: findings accepted until a date."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import invocation
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY, DECISION_ID, REASON, STATE
from pipeline.cli.instants import instant
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode

exception_app = typer.Typer(name="exception", rich_markup_mode=None, pretty_exceptions_enable=False)

FINDING_ID = Annotated[str, typer.Argument(metavar="FINDING_ID", help="Of an open finding, or how it begins.")]
UNTIL = Annotated[
    str,
    typer.Option("--until", metavar="DATE", help="From then on it is open again: 2027-03-31 (00:00 UTC of that day)."),
]


def add(invocation: Invocation, finding_id: FINDING_ID, until: UNTIL, reason: REASON, by: BY = None) -> ExitCode:
    """Accept a finding until a date: it is excepted, and counts nowhere, until then.

    \b
    Example:
      certify exception add 3f6c2a91 --until 2027-03-31 --reason "replaced with the new build server, ticket 4711"
    """
    from pipeline.decisions.account_lookup import finding_called
    from pipeline.decisions.recording import record
    from pipeline.ledger.decisions import Verb
    from pipeline.ledger.store import Ledger

    ends = instant(until, "--until")
    found = finding_called(invocation.home, finding_id)
    who = decision_options.clerk(invocation, by)
    decision = who.decision(Verb.EXCEPT, found.account_key, found.finding_id, reason, ends)
    record(Ledger.of(invocation.home), decision, {})
    return decision_options.recorded(invocation, decision, (None, found.summary))


def undo(invocation: Invocation, decision_id: DECISION_ID, reason: REASON, by: BY = None) -> ExitCode:
    """Undo an exception: the finding is open again."""
    from pipeline.decisions import recording
    from pipeline.decisions.register import ABOUT_FINDINGS
    from pipeline.ledger.store import Ledger

    undoing = decision_options.clerk(invocation, by).undoing(reason)
    decision = recording.undo(Ledger.of(invocation.home), decision_id, undoing, ABOUT_FINDINGS)
    return decision_options.undone(invocation, decision, undoing)


def listing(invocation: Invocation, state: STATE = None) -> ExitCode:
    """List exceptions: in force, expired, undone, or dangling (about a finding nobody knows)."""
    from pipeline.decisions.register import ABOUT_FINDINGS, register

    return decision_options.listed(invocation, register(invocation.home, invocation.now, ABOUT_FINDINGS), state)


COMMANDS = (
    ("add", add, "Accept a finding until a date."),
    ("list", listing, "What is accepted, and until when."),
    ("undo", undo, "Open a finding again."),
)
for name, function, in_short in COMMANDS:
    exception_app.command(name, short_help=in_short)(invocation.command(function))


@exception_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Accept findings until a date. They stay in findings.all_findings, with who accepted them, why and until when."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
