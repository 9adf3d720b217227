"""The chain of hashes over every row of the ledger.

A link holds the SHA-256 of one row (each column that is not null, as the database has it) and the SHA-256 of all that
and of the link before. What was written once can be changed only by changing every later link too, and the last of them
is kept outside of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "review_campaigns": ("campaign_id",),
    "review_decisions": ("decision_id",),
    "review_reassignments": ("reassignment_id",),
    "review_closings": ("campaign_id",),
}
"""By table that is chained: the columns a row is known by."""

ENTERED: Mapping[str, tuple[str, str]] = {
    "decisions": ("entered_by", "entered_at"),
    "undoings": ("entered_by", "entered_at"),
    "anchors": ("'certify'", "noted_at"),
    "acceptances": ("entered_by", "entered_at"),
    "review_campaigns": ("entered_by", "entered_at"),
    "review_decisions": ("entered_by", "entered_at"),
    "review_reassignments": ("entered_by", "entered_at"),
    "review_closings": ("entered_by", "entered_at"),
}
"""By table: who wrote a row and when, as SQL."""

AT_ONCE = 500
"""Rows that are looked up in one statement."""
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


def rows(
    connection: Connection, table: str, key: Sequence[str] = (), some_of: Sequence[str] | None = None
) -> Iterator[Row]:
    """The rows of a table, the one of that key, or those with one of these values in the first column of their key.

    Every value is as the database's driver gives it.
    """
    by, at = ENTERED[table]
    written: list[sa.Label[Any]] = [sa.literal_column(by).label("_by"), sa.literal_column(at).label("_at")]
    query = sa.select(sa.literal_column("*"), *written).select_from(sa.table(table))
    for column, value in zip(KEYS[table], key, strict=False):
        query = query.where(sa.column(column) == value)
    if some_of is not None:
        query = query.where(sa.column(KEYS[table][0]).in_(some_of))
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
    _append_each(connection, head_of(connection), [(table, row) for row in rows(connection, table, key)])


def append_many(connection: Connection, table: str, keys: Sequence[str]) -> None:
    """Chain the rows of these keys, in that order: for a table known by one column, and rows just written."""
    [column] = KEYS[table]
    found: list[tuple[str, Row]] = []
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        by_key = {row[column]: row for row in rows(connection, table, some_of=some)}
        found += [(table, by_key[key]) for key in some]
    _append_each(connection, head_of(connection), found)


def append_all(connection: Connection, epoch: str = "", tables: Iterable[str] = KEYS) -> None:
    """Chain every row there is, by when it was written: for a ledger that was not chained yet, or was accepted."""
    found = [
        (str(_plain(row["_at"])), order, number, table, row)
        for order, table in enumerate(tables)
        for number, row in enumerate(rows(connection, table))
    ]
    ordered = sorted(found, key=lambda each: each[:3])
    _append_each(connection, replace(head_of(connection), epoch=epoch), [(table, row) for *_, table, row in ordered])


def _append_each(connection: Connection, before: Head, found: Sequence[tuple[str, Row]]) -> None:
    made = []
    for table, row in found:
        link = _link(before, table, row)
        before = Head(link["position"], link["hash"], before.epoch)
        made.append(link)
    if made:
        connection.execute(sa.insert(CHAIN), made)


def _link(before: Head, table: str, row: Row) -> dict[str, Any]:
    link = {
        "position": before.position + 1,
        "epoch": before.epoch,
        "table_name": table,
        "row_key": key_of(table, row),
        "row_digest": digest(content(row)),
        "written_by": str(row["_by"]),
        "written_at": _instant(row["_at"]),
    }
    return {**link, "hash": link_hash(before.hash, link)}


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
