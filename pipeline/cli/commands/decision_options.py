"""Options, JSON and tables that `certify identity` and `certify exception` share."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.instants import instant
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column, Output
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.decisions.recording import DecisionContext
    from pipeline.decisions.register import CurrentSubject, RegisterEntry
    from pipeline.ledger.decisions import Decision, Undoing

REASON = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. An auditor will read it.")]
UNTIL = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="It counts until this instant, such as 2027-03-31 (00:00 UTC of that day). Without: until it is undone.",
        show_default=False,
    ),
]
BY = Annotated[
    str | None,
    typer.Option("--by", metavar="WHO", help="Who decided it, if not you. You are recorded too.", show_default=False),
]
DECISION_ID = Annotated[str, typer.Argument(metavar="DECISION_ID", help="Its id, or how it begins.")]
STATES = ("in_force", "expired", "undone", "dangling")
STATE = Annotated[
    str | None,
    typer.Option("--state", metavar="STATE", help=f"Only these: {', '.join(STATES)}.", show_default=False),
]

COLUMNS = [
    Column("decision"),
    Column("verb"),
    Column("account", may_wrap=True),
    Column("target", may_wrap=True),
    Column("state"),
    Column("until"),
    Column("by", may_wrap=True),
    Column("reason", may_wrap=True),
]


def clerk(invocation: Invocation, by: str | None) -> DecisionContext:
    """Who decides: the user of this machine, or whoever they name."""
    from pipeline.decisions.recording import DecisionContext

    user = _user()
    return DecisionContext(user if by is None else by, user, invocation.now)


def _user() -> str:
    """By the operating system's word, not by a variable that anybody may set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def end(until: str | None) -> datetime | None:
    """The instant of `--until`."""
    return None if until is None else instant(until, "--until")


def recorded(invocation: Invocation, decision: Decision, labels: tuple[str | None, str | None]) -> ExitCode:
    """The ending of a command that recorded a decision."""
    output, group = invocation.output, "exception" if decision.verb == "except" else "identity"
    if not output.json:
        output.table(COLUMNS, [_cells(decision, decision.state(invocation.now), *labels)])
        output.note(f"Recorded. Takes effect at the next `{invocation.program} sync`.")
        output.note(f"To undo it: {invocation.program} {group} undo {decision.decision_id} --reason TEXT")
    return invocation.finish({"decision": document(decision, decision.state(invocation.now)), "takes_effect": NEXT})


def undone(invocation: Invocation, decision: Decision, undoing: Undoing) -> ExitCode:
    """The ending of a command that undid one."""
    from dataclasses import replace

    shown = replace(decision, undone=undoing)
    if not invocation.output.json:
        invocation.output.table(COLUMNS, [_cells(shown, "undone", None, None)])
        invocation.output.note(f"Undone. Takes effect at the next `{invocation.program} sync`.")
    return invocation.finish({"decision": document(shown, "undone"), "takes_effect": NEXT})


NEXT = "at the next certify sync"


def listed(invocation: Invocation, entries: Sequence[RegisterEntry], state: str | None) -> ExitCode:
    """The ending of a command that lists them."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"'{state}' is none of {', '.join(STATES)}", param_hint="--state")
    chosen = [entry for entry in entries if state in (None, entry.state)]
    output = invocation.output
    if not output.json:
        table(output, chosen)
        waiting = sum(not each.is_applied for each in chosen)
        at_the_next = f", {waiting} of them not applied yet: run `{invocation.program} sync`" if waiting else ""
        output.note(f"\n{len(chosen)} decision{'' if len(chosen) == 1 else 's'}{at_the_next}")
    rows = [
        {
            **document(each.decision, each.state),
            "account": each.account,
            "target_name": each.target,
            "is_applied": each.is_applied,
            "carried": vars(each.carried) if each.carried else None,
        }
        for each in chosen
    ]
    return invocation.finish({"decisions": rows})


def table(output: Output, entries: Sequence[RegisterEntry]) -> None:
    """Decisions as a person reads them."""
    output.table(
        COLUMNS, [_cells(each.decision, each.state, each.account, each.target, each.carried) for each in entries]
    )


def document(decision: Decision, state: str) -> dict[str, Any]:
    """A decision as JSON documents show it."""
    return {**vars(decision), "state": state, "undone": vars(decision.undone) if decision.undone else None}


def _cells(
    decision: Decision, state: str, account: str | None, target: str | None, carried: CurrentSubject | None = None
) -> list[object]:
    about, to = decision.account_key, decision.target
    if carried is not None:
        about = _renamed(about, carried.account_key)
        to = _renamed(to, carried.target) or to
    subject = f"{account} ({about})" if account and about else about
    goal = f"{target} ({to})" if target else to
    facts = [decision.decision_id, decision.verb, subject, goal, state, decision.expires_at]
    reason = f"{decision.reason}; undone: {decision.undone.reason}" if decision.undone else decision.reason
    return [*facts, decision.decided_by, reason]


def _renamed(before: str | None, now: str | None) -> str | None:
    """A key as it is called now, and as it was called when it was decided about."""
    return before if now in (None, before) else f"{now}, was {before}"
