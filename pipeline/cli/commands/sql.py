"""`certify sql`: runs one read-only query over the published file."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline.cli import render
from pipeline.cli.choices import Format
from pipeline.cli.commands.sync_as_of import AS_OF, asked
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode

NUMBERS = frozenset({"bigint", "hugeint", "integer", "smallint", "tinyint", "ubigint", "uinteger", "double", "float"})


def sql(
    invocation: Invocation,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SQL statement; - reads it from stdin.")],
    format_: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
    as_of: AS_OF = None,
) -> ExitCode:
    """Ask the published tables anything, in DuckDB's SQL. Reads only.

    The schemas are inventory, identity, findings, review and operations; docs/data-dictionary.md describes every table.
    CSV puts a ' before a value that a spreadsheet would run as a formula; JSON is exact.

    \b
    Examples:
      certify sql "select * from findings.stale_accounts order by idle_days desc"
      certify sql "from inventory.directories" --format csv > directories.csv
      certify sql - --json < question.sql
      certify sql "from operations.time_travel" --as-of 2026-06-30
    """
    from pipeline.warehouse.query import query as answer

    result = answer(asked(invocation.home, as_of), sys.stdin.read() if query == "-" else query)
    output = invocation.output
    if output.json:
        names = _distinct(result.columns)
        columns = [{"name": name, "type": kind} for name, kind in zip(names, result.types, strict=True)]
        return invocation.finish(
            {"columns": columns, "rows": [dict(zip(names, row, strict=True)) for row in result.rows]}
        )
    if format_ is Format.CSV:
        output.data(render.csv_text(result.columns, result.rows, terminal=output.stdout.isatty()))
    else:
        output.table(
            [
                Column(name, right=kind in NUMBERS, may_wrap=kind == "varchar")
                for name, kind in zip(result.columns, result.types, strict=True)
            ],
            result.rows,
        )
        output.note(f"{len(result.rows)} row{'' if len(result.rows) == 1 else 's'}")
    return ExitCode.OK


def _distinct(names: Sequence[str]) -> list[str]:
    """The names with a number behind each repeated one, or a JSON object would hide all but the last."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct
