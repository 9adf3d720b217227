"""`certify status`: the state of each connected directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.cli import render
from pipeline.cli.invocation import Invocation, problem_document
from pipeline.cli.output import Column
from pipeline.home import Home
from pipeline.problems import ExitCode, Problem
from pipeline.warehouse import coverage_summary

if TYPE_CHECKING:
    from pipeline.connections.models import Connection
    from pipeline.landing.manifest import Manifest
    from pipeline.settings import Settings

COLUMNS = [
    Column("connection"),
    Column("kind"),
    Column("status"),
    Column("last good sync"),
    Column("age", right=True),
    Column("coverage"),
    Column("read"),
    Column("open findings", right=True),
]
COUNTED = {"users": "users", "access_keys": "keys", "groups": "groups", "accounts": "accounts"}
"""Which tables of a snapshot a person wants counted, and as what."""

PUBLISHED = """
    select
        directories.directory_id,
        directories.coverage,
        directories.missing_permissions,
        count(all_findings.finding_id) as open_findings
    from inventory.directories as directories
    left join findings.all_findings as all_findings
        on starts_with(all_findings.account_key, directories.directory_id || ':') and all_findings.status = 'open'
    group by all
"""


def status(invocation: Invocation) -> ExitCode:
    """Show each connection: its last good sync and how old that is, coverage, counts, and what went wrong since.

    Status is fresh; stale (no good sync within authoritative_max_age, or a roster's file was not written since); failed
    or held (the last attempt, while the good one before it stays in force); or never_synced. Works at any time, during
    a sync too.

    \b
    Examples:
      certify status
      certify status --json
    """
    from pipeline.connections.yaml_file import load_connections
    from pipeline.landing.gates import CLOCK_TOLERANCE
    from pipeline.landing.store import Landing
    from pipeline.settings import load_settings

    home, output = invocation.home, invocation.output
    settings = load_settings(home, invocation.environ)
    landing = Landing.of(home, settings, invocation.environ)
    judged, latest = _published(home), invocation.now + CLOCK_TOLERANCE
    unsaid = coverage_summary.standing_problems(home)
    rows = [
        _row(connection, landing.attempts(connection.kind, connection.name, latest), judged, invocation.now, settings)
        for connection in load_connections(home, invocation.environ)
    ]
    problems = [*(problem for row in rows for problem in row.pop("problems")), *unsaid]
    for row in rows:
        row["problems"] = [problem_document(each) for each in problems if each.connection == row["name"]]
    if not output.json:
        _show(invocation, rows, problems)
    quarantined = asdict(coverage_summary.quarantine(home))
    return invocation.finish({"connections": rows, "quarantined": quarantined}, problems=problems)


def _row(
    connection: Connection,
    attempts: list[Manifest],
    judged: Mapping[str, Mapping[str, Any]],
    now: datetime,
    settings: Settings,
) -> dict[str, Any]:
    """Everything about one connection; ages count from the clock, because somebody wants to know it now."""
    good = next((each for each in attempts if each.status == "complete"), None)
    last = attempts[0] if attempts else None
    age = now - good.as_of if good else None
    content = _content_as_of(connection, good) if good else None
    status = _state(last, now - content if content else None, settings.authoritative_max_age)
    published = judged.get(connection.name, {})
    return {
        "name": connection.name,
        "display_name": connection.display_name,
        "kind": connection.kind,
        "status": status,
        "last_good_sync": good.as_of if good else None,
        "content_as_of": content,
        "age_seconds": int(age.total_seconds()) if age is not None else None,
        "snapshot_id": good.snapshot_id if good else None,
        "endpoint": good.endpoint if good else None,
        "counts": {table: landed.rows for table, landed in good.tables.items()} if good else {},
        "last_attempt": {"at": last.as_of, "status": last.status, "run_id": last.run_id} if last else None,
        "coverage": published.get("coverage"),
        "missing_permissions": published.get("missing_permissions"),
        "open_findings": published.get("open_findings"),
        "problems": [
            *(last.problems if last else []),
            *_stale_content(connection, good, content, settings, is_stale=status == "stale"),
        ],
    }


def _content_as_of(connection: Connection, good: Manifest) -> datetime:
    """The instant a roster's content is of: when its file was written. Every other directory's is that of its read."""
    of_file = connection.kind == "file" and connection.authoritative
    return (good.evidence_as_of if of_file else None) or good.as_of


def _stale_content(
    connection: Connection, good: Manifest | None, content: datetime | None, settings: Settings, *, is_stale: bool
) -> Iterator[Problem]:
    """That a roster was read well, but its file has not been written for too long."""
    if is_stale and good is not None and content is not None and content < good.as_of:
        yield Problem.of(
            "roster_stale",
            connection=connection.name,
            path=getattr(connection, "path", ""),
            written=f"{content:%Y-%m-%d %H:%M} UTC",
            max_age=render.age(settings.authoritative_max_age),
        )


def _state(last: Manifest | None, age: timedelta | None, max_age: timedelta) -> str:
    if last is None:
        return "never_synced"
    if last.status != "complete":
        return last.status
    return "stale" if age is None or age > max_age else "fresh"


def _published(home: Home) -> dict[str, dict[str, Any]]:
    """What the last build said about each directory; nothing before the first."""
    from pipeline.warehouse.query import is_published, query

    if not is_published(home):
        return {}
    return {row["directory_id"]: row for row in query(home, PUBLISHED).records()}


def _show(invocation: Invocation, rows: list[dict[str, Any]], problems: list[Problem]) -> None:
    output, me = invocation.output, invocation.program
    if not rows:
        output.note(f"No directory is connected yet. Start with `{me} connect aws NAME`, or look at `{me} demo`.")
        return
    output.table(COLUMNS, [_cells(row) for row in rows])
    for endpoint, names in _stand_ins(rows).items():
        output.note(f"Read from {endpoint} in the place of AWS: {', '.join(names)}")
    for problem in problems:
        output.warn(str(problem), label="problem")
    if any(row["status"] == "never_synced" for row in rows):
        output.note(f"Next: {me} sync")


def _stand_ins(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """By address: the AWS connections that were read from it and not from AWS."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["endpoint"] and row["kind"].startswith("aws_"):
            found.setdefault(row["endpoint"], []).append(row["name"])
    return found


def _is_counted(row: Mapping[str, Any], table: str) -> bool:
    """Whether the read counted them. A file without groups is mostly one of a format that cannot list any."""
    return table in row["counts"] and not (table == "groups" and row["kind"] == "file" and not row["counts"][table])


def _cells(row: Mapping[str, Any]) -> list[object]:
    counts = [f"{row['counts'][table]:,} {word}" for table, word in COUNTED.items() if _is_counted(row, table)]
    age = render.age(timedelta(seconds=row["age_seconds"])) if row["age_seconds"] is not None else None
    facts = [row["name"], row["kind"], row["status"], row["last_good_sync"], age, row["coverage"]]
    return [*facts, ", ".join(counts), row["open_findings"]]
