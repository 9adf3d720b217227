"""`certify review export` and `import`: packets for reviewers, and what comes back of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import invocation
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.certification.packets.importing import Imported

NAME = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name, such as 2026-q4.")]
OUT = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where to. Default: exports/reviews/NAME.", show_default=False),
]
FILES = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Workbooks, CSV files, or downloads of a page.")]


def export(invocation: Invocation, name: NAME, out: OUT = None) -> ExitCode:
    """Write a workbook (.xlsx) and a page (.html) for each reviewer, to be sent to them.

    Both hold the same items; a reviewer uses either. The page works in a browser without any network. What comes back
    is taken by `certify review import`.

    \b
    Examples:
      certify review export 2026-q4
      certify review export 2026-q4 --out packets
    """
    from pipeline.certification.packets.export import export as exported

    found = exported(invocation.home, name, out, invocation.now)
    output = invocation.output
    if found.review.closing is not None:
        output.warn(f"campaign {name} is closed: no decision of these packets can be imported")
    if not output.json:
        headings = [Column("reviewer", may_wrap=True), Column("items", right=True), Column("files", may_wrap=True)]
        output.table(headings, [[each.reviewer, each.items, [each.xlsx, each.html.name]] for each in found.packets])
        output.note(f"\nSend each reviewer one of the two. What comes back: {invocation.program} review import FILE...")
    packets = [{"reviewer": p.reviewer, "items": p.items, "xlsx": p.xlsx, "html": p.html} for p in found.packets]
    return invocation.finish({"campaign": name, "folder": found.folder, "packets": packets})


def import_(invocation: Invocation, files: FILES, by: BY = None) -> ExitCode:
    """Take packets back. Every row is verified by its item and digest; the good ones are recorded.

    Each other row is named with its number and the reason: exit code 5, or 2 where none could be taken. A file that is
    imported again changes nothing. Recorded are who decided, as the file says, and you.

    \b
    Examples:
      certify review import grace@example.org.xlsx
      certify review import returned/*.json returned/*.xlsx
    """
    from pipeline.certification.packets.importing import take_all

    clerk = decision_options.clerk(invocation, by)
    found = take_all(invocation.home, files, clerk.entered_by, clerk.now, decided_by=by)
    output = invocation.output
    if not output.json:
        numbers = ("recorded", "as before", "undecided", "refused")
        output.table(
            [Column("file", may_wrap=True), *(Column(each, right=True) for each in numbers)],
            [[each.file, each.added, each.unchanged, each.empty, len(each.refused)] for each in found],
        )
        _show_refused(invocation, found)
    problems = [each.problem for each in found if each.problem is not None]
    for problem in problems:
        output.problem(problem)
    return invocation.finish({"files": [_document(each) for each in found]}, problems=problems, code=_code(found))


def _code(found: list[Imported]) -> ExitCode:
    if all(each.problem is None for each in found):
        return ExitCode.OK
    return ExitCode.PARTIAL if any(each.taken for each in found) else ExitCode.CONFIGURATION


def _show_refused(invocation: Invocation, found: list[Imported]) -> None:
    rows = [[each.file.name, row.row, row.item_id, row.reason] for each in found for row in each.refused]
    if rows:
        invocation.output.note()
        headings = [Column("file"), Column("row", right=True), Column("item"), Column("reason", may_wrap=True)]
        invocation.output.table(headings, rows)


def _document(imported: Imported) -> dict[str, Any]:
    return {
        "file": imported.file,
        "sha256": imported.sha256,
        "campaigns": list(imported.campaigns),
        "recorded": imported.added,
        "unchanged": imported.unchanged,
        "undecided": imported.empty,
        "refused": [vars(row) for row in imported.refused],
    }


def add_packets(app: typer.Typer) -> None:
    """Add both commands to the group `certify review`."""
    app.command("export", short_help="Write a workbook and a page for each reviewer.")(invocation.command(export))
    app.command("import", short_help="Take workbooks, CSV files and downloads back.")(invocation.command(import_))
