"""`certify identity`: people's decisions on who owns which account."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import invocation
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY, DECISION_ID, REASON, STATE, UNTIL
from pipeline.cli.commands.identity_attributes import attributes
from pipeline.cli.commands.identity_explain import explain
from pipeline.cli.commands.identity_files import export, import_
from pipeline.cli.commands.identity_what_if import what_if
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode

identity_app = typer.Typer(name="identity", rich_markup_mode=None, pretty_exceptions_enable=False)

ACCOUNT = Annotated[
    str,
    typer.Argument(
        metavar="ACCOUNT", help="An account_key, or a user name, e-mail address or employee id only one account has."
    ),
]
PERSON = Annotated[
    str, typer.Argument(metavar="PERSON", help="A person: the same, of a row of the roster or of another account.")
]
KIND = Annotated[str, typer.Argument(metavar="KIND", help="human, service, shared, break_glass or unknown.")]


def link(
    invocation: Invocation, account: ACCOUNT, person: PERSON, reason: REASON, until: UNTIL = None, by: BY = None
) -> ExitCode:
    """Decide that an account belongs to a person.

    \b
    Examples:
      certify identity link ada.old people:E1007 --reason "asked her; it is her old login"
      certify identity link production:AIDA... ada@example.com --reason "ticket 4711" --until 2027-03-31
    """
    return _about_two(invocation, "link", account, person, reason, until, by)


def unlink(
    invocation: Invocation, account: ACCOUNT, person: PERSON, reason: REASON, until: UNTIL = None, by: BY = None
) -> ExitCode:
    """Decide that an account does not belong to a person, whatever the rules say."""
    return _about_two(invocation, "unlink", account, person, reason, until, by)


def owner(
    invocation: Invocation, account: ACCOUNT, person: PERSON, reason: REASON, until: UNTIL = None, by: BY = None
) -> ExitCode:
    """Decide that a person answers for a service or shared account."""
    return _about_two(invocation, "owner", account, person, reason, until, by)


def kind(
    invocation: Invocation, account: ACCOUNT, kind: KIND, reason: REASON, until: UNTIL = None, by: BY = None
) -> ExitCode:
    """Decide what an account is: a person's own, a service's, shared, for emergencies, or not to be told."""
    from pipeline.decisions.account_lookup import account_named, persons
    from pipeline.decisions.recording import record
    from pipeline.ledger.decisions import Verb
    from pipeline.ledger.store import Ledger

    home, ends = invocation.home, decision_options.end(until)
    found = account_named(home, account)
    decision = decision_options.clerk(invocation, by).decision(Verb.KIND, found.account_key, kind, reason, ends)
    record(Ledger.of(home), decision, persons(home))
    return decision_options.recorded(invocation, decision, (found.label, None))


def _about_two(
    invocation: Invocation, verb: str, account: str, person: str, reason: str, until: str | None, by: str | None
) -> ExitCode:
    from pipeline.decisions.account_lookup import account_named, persons
    from pipeline.decisions.recording import record
    from pipeline.ledger.decisions import Verb
    from pipeline.ledger.store import Ledger

    home, ends = invocation.home, decision_options.end(until)
    of, to = account_named(home, account), account_named(home, person, is_person=True)
    decision = decision_options.clerk(invocation, by).decision(Verb(verb), of.account_key, to.account_key, reason, ends)
    record(Ledger.of(home), decision, persons(home))
    return decision_options.recorded(invocation, decision, (of.label, to.label))


def undo(invocation: Invocation, decision_id: DECISION_ID, reason: REASON, by: BY = None) -> ExitCode:
    """Undo a decision. It stays in the ledger, with who undid it and why."""
    from pipeline.decisions import recording
    from pipeline.decisions.register import ABOUT_ACCOUNTS
    from pipeline.ledger.store import Ledger

    undoing = decision_options.clerk(invocation, by).undoing(reason)
    decision = recording.undo(Ledger.of(invocation.home), decision_id, undoing, ABOUT_ACCOUNTS)
    return decision_options.undone(invocation, decision, undoing)


def listing(invocation: Invocation, state: STATE = None) -> ExitCode:
    """List what was decided: in force, expired, undone, or dangling (about an account no directory has any more)."""
    from pipeline.decisions.register import ABOUT_ACCOUNTS, register

    return decision_options.listed(invocation, register(invocation.home, invocation.now, ABOUT_ACCOUNTS), state)


COMMANDS = (
    ("explain", explain, "Why an account is whose it is."),
    ("link", link, "An account belongs to a person."),
    ("unlink", unlink, "An account does not belong to a person."),
    ("owner", owner, "A person answers for a service or shared account."),
    ("kind", kind, "An account is human, service, shared or break_glass."),
    ("undo", undo, "Undo a decision."),
    ("list", listing, "What was decided."),
    ("export", export, "Decisions and open questions as CSV."),
    ("import", import_, "Decisions from CSV, all or none."),
    ("what-if", what_if, "What other weights would change."),
    ("attributes", attributes, "What tags and columns are taken for."),
)
for name, function, in_short in COMMANDS:
    identity_app.command(name, short_help=in_short)(invocation.command(function))


@identity_app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Decide who is who, where the rules cannot tell or are wrong.

    A decision wins over every rule, from the next `certify sync` on, until its end date or until it is undone.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
