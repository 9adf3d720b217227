"""The chain of hashes over every row of the ledger.

A link holds the SHA-256 of one row (each column that is not null, as the database has it) and the SHA-256 of all that
and of the link before. What was written once can be changed only by changing every later link too, and the last of them
is kept outside of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, text

KEYS: Mapping[str, tuple[str, ...]] = {
    "decisions": ("decision_id",),
    "undoings": ("decision_id",),
    "anchors": ("decision_id", "account_key"),
    "acceptances": ("acceptance_id",),
}
"""By table that is chained: the columns a row is known by."""

ENTERED: Mapping[str, tuple[str, str]] = {
    "decisions": ("entered_by", "entered_at"),
    "undoings": ("entered_by", "entered_at"),
    "anchors": ("'certify'", "noted_at"),
    "acceptances": ("entered_by", "entered_at"),
}
"""By table: who wrote a row and when, as SQL."""

GENESIS = "0" * 64
CHAIN = sa.table(
    "chain",
    sa.column("position", sa.Integer),
    sa.column("epoch", sa.Text),
    sa.column("table_name", sa.Text),
    sa.column("row_key", sa.Text),
    sa.column("row_digest", sa.Text),
    sa.column("written_by", sa.Text),
    sa.column("written_at", sa.DateTime),
    sa.column("hash", sa.Text),
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """Where a chain ends: the number of its last link, its hash, and the id of the last acceptance (empty: none)."""

    position: int = 0
    hash: str = GENESIS
    epoch: str = ""

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}:{self.epoch}"

    @classmethod
    def parsed(cls, written: str) -> Head:
        """What `str` wrote. Raises ValueError for anything else."""
        position, digest, epoch = written.split(":")
        return cls(int(position), digest, epoch)


START = Head()
"""Where a chain without links ends."""


def digest(row: Row) -> str:
    """SHA-256 of a row or link: a JSON object of what is not null, names sorted, ASCII only."""
    present = {name: _plain(value) for name, value in row.items() if value is not None}
    return hashlib.sha256(json.dumps(present, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def link_hash(previous: str, link: Row) -> str:
    """The hash of a link after the link of that hash."""
    return digest({**{name: value for name, value in link.items() if name != "hash"}, "previous": previous})


def key_of(table: str, row: Row) -> str:
    """What a row of a table is known by, as one text."""
    return json.dumps([_plain(row[column]) for column in KEYS[table]])


def rows(connection: Connection, table: str, key: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a table, or the one of that key, with every value as the database's driver gives it."""
    by, at = ENTERED[table]
    written: list[sa.Label[Any]] = [sa.literal_column(by).label("_by"), sa.literal_column(at).label("_at")]
    query = sa.select(sa.literal_column("*"), *written).select_from(sa.table(table))
    for column, value in zip(KEYS[table], key, strict=False):
        query = query.where(sa.column(column) == value)
    for row in connection.execute(query).mappings():
        yield dict(row)


def content(row: Row) -> Row:
    """The columns of a row of `rows` that are the table's."""
    return {name: value for name, value in row.items() if name not in ("_by", "_at")}


def links(connection: Connection) -> list[Row]:
    """Every link, first to last, with every value as the driver gives it."""
    return [dict(link) for link in connection.execute(text("select * from chain order by position")).mappings()]


def head_of(connection: Connection) -> Head:
    """Where the chain ends now."""
    last = connection.execute(text("select position, hash, epoch from chain order by position desc limit 1")).first()
    return Head(last[0], last[1], last[2]) if last else START


def append(connection: Connection, table: str, *key: str) -> None:
    """Chain the row of that key, which was just written."""
    before = head_of(connection)
    for row in rows(connection, table, key):
        _append(connection, before, table, row)


def append_all(connection: Connection, epoch: str = "") -> None:
    """Chain every row there is, by when it was written: for a ledger that was not chained yet, or was accepted."""
    found = [
        (str(_plain(row["_at"])), order, number, table, row)
        for order, table in enumerate(KEYS)
        for number, row in enumerate(rows(connection, table))
    ]
    before = replace(head_of(connection), epoch=epoch)
    for *_, table, row in sorted(found, key=lambda each: each[:3]):
        before = _append(connection, before, table, row)


def _append(connection: Connection, before: Head, table: str, row: Row) -> Head:
    link = {
        "position": before.position + 1,
        "epoch": before.epoch,
        "table_name": table,
        "row_key": key_of(table, row),
        "row_digest": digest(content(row)),
        "written_by": str(row["_by"]),
        "written_at": _instant(row["_at"]),
    }
    after = Head(before.position + 1, link_hash(before.hash, link), before.epoch)
    connection.execute(sa.insert(CHAIN).values(**link, hash=after.hash))
    return after


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _plain(value: Any) -> Any:
    """A value as every database has it in the end: SQLite keeps instants as text and truth as a number."""
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return f"{instant:%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return int(value) if isinstance(value, bool) else value
