"""Opens a file and parses it by its format."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.connections.models import FileConnection
from pipeline.directories.file.columns import IDENTIFYING, wanted_headers
from pipeline.directories.file.grid import Grid, MalformedError, RefusedFileError
from pipeline.directories.file.limits import counted
from pipeline.directories.file.parquet import parquet
from pipeline.directories.file.structured import json_lines, json_list
from pipeline.directories.file.text import SEPARATORS, separated
from pipeline.problems import Problem
from pipeline.read_limits import MEGABYTE, current

_CHUNK = 8 * MEGABYTE


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file, and when they were written (UTC, without a zone)."""

    raw: bytes
    written_at: datetime


def open_file(connection: FileConnection) -> FileContent:
    """All bytes of the file as it was at one moment. Raises RefusedFileError."""
    path = connection.path
    try:
        found = path.stat()
        _refuse_at_sight(connection, found)
        # Without waiting: a pipe that took the file's place since it was looked at has no writer, and is refused below.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            before = os.fstat(descriptor)
            _refuse_at_sight(connection, before)
            raw = _read(descriptor, connection.max_size_mb * MEGABYTE)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        problem = Problem.of("file_missing", connection=connection.name, path=path, error_code="ENOENT")
        raise RefusedFileError(problem) from None
    except OSError as error:
        code = errno.errorcode.get(error.errno or 0, "")
        reason = f"cannot be opened ({error.strerror})"
        raise _refused(connection, reason, "let the user who runs this read the file", code) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(raw) != after.st_size:
        advice = "sync again when the export is done; an export that is renamed into place is never seen half-written"
        raise _refused(connection, "was written to while it was read", advice)
    written_at = datetime.fromtimestamp(after.st_mtime, UTC).replace(tzinfo=None)
    return FileContent(raw, written_at)


def _read(descriptor: int, most: int) -> bytes:
    """All there is, and one byte more than `most` of a file that has grown since: its length gives it away."""
    parts, size = [], 0
    while size <= most and (part := os.read(descriptor, min(_CHUNK, most + 1 - size))):
        current().check()
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def parse(raw: bytes, connection: FileConnection) -> Grid:
    """The file's grid, by its ending; its rows keep to the limits of `limits`.

    Raises MalformedError, now or when the rows are read.
    """
    most = connection.max_size_mb * MEGABYTE
    grid = _parsed(raw, connection, most)
    return replace(grid, rows=counted(grid, most))


def _parsed(raw: bytes, connection: FileConnection, most: int) -> Grid:
    kind = format_of(connection.path)
    if kind in ("csv", "tsv"):
        separator = SEPARATORS[connection.separator or "tab"] if connection.separator or kind == "tsv" else None
        return separated(raw, connection.encoding, separator, wanted_headers(connection))
    if kind == "xlsx":
        from pipeline.directories.file.spreadsheet import xlsx  # openpyxl takes its time to import

        return xlsx(raw, connection.sheet, most)
    if kind == "parquet":
        return parquet(raw, most)
    if kind == "ldif":
        from pipeline.directories.file.ldif_entries import ldif  # ldap3 takes its time to import

        identifying = [theirs for ours, theirs in connection.columns.items() if ours in IDENTIFYING]
        return ldif(raw, connection.encoding, identifying)
    return {"json": json_list, "jsonl": json_lines}[kind](raw, connection.encoding)


def format_of(path: Path) -> str:
    """What the file's ending says it is."""
    return path.suffix.lower().removeprefix(".")


def malformed(connection: FileConnection, error: MalformedError) -> RefusedFileError:
    """A format's complaint as a problem of this connection."""
    return RefusedFileError(
        Problem.of(
            "file_malformed",
            connection=connection.name,
            path=connection.path,
            where=error.where,
            reason=error.reason,
            advice=error.advice,
        )
    )


def _refuse_at_sight(connection: FileConnection, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise _refused(connection, "is a folder", "name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise _refused(connection, "is not a regular file", "name a file on disk")
    if found.st_size > connection.max_size_mb * MEGABYTE:
        reason = f"has {found.st_size / MEGABYTE:,.0f} MB, more than max_size_mb: {connection.max_size_mb}"
        raise _refused(connection, reason, "raise `max_size_mb` of the connection if the file is meant to be so large")


def _refused(connection: FileConnection, reason: str, advice: str, error_code: str = "") -> RefusedFileError:
    return RefusedFileError(
        Problem.of(
            "file_unreadable",
            connection=connection.name,
            path=connection.path,
            reason=reason,
            advice=advice,
            error_code=error_code,
        )
    )
