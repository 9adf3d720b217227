"""The directory kind `file`: a file of people or accounts, read or tried."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from pipeline.connections.models import FileConnection
from pipeline.coverage import ActionCoverage, Outcome
from pipeline.directories.base import ACCOUNTS, GROUPS_KNOWN, Snapshot
from pipeline.directories.file.accounts import accounts
from pipeline.directories.file.columns import Columns, find_columns
from pipeline.directories.file.grid import Grid, MalformedError, RefusedFileError
from pipeline.directories.file.opening import FileContent, format_of, malformed, open_file, parse
from pipeline.directories.rows import WITH_GROUPS
from pipeline.problems import Problem
from pipeline.progress import Progress, Step, silent
from pipeline.read_limits import ReadLimitError
from pipeline.strict_yaml.issues import printable

OPEN, PARSE = "file:Open", "file:Parse"
EMPLOYMENT = ("status", "terminated_on", "is_enabled")
"""Any of these can say whether a person of a roster still works here."""
CLOCKS_DIFFER_BY = timedelta(minutes=5)
HEADERS_SHOWN = 40
STEPS = ("file exists", "file can be read", "columns found", "rows can be read")


class FileDirectory:
    """Lists in files: all of a file is taken, or the attempt failed and says why."""

    kind = "file"
    main_table = "accounts"
    tables: Mapping[str, pa.Schema] = WITH_GROUPS

    def read(
        self, connection: FileConnection, *, as_of: datetime, run_id: str, progress: Progress = silent
    ) -> Snapshot:
        """The whole file, whoever asks (`run_id`). `evidence_as_of` is when it was written, if that was before `as_of`.

        It may be empty; whether a roster may is up to the landing.
        """
        del run_id
        moment = as_of if as_of.tzinfo is None else as_of.astimezone(UTC).replace(tzinfo=None)
        opened, failed, id_source = None, False, ""
        tables = {name: schema.empty_table() for name, schema in self.tables.items()}
        problems: list[Problem] = []
        try:
            opened = open_file(connection)
            progress(connection.name, PARSE, 0, None)
            grid, columns = _mapped(opened, connection)
            tables, problems = _rows(opened, grid, columns, connection)
            table, id_source = tables[self.main_table], columns.id_source
            problems += _dated(opened, connection, moment)
            progress(connection.name, PARSE, table.num_rows, table.num_rows)
        except RefusedFileError as error:
            problems, failed = list(error.problems), True
        except ReadLimitError as limit:
            problems, failed = [limit.problem], True
        table = tables[self.main_table]
        return Snapshot(
            connection=connection.name,
            kind=self.kind,
            as_of=moment,
            status="failed" if failed else "complete",
            strategy=format_of(connection.path),
            tables={} if failed else tables,
            coverage=_coverage(opened, table.num_rows, problems if failed else []),
            problems=tuple(problems),
            main_table=self.main_table,
            evidence_as_of=opened.written_at if opened and opened.written_at < moment else None,
            calls=1,
            id_source=id_source,
        )

    def test(self, connection: FileConnection) -> Iterator[Step]:
        """One step for each thing that can be wrong; those after a failed one are not tried."""
        done = 0
        started = time.perf_counter()
        try:
            for detail in _tried(connection):
                yield Step(STEPS[done], "ok", detail, seconds=time.perf_counter() - started)
                done, started = done + 1, time.perf_counter()
        except RefusedFileError as error:
            for problem in error.problems:
                seconds = time.perf_counter() - started
                yield Step(STEPS[done], "failed", problem.message, problem.remedy, seconds, problem=problem)
            for name in STEPS[done + 1 :]:
                yield Step(name, "not_tried")


def _tried(connection: FileConnection) -> Iterator[str]:
    """What each step found, in the order of `STEPS`; RefusedFileError from the one that fails."""
    try:
        opened = open_file(connection)
    except RefusedFileError as error:
        if error.problems[0].code != "file_missing":
            yield str(connection.path)
        raise
    yield str(connection.path)
    yield f"{len(opened.raw):,} bytes, written {opened.written_at:%Y-%m-%d %H:%M} UTC"
    grid, columns = _mapped(opened, connection)
    yield _seen(grid, columns)
    tables, problems = _rows(opened, grid, columns, connection)
    table = tables["accounts"]
    if not table.num_rows and connection.authoritative:
        raise RefusedFileError(*problems)
    notes = "".join(f"; {problem.message}" for problem in problems)
    names = ", ".join(printable(name.as_py()) for name in table["native_id"].slice(0, 3))
    yield f"{table.num_rows:,} rows{', such as ' + names if names else ''}{notes}"


def _mapped(opened: FileContent, connection: FileConnection) -> tuple[Grid, Columns]:
    """The grid and which column is which; an empty file has neither header nor rows, and nothing to map."""
    try:
        grid = parse(opened.raw, connection)
    except MalformedError as error:
        raise malformed(connection, error) from error
    return grid, find_columns(grid.headers, connection) if grid.headers else Columns({}, "", {})


def _dated(opened: FileContent, connection: FileConnection, moment: datetime) -> list[Problem]:
    """The note that the file's own date cannot be true; `moment` is when the read began, UTC without zone."""
    if opened.written_at <= moment + CLOCKS_DIFFER_BY:
        return []
    written = f"{opened.written_at:%Y-%m-%d %H:%M} UTC"
    return [Problem.of("file_from_future", connection=connection.name, path=connection.path, written=written)]


