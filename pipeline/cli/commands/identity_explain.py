"""`certify identity explain`: why an account belongs to a person, and what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.commands import decision_options
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.cli.render import visible
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.decisions.counterfactuals import Counterfactual
    from pipeline.decisions.explain import Candidate, Explanation

ACCOUNT = Annotated[
    str,
    typer.Argument(
        metavar="ACCOUNT", help="An account_key, or a user name, e-mail address or employee id only one account has."
    ),
]
EVIDENCE = [
    Column("person", may_wrap=True),
    Column("family"),
    Column("rule"),
    Column("weight", right=True),
    Column("the account has", may_wrap=True),
    Column("the person has", may_wrap=True),
]
CANDIDATES = [
    Column("candidate", may_wrap=True),
    Column("e-mail", may_wrap=True),
    Column("person", may_wrap=True),
    Column("confidence", right=True),
    Column("odds", right=True),
    Column("families", may_wrap=True),
    Column("against it", may_wrap=True),
]
FACTS = [Column("fact"), Column("value", may_wrap=True)]


def explain(invocation: Invocation, account: ACCOUNT) -> ExitCode:
    """Explain whose an account is: the candidates, all evidence for and against each, and what would change it.

    Of one family of evidence only the strongest counts: confidence = (1 - product(1 - weight)) x what speaks against
    it. The best candidate is taken when it is likely enough and far enough ahead of the next.

    \b
    Examples:
      certify identity explain ada
      certify identity explain production:AIDAEXAMPLE --json
    """
    from pipeline.decisions import explain as explaining
    from pipeline.decisions.account_lookup import account_named
    from pipeline.decisions.counterfactuals import counterfactuals

    found = account_named(invocation.home, account)
    explanation = explaining.explain(invocation.home, found.account_key, invocation.now)
    changes = counterfactuals(explanation)
    if not invocation.output.json:
        _show(invocation, explanation, changes)
    return invocation.finish(_document(explanation, changes, invocation))


def _show(invocation: Invocation, explanation: Explanation, changes: list[Counterfactual]) -> None:
    output = invocation.output
    output.table(FACTS, _facts(explanation))
    for title, found in (("Whose it may be:", explanation.candidates), ("Who may answer for it:", explanation.owners)):
        if found:
            output.data(f"\n{title}\n")
            output.table(CANDIDATES, [_candidate(each) for each in found])
            output.data("\n")
            output.table(EVIDENCE, [cells for each in found for cells in _evidence(each)])
    if explanation.decisions:
        output.data("\nDecided:\n")
        decision_options.table(output, explanation.decisions)
    output.data("\nWhat would change this:\n")
    for change in changes:
        output.data(_turn(invocation, change))


def _turn(invocation: Invocation, change: Counterfactual) -> str:
    lines = [f"  - {change.text}"]
    if change.arguments:
        lines.append(f"      {invocation.program} {change.arguments}")
    return "".join(f"{visible(line)}\n" for line in lines)


def _facts(explanation: Explanation) -> list[tuple[str, object]]:
    account, limits, lead = explanation.account, explanation.limits, explanation.lead
    verdict = account["status"]
    if account["identity_id"]:
        verdict = f"{verdict}: {account['person']} ({account['employment_status']})"
    facts: list[tuple[str, object]] = [
        ("account", f"{account['account']} ({account['account_key']})"),
        ("name", account["display_name"]),
        ("kind", f"{account['account_kind']} (rule: {account['kind_rule'] or 'none fired'})"),
        ("verdict", verdict),
        ("confidence", _number(account["confidence"])),
        ("by rules", account["rules"]),
        ("answers for it", account["owner"] or "nobody"),
    ]
    if limits:
        needed = f"confidence {limits.get('assignment_confidence'):g}, odds {limits.get('assignment_odds'):g} times"
        facts.append(("an assignment needs", f"{needed} those of the runner-up"))
    if lead is not None:
        facts.append(("the best candidate has", f"{lead:.1f} times the odds of the runner-up"))
    return [*facts, ("as of", account["as_of"])]


def _candidate(candidate: Candidate) -> list[object]:
    families = ", ".join(f"{family} {weight:.2f}" for family, weight in candidate.families.items())
    factors = ", ".join(f"{rule} x {factor:.2f}" for rule, factor in candidate.factors.items())
    left = " (left)" if candidate.employment_status == "terminated" else ""
    facts = [f"{candidate.name}{left}", candidate.email, candidate.person, _number(candidate.confidence)]
    return [*facts, f"{candidate.odds:.2f}", families, factors]


def _evidence(candidate: Candidate) -> list[list[object]]:
    return [
        [
            candidate.person or candidate.name,
            row["family"],
            row["rule"],
            _number(row["weight"]),
            row["left_value"],
            row["right_value"],
        ]
        for row in candidate.evidence
    ]


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _document(explanation: Explanation, changes: list[Counterfactual], invocation: Invocation) -> dict[str, Any]:
    def candidate(each: Candidate) -> dict[str, Any]:
        return {**vars(each), "confidence": each.confidence, "odds": each.odds}

    return {
        "account": explanation.account,
        "candidates": [candidate(each) for each in explanation.candidates],
        "owners": [candidate(each) for each in explanation.owners],
        "limits": explanation.limits,
        "lead": explanation.lead,
        "decisions": [decision_options.document(each.decision, each.state) for each in explanation.decisions],
        "would_change": [
            {"text": each.text, "command": f"{invocation.program} {each.arguments}" if each.arguments else None}
            for each in changes
        ],
    }
