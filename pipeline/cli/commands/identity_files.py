"""`certify identity export` and `import`: decisions as a CSV file for a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import render
from pipeline.cli.commands import decision_options
from pipeline.cli.commands.decision_options import BY
from pipeline.cli.invocation import Invocation
from pipeline.home import private_write
from pipeline.problems import ExitCode

OUT = Annotated[Path, typer.Argument(metavar="FILE.csv", help="Where to write it; - is stdout.")]
IN = Annotated[Path, typer.Argument(metavar="FILE.csv", help="What `export` wrote, with lines filled in or added.")]


def export(
    invocation: Invocation,
    file: OUT,
    questions: Annotated[
        bool,
        typer.Option("--questions", help="Add a line for each account nobody could be found for, to be filled in."),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> ExitCode:
    """Write every decision, exceptions too, into a CSV file; `certify identity import` takes it back.

    A cell that a spreadsheet would run as a formula gets a ' in front, which the import takes off again. To decide on a
    question, fill in verb (link, owner, kind, ...), target (one of the candidates, or a kind) and reason.

    \b
    Examples:
      certify identity export decisions.csv
      certify identity export to-decide.csv --questions
    """
    from pipeline.decisions.csv_file import COLUMNS, decision_row, question_row
    from pipeline.decisions.register import ABOUT_ACCOUNTS, ABOUT_FINDINGS, register
    from pipeline.decisions.review_queue import open_questions

    home, output, to_stdout = invocation.home, invocation.output, str(file) == "-"
    if file.exists() and not overwrite and not to_stdout:
        raise typer.BadParameter(f"{file} is there already; --overwrite replaces it", param_hint="FILE.csv")
    entries = register(home, invocation.now, ABOUT_ACCOUNTS | ABOUT_FINDINGS)
    asked = open_questions(home) if questions else []
    rows = [decision_row(entry) for entry in entries]
    rows += [question_row(each.question, each.account_key, each.account, each.candidates) for each in asked]
    if not to_stdout:
        _write(file, render.csv_text(COLUMNS, rows))
    elif not output.json:
        output.data(render.csv_text(COLUMNS, rows, terminal=output.stdout.isatty()))
    output.note(f"{len(entries)} decisions" + (f" and {len(asked)} open questions" if questions else ""))
    return invocation.finish({"file": str(file), "decisions": len(entries), "questions": len(asked)})


def _write(file: Path, text: str) -> None:
    try:
        private_write(file, text)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written ({error.strerror})", param_hint="FILE.csv") from error


def import_(invocation: Invocation, file: IN, by: BY = None) -> ExitCode:
    """Take the decisions of a CSV file, all of them or none; every line that cannot be taken is named.

    Lines with a decision_id that the ledger knows change nothing, unless they say that the decision was undone. A file
    that was exported and not changed can be imported any number of times.

    \b
    Example:
      certify identity import to-decide.csv --by "access review of November"
    """
    from pipeline.decisions.csv_file import read_lines
    from pipeline.decisions.exchange import import_lines

    result = import_lines(invocation.home, file, read_lines(file), decision_options.clerk(invocation, by))
    output, changed = invocation.output, bool(result.recorded or result.undone)
    if not output.json:
        counts = (f"{len(result.recorded)} recorded", f"{len(result.undone)} undone", f"{result.unchanged} as before")
        output.note(f"{', '.join(counts)}, {result.empty} left empty")
        if changed:
            output.note(f"Takes effect at the next `{invocation.program} sync`.")
    document = {
        "recorded": [decision_options.document(each, each.state(invocation.now)) for each in result.recorded],
        "undone": result.undone,
        "unchanged": result.unchanged,
        "empty": result.empty,
        "takes_effect": decision_options.NEXT if changed else None,
    }
    return invocation.finish(document)