def _rows(
    opened: FileContent, grid: Grid, columns: Columns, connection: FileConnection
) -> tuple[dict[str, pa.Table], list[Problem]]:
    place: dict[str, Any] = {"connection": connection.name, "path": connection.path}
    try:
        table, problems, orders = accounts(grid, columns, connection, opened.written_at)
        if orders:
            grid = parse(opened.raw, connection)
            table, problems, _ = accounts(grid, columns, connection, opened.written_at, orders)
    except MalformedError as error:
        raise malformed(connection, error) from error
    if grid.guessed_encoding:
        problems.insert(0, Problem.of("file_encoding_guessed", encoding=grid.guessed_encoding, **place))
    if table.num_rows and connection.authoritative and not _says_who_is_employed(columns, connection):
        headers = ", ".join(printable(header) for header in grid.headers[:HEADERS_SHOWN])
        problems.append(Problem.of("roster_without_employment", headers=headers, **place))
    if not table.num_rows:
        problems.append(Problem.of("no_rows", **place))
    return _with_groups(grid, table), problems


def _with_groups(grid: Grid, table: pa.Table) -> dict[str, pa.Table]:
    """Every table; only a directory's export has groups, and says of its own accounts what they are."""
    if grid.listing is None:
        empty = {name: schema.empty_table() for name, schema in WITH_GROUPS.items()}
        return {**empty, "accounts": table}
    from pipeline.directories.file.ldif_entries import group_tables, kinds  # ldap3 takes its time to import

    lines = table["source_row"].to_pylist()
    by_line = dict(zip(lines, table["native_id"].to_pylist(), strict=True))
    groups, memberships = group_tables(grid.listing, by_line)
    own = kinds(grid.listing)
    told = [kind or own.get(line) for kind, line in zip(table["account_kind"].to_pylist(), lines, strict=True)]
    known = [json.dumps([*json.loads(each), GROUPS_KNOWN]) for each in table["known_fields"].to_pylist()]
    for name, column in (("account_kind", told), ("known_fields", known)):
        table = table.set_column(ACCOUNTS.get_field_index(name), ACCOUNTS.field(name), pa.array(column, pa.string()))
    return {"accounts": table, "groups": groups, "memberships": memberships}


def _says_who_is_employed(columns: Columns, connection: FileConnection) -> bool:
    return connection.lists_only_active or any(name in columns.positions for name in EMPLOYMENT)


def _seen(grid: Grid, columns: Columns) -> str:
    found = [f"{ours} from '{printable(grid.headers[at])}'" for ours, at in columns.positions.items()]
    return f"{'; '.join(found) or 'no header'}{f'; {len(columns.kept)} more are kept unmapped' if columns.kept else ''}"


def _coverage(opened: FileContent | None, rows: int, refusals: list[Problem]) -> tuple[ActionCoverage, ...]:
    """How opening and parsing went."""
    everything = "every account and person of this directory"
    why = refusals[0] if refusals else None
    words: dict[str, Any] = (
        {"message": why.message, "remedy": why.remedy, "error_code": why.error_code or why.code} if why else {}
    )
    if opened is None:
        outcome: Outcome = "denied" if why and why.error_code in ("EACCES", "EPERM") else "failed"
        return (
            ActionCoverage(OPEN, outcome, calls=1, needed_for=everything, **words),
            ActionCoverage(PARSE, "not_tried", needed_for=everything),
        )
    return (
        ActionCoverage(OPEN, "ok", calls=1, needed_for=everything),
        ActionCoverage(PARSE, "failed" if why else "ok", rows=rows, needed_for=everything, **words),
    )


FILE = FileDirectory()
