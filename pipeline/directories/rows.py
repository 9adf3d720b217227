"""Helpers for kinds that build the shared tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from pipeline.directories.base import ACCOUNTS, GROUPS, MEMBERSHIPS
from pipeline.read_limits import counted_pairs

Row = dict[str, Any]

WITH_GROUPS: Mapping[str, pa.Schema] = {"accounts": ACCOUNTS, "groups": GROUPS, "memberships": MEMBERSHIPS}


class ConflictingRowsError(Exception):
    """Two answers give one id to two different things; which is true cannot be told."""


def told(value: object) -> str | None:
    """A text as it was told, None when empty. Half a character (a lone surrogate) becomes a question mark."""
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else text.encode(errors="replace").decode()


def naive(moment: datetime | None) -> datetime | None:
    """UTC without a zone, as the tables have it; one that has none is UTC already."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def as_json(value: object) -> str:
    """JSON with sorted keys, so that equal things are equal text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text.encode(errors="replace").decode()


def once(rows: Iterable[Row], key: str = "native_id") -> list[Row]:
    """The rows in the order of their ids, each id once: a directory that changes between two pages may tell one twice.

    Raises ConflictingRowsError when the two differ.
    """
    found: dict[str, Row] = {}
    for row in rows:
        before = found.setdefault(row[key], row)
        if before != row:
            raise ConflictingRowsError(row[key])
    return [found[each] for each in sorted(found)]


def account_tables(
    accounts: Sequence[Row], groups: Sequence[Row], memberships: Iterable[tuple[str, str]], known: Collection[str]
) -> dict[str, pa.Table]:
    """Tables `accounts`, `groups` and `memberships` of a snapshot.

    `known` are the fields this directory told, the same for every account; memberships are pairs of ids.
    """
    known_fields = json.dumps(sorted(known))
    whole = [{"invalid_fields": "[]", "known_fields": known_fields, **row} for row in once(accounts)]
    unique = sorted(set(counted_pairs(memberships)))
    pairs = [{"account_native_id": account, "group_native_id": group} for account, group in unique]
    return {
        "accounts": pa.Table.from_pylist(whole, schema=ACCOUNTS),
        "groups": pa.Table.from_pylist(once(groups), schema=GROUPS),
        "memberships": pa.Table.from_pylist(pairs, schema=MEMBERSHIPS),
    }
