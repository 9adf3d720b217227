"""`certify identity attributes`: what each tag or column is taken to mean, and why."""

from __future__ import annotations

from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode

COLUMNS = [
    Column("directory"),
    Column("attribute", may_wrap=True),
    Column("taken for"),
    Column("by"),
    Column("accounts", right=True),
    Column("decides", right=True),
    Column("because", may_wrap=True),
]
PUBLISHED = "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = 'attributes'"
"""A file that an earlier version published has no such table."""
SEEN = """
    select * from identity.attributes
    order by directory_id, deciding_account_count desc, account_count desc, attribute, source_kind
"""


def attributes(invocation: Invocation) -> ExitCode:
    """List each tag and further attribute seen, what it is taken for, why, and how many accounts hang on it.

    `attributes` in settings.yaml overrules it from the next `certify sync` on: {Ansvarig: owner, created-by: creator}.

    \b
    Example:
      certify identity attributes --json
    """
    from pipeline.warehouse.query import query

    home, output = invocation.home, invocation.output
    rows = query(home, SEEN).records() if query(home, PUBLISHED).rows else []
    if not output.json:
        output.table(
            COLUMNS,
            [
                (
                    row["directory_id"],
                    row["attribute"],
                    row["meaning"],
                    row["source"],
                    row["account_count"],
                    row["deciding_account_count"],
                    row["reason"],
                )
                for row in rows
            ],
        )
        output.note(f"{len(rows)} attributes")
    return invocation.finish({"attributes": rows})
