"""`certify identity what-if`: what other matching weights and limits would change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.cli.progress import shown
from pipeline.problems import ConfigurationError, ExitCode, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.decisions.what_if import AccountChange, State, WhatIfResult

WEIGHT = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        metavar="RULE=WEIGHT",
        help="Another weight for a rule, 0 to 1; 0 switches it off. May be given again.",
        show_default=False,
    ),
]
CONFIDENCE = Annotated[
    float | None,
    typer.Option("--confidence", metavar="C", help="Another assignment_confidence, 0 to 1.", show_default=False),
]
ODDS = Annotated[
    float | None,
    typer.Option("--odds", metavar="N", help="Another assignment_odds, 1 or more.", show_default=False),
]
COUNTS = [Column("accounts"), Column("now", right=True), Column("then", right=True)]
CHANGES = [
    Column("account", may_wrap=True),
    Column("now", may_wrap=True),
    Column("then", may_wrap=True),
    Column("finding now", may_wrap=True),
    Column("finding then", may_wrap=True),
]


def what_if(
    invocation: Invocation, weight: WEIGHT = None, confidence: CONFIDENCE = None, odds: ODDS = None
) -> ExitCode:
    """Show which accounts would be somebody else's with other weights or limits. Nothing is kept.

    The accounts read last are matched anew in a copy of the warehouse. settings.yaml (match_weights,
    assignment_confidence, assignment_odds) makes it so, from the next sync on.

    \b
    Examples:
      certify identity what-if --weight full_name=0.55
      certify identity what-if --weight single_name=0 --confidence 0.8 --odds 5
    """
    from pipeline.decisions import what_if as trying
    from pipeline.settings import load_settings

    limits = {"assignment_confidence": confidence, "assignment_odds": odds}
    settings = load_settings(invocation.home)
    proposed = trying.proposed(
        settings,
        dict(_weight(each) for each in weight or ()),
        {name: value for name, value in limits.items() if value is not None},
    )
    with shown(invocation.output) as progress:
        trial = trying.what_if(
            invocation.home, settings, proposed, on_node=lambda _, done, total: progress("", "match", done, total)
        )
    counts, changes = _counts(trial), trial.changes
    if not invocation.output.json:
        invocation.output.table(COUNTS, counts)
        if changes:
            invocation.output.data("\n")
            invocation.output.table(CHANGES, [_row(each) for each in changes])
        invocation.output.note(f"\n{len(changes)} accounts would be judged otherwise. Nothing was changed.")
    return invocation.finish(
        {
            "counts": [{"what": what, "now": now, "then": then} for what, now, then in counts],
            "changes": [vars(each) for each in changes],
        }
    )


def _weight(given: str) -> tuple[str, float]:
    rule, _, value = given.partition("=")
    try:
        return rule.strip(), float(value)
    except ValueError:
        problem = Problem.of("what_if_unfit", field="--weight", reason=f"is RULE=WEIGHT, and this is not: {given}")
        raise ConfigurationError(problem) from None


def _counts(trial: WhatIfResult) -> Sequence[tuple[str, int, int]]:
    def counted(states: Mapping[str, State]) -> Counter[str]:
        found = Counter(str(each["status"]) for each in states.values())
        found["orphaned"] = sum(each["orphaned"] is not None for each in states.values())
        found["of a person with several"] = sum(each["duplicate"] is not None for each in states.values())
        return found

    now, then = counted(trial.before), counted(trial.after)
    rows = ("assigned", "manual", "ambiguous", "unmatched", "orphaned", "of a person with several")
    return [(row, now[row], then[row]) for row in rows]


def _row(change: AccountChange) -> list[object]:
    sides = (change.before, change.after)
    account = next(str(side["account"]) for side in sides if side)
    return [account, *(_whose(side) for side in sides), *(_findings(side) for side in sides)]


def _whose(state: State) -> str:
    if not state:
        return "not known"
    if state["person"] is None:
        return str(state["status"])
    sure = "" if state["confidence"] is None else f" {state['confidence']:.2f}"
    return f"{state['person']}{sure}"


def _findings(state: State) -> str:
    return ", ".join(str(state[key]) for key in ("orphaned", "duplicate") if state.get(key))
