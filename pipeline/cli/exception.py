"""`certify exception`: findings that somebody accepts, until a date.

Belongs here: the commands.
Does not belong here: recording (`certification`), and what an exception does to a finding (the dbt project).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import decided, frame
from pipeline.cli.decided import BY, DECISION_ID, REASON, STATE
from pipeline.cli.frame import Invocation
from pipeline.cli.instants import instant
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
    from pipeline.certification.accounts import finding_called
    from pipeline.certification.deciding import record
    from pipeline.ledger.decisions import Verb
    from pipeline.ledger.store import Ledger

    ends = instant(until, "--until")
    found = finding_called(invocation.home, finding_id)
    who = decided.clerk(invocation, by)
    decision = who.decision(Verb.EXCEPT, found.account_key, found.finding_id, reason, ends)
    record(Ledger.of(invocation.home), decision, {})
    return decided.recorded(invocation, decision, (None, found.summary))


def undo(invocation: Invocation, decision_id: DECISION_ID, reason: REASON, by: BY = None) -> ExitCode:
    """Undo an exception: the finding is open again."""
    from pipeline.certification import deciding
    from pipeline.certification.register import ABOUT_FINDINGS
    from pipeline.ledger.store import Ledger

    undoing = decided.clerk(invocation, by).undoing(reason)
    decision = deciding.undo(Ledger.of(invocation.home), decision_id, undoing, ABOUT_FINDINGS)
    return decided.undone(invocation, decision, undoing)


def listing(invocation: Invocation, state: STATE = None) -> ExitCode:
    """List exceptions: in force, expired, undone, or dangling (about a finding nobody knows)."""
    from pipeline.certification.register import ABOUT_FINDINGS, register

    return decided.listed(invocation, register(invocation.home, invocation.now, ABOUT_FINDINGS), state)


COMMANDS = (
    ("add", add, "Accept a finding until a date."),
    ("list", listing, "What is accepted, and until when."),
    ("undo", undo, "Open a finding again."),
)
for name, function, in_short in COMMANDS:
    exception_app.command(name, short_help=in_short)(frame.command(function))


@exception_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Accept findings until a date. They stay in findings.all_findings, with who accepted them, why and until when."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
