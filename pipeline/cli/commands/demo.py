"""`certify demo`: an invented company, connected, read and judged like a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column, Output
from pipeline.demo import expected_outcomes
from pipeline.problems import ExitCode
from pipeline.warehouse import coverage_summary
from pipeline.warehouse.finding_terms import FindingStatus

if TYPE_CHECKING:
    from pipeline.demo.start import Demo

COLUMNS = [
    Column("trap", may_wrap=True),
    Column("account", may_wrap=True),
    Column("whose it is", may_wrap=True),
    Column("by", may_wrap=True),
    Column("right"),
]
SHOWN = 8
"""How many findings are shown: enough to see what they are."""

EXPLAINED = ("nrahmani", "daniel-kim")
"""Two traps: one the rules are sure of, and one they leave to a person."""

QUESTION = (
    "select username, directory_id, idle_days, evidence from findings.stale_accounts order by idle_days desc limit 5"
)


def demo(invocation: Invocation) -> ExitCode:
    """Make up a company and judge it: about 180 people, three AWS accounts, Identity Center, LDAP, and an HR roster.

    Nothing real is touched: its AWS is emulated by this program on 127.0.0.1, and needs no credentials and no network.
    Its LDAP server is a slapd of its own, where that is installed; else the same entries are read from an LDIF file.
    The home it makes is like any other; run it again to read the company again. A home of real connections is refused.

    \b
    Examples:
      certify demo
      certify demo --home /tmp/tidewater
    """
    from pipeline.cli.commands.findings import show
    from pipeline.cli.commands.sync_summary import sync_and_show
    from pipeline.demo.company import COMPANY
    from pipeline.demo.environment import sample_company

    output, home = invocation.output, invocation.home
    with sample_company(home, invocation.now) as running:
        company = running.company
        output.note(
            f"{COMPANY} is invented, and so are its {len(company.people)} people and their"
            f" {len(company.everywhere)} logins.\n"
            f"Its AWS is emulated on this machine ({running.aws.endpoint_url}); {_where_ldap_is(running)}.\n"
            f"No real account is touched.\n"
        )
        document, outcome = sync_and_show(invocation)
    if outcome.published:
        met, counted = expected_outcomes.expected_outcomes(home, company), expected_outcomes.compared(home, company)
        document |= {"traps": met, "truth": counted}
        if not output.json:
            worst = coverage_summary.findings(home, None, FindingStatus.OPEN).records()
            output.data(f"\nThe worst {SHOWN} of {len(worst)}:\n")
            show(output, worst[:SHOWN])
            _show_outcomes(output, met, counted)
            _tell_next(invocation)
    return invocation.finish({"company": COMPANY, **document}, problems=outcome.problems, code=outcome.exit_code)


def _show_outcomes(output: Output, rows: list[dict[str, Any]], counted: list[dict[str, Any]]) -> None:
    """What a person reads of both."""
    output.data("\nWho is who, where it is easily got wrong:\n")
    cells = [(row["trap"], row["account"], row["whose"], row["by"], "yes" if row["right"] else "NO") for row in rows]
    output.table(COLUMNS, cells)
    parts = ", ".join(f"{row['found']} of {row['real']} {row['finding']}" for row in counted)
    output.data(
        f"\nThe company is invented, so its truth is known: {parts}; {sum(r['wrong'] for r in counted)} wrong.\n"
    )


def _where_ldap_is(running: Demo) -> str:
    if running.ldap is not None:
        return f"its LDAP server is a slapd here ({running.ldap.url})"
    reason = f": {running.no_ldap}" if running.no_ldap else ""
    return f"its LDAP directory is read from an LDIF file{reason}"


def _tell_next(invocation: Invocation) -> None:
    me = invocation.program
    invocation.output.note(
        f"\nWhat to look at next:\n"
        f"  {me} identity explain {EXPLAINED[0]:<11} whose it is, why, and what would change that\n"
        f"  {me} identity explain {EXPLAINED[1]:<11} what is asked of a person, and `identity link` answers\n"
        f"  {me} findings stale               accounts nobody uses\n"
        f"  {me} findings orphaned            accounts nobody answers for\n"
        f"  {me} findings unknown             what could not be judged, and what would settle it\n"
        f'  {me} sql "{QUESTION}"\n'
        f"  {me} ui                           lineage, runs and checks on http://127.0.0.1:3000\n"
        f"The tables are described in docs/data-dictionary.md; docs/connecting-aws.md connects a real account."
    )
