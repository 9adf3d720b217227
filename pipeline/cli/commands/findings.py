"""`certify findings`: the open findings, worst first, and what could not be judged."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from pipeline.cli import render
from pipeline.cli.choices import Format
from pipeline.cli.commands.sync_as_of import AS_OF, asked
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column, Output
from pipeline.home import Home
from pipeline.problems import ExitCode
from pipeline.warehouse import coverage_summary
from pipeline.warehouse.coverage_summary import Limits
from pipeline.warehouse.finding_terms import FindingKind, FindingStatus, Severity

COLUMNS = [
    Column("severity"),
    Column("type"),
    Column("account", may_wrap=True),
    Column("owner", may_wrap=True),
    Column("summary", may_wrap=True),
    Column("age", right=True),
]
ID = Column("id")
"""The beginning of the finding_id: as much as `certify exception add` needs."""
ID_SHOWN = 8
UNKNOWN_COLUMNS = [
    Column("unknown"),
    Column("account", may_wrap=True),
    Column("because", may_wrap=True),
    Column("settled by", may_wrap=True),
]


def findings(
    invocation: Invocation,
    kind: Annotated[
        FindingKind | None,
        typer.Argument(
            metavar="[KIND]",
            help="stale (accounts nobody uses), stale-credentials, orphaned (nobody answers for them), duplicates (of"
            " one person), or unknown (what could not be judged). All findings when left out.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
    fail_on: Annotated[
        Severity | None,
        typer.Option("--fail-on", help="Exit 3 when an open finding is this severe, or worse.", show_default=False),
    ] = None,
    status: Annotated[
        FindingStatus, typer.Option("--status", help="Which of them; excepted ones somebody accepts for now.")
    ] = (FindingStatus.OPEN),
    as_of: AS_OF = None,
) -> ExitCode:
    """List what was found by the last sync, worst first; what could not be judged is told below, with what settles it.

    With --fail-on the exit code is 3 when there is such a finding, and 5 when there is none but a directory could not
    be read well enough to say so, or a finding may be more severe than could be read. CSV puts a ' before a value that
    a spreadsheet would run as a formula; JSON is exact.

    \b
    Examples:
      certify findings
      certify findings --status excepted
      certify findings stale --format csv > stale.csv
      certify findings orphaned --json
      certify findings --fail-on high
      certify findings --as-of 2026-06-30
    """
    home, output = asked(invocation.home, as_of), invocation.output
    if kind is FindingKind.UNKNOWN:
        return _unknown(invocation, home, format_)
    found = coverage_summary.findings(home, kind, status)
    rows = found.records()
    limits = coverage_summary.limits(home, kind)
    if format_ is Format.CSV and not output.json:
        output.data(render.csv_text(found.columns, found.rows, terminal=output.stdout.isatty()))
    elif not output.json:
        show(output, rows, with_ids=True)
        output.note(_counted(rows, status))
    if not output.json:
        tell_limits(output, limits)
    return invocation.finish({"findings": rows, "limits": vars(limits)}, code=_code(rows, limits, fail_on))


def _code(rows: list[dict[str, Any]], limits: Limits, fail_on: Severity | None) -> ExitCode:
    """No finding is only good news where everything could be judged."""
    if fail_on is None:
        return ExitCode.OK
    worst = [Severity(row["severity"]).rank for row in rows if row["status"] == "open"]
    if worst and min(worst) <= fail_on.rank:
        return ExitCode.FINDINGS
    unsure = [row for row in rows if row["status"] == "open" and row["severity_is_lower_bound"]]
    may_be_worse = any(_worst_rank(row) <= fail_on.rank for row in unsure)
    return ExitCode.PARTIAL if may_be_worse or not limits.nothing_missing else ExitCode.OK


def _worst_rank(row: dict[str, Any]) -> int:
    """How severe a finding may be of which the severity is a lower bound."""
    if row["finding_type"] == "orphaned_account" and row["severity"] == Severity.LOW:
        return Severity.CRITICAL.rank  # whether it can be used is not known: it may be an administrator's who has left
    return Severity(row["severity"]).rank - 1  # an administrator's finding is one step more severe


def _unknown(invocation: Invocation, home: Home, format_: Format) -> ExitCode:
    answer, output = coverage_summary.unknown(home), invocation.output
    rows = answer.records()
    if format_ is Format.CSV and not output.json:
        output.data(render.csv_text(answer.columns, answer.rows, terminal=output.stdout.isatty()))
    elif not output.json:
        cells = [(r["unknown"], f"{r['username']} @ {r['directory_id']}", r["reason"], r["remedy"]) for r in rows]
        output.table(UNKNOWN_COLUMNS, cells)
        output.note(f"{len(rows)} accounts of which something could not be judged")
    return invocation.finish({"unknown": rows})


def show(output: Output, rows: list[dict[str, Any]], *, with_ids: bool = False) -> None:
    """The table an analyst reads."""
    if with_ids:
        output.table([*COLUMNS, ID], [[*_cells(row), row["finding_id"][:ID_SHOWN]] for row in rows])
    else:
        output.table(COLUMNS, [_cells(row) for row in rows])


def _cells(row: dict[str, Any]) -> list[object]:
    owner = row["owner"]
    if owner and row["owner_status"] == "terminated":
        owner = f"{owner} (left)"
    account = f"{row['username']} @ {row['directory_id']}"
    seen_for = row["as_of"] - row["first_seen_at"]
    age = render.age(seen_for) if seen_for else "new"
    summary = row["summary"]
    if row["status"] == "excepted":
        accepted = f"accepted by {row['excepted_by']} until {row['excepted_until']:%Y-%m-%d}: {row['exception_reason']}"
        summary = f"{summary} ({accepted})"
    return [row["severity"], row["finding_type"].replace("_", " "), account, owner, summary, age]


def _counted(rows: list[dict[str, Any]], status: FindingStatus) -> str:
    found = Counter(row["severity"] for row in rows)
    parts = ", ".join(f"{found[severity]} {severity}" for severity in Severity if found[severity])
    which = "" if status is FindingStatus.ALL else f"{status} "
    return f"\n{len(rows)} {which}findings{': ' + parts if parts else ''}"


def tell_limits(output: Output, limits: Limits) -> None:
    """Below the table: why it may be shorter than the truth."""
    for row in limits.closed_gates:
        output.warn(f"{row['gate']}: no verdict, because {row['reason']}\n  fix: {row['remedy']}", label="not judged")
    for row in limits.unsettled:
        what = f"{row['unknown']} of {row['accounts']} accounts of {row['directory_id']}"
        output.warn(f"{what}\n  fix: {row['remedy']}", label="not judged")
    for row in limits.not_fresh:
        since = f"; last good sync {row['as_of']:%Y-%m-%d %H:%M} UTC" if row["as_of"] else ""
        fix = f"\n  fix: {row['problem_remedy']}" if row["problem_remedy"] else ""
        message = f": {row['problem_message']}" if row["problem_message"] else ""
        output.warn(f"{row['directory_id']} is {row['status']}{since}{message}{fix}", label="not fresh")
