"""Looking for secrets in everything a run leaves behind, whatever it is packed in."""

from __future__ import annotations

import base64
import contextlib
import gzip
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
import pyarrow.parquet as pq

Canaries = Mapping[str, str]
"""What each secret is, by the secret."""


def found_in(text: bytes, canaries: Canaries) -> set[str]:
    """The names of the canaries that `text` holds, as they are or as URLs, JSON or base64 spell them."""
    return {name for secret, name in canaries.items() if any(form in text for form in _forms(secret))}


def found_in_files(root: Path, canaries: Canaries) -> dict[str, set[str]]:
    """By file below `root`, relative to it: the canaries in it."""
    found = {}
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        here = {name for content in _contents(path) for name in found_in(content, canaries)}
        if here:
            found[str(path.relative_to(root))] = here
    return found


def _forms(secret: str) -> set[bytes]:
    forms = {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")}
    raw = secret.encode()
    packed = {base64.b64encode(raw), base64.b64encode(f"\0alerts\0{secret}".encode())}
    return {form.encode() for form in forms} | packed


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".duckdb":
        yield from _of_duckdb(path)
    elif path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pylist()).encode()
    elif raw.startswith(b"SQLite format 3"):
        yield from _of_sqlite(path)
    yield from _unpacked(raw)


def _of_duckdb(path: Path) -> Iterator[bytes]:
    """Every value of every table and view: what the file holds compressed."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        assert tables, path
        for schema, name in tables:
            rows = connection.execute(f'select * from "{schema}"."{name}"').fetchall()
            yield repr(rows).encode()


def _of_sqlite(path: Path) -> Iterator[bytes]:
    """Every cell; Dagster compresses some."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            for row in connection.execute(f'select * from "{name}"'):
                yield from _cells(row)


def _cells(row: Iterable[object]) -> Iterator[bytes]:
    for cell in row:
        if isinstance(cell, bytes):
            yield cell
            yield from _unpacked(cell)
        elif isinstance(cell, str):
            yield cell.encode()


def _unpacked(raw: bytes) -> Iterator[bytes]:
    with contextlib.suppress(zlib.error):
        yield zlib.decompress(raw)
    with contextlib.suppress(OSError, EOFError, zlib.error):
        yield gzip.decompress(raw)
