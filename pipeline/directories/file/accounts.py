"""Maps the rows of a file to the accounts table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from pipeline.connections.models import FileConnection
from pipeline.directories import cells
from pipeline.directories.base import ACCOUNTS, INSTANT
from pipeline.directories.cells import Cell, Unreadable
from pipeline.directories.dates import DayOrder, Order
from pipeline.directories.file import exports, microsoft, openldap
from pipeline.directories.file.columns import Columns
from pipeline.directories.file.grid import Grid, RefusedFileError, Row
from pipeline.directories.file.notes import Notes, of_the_whole, refusals
from pipeline.directories.file.presets import PRESETS
from pipeline.directories.ldap_schema import values
from pipeline.problems import Problem

BATCH = 20_000
EXPIRES = "account expires"
"""What the orders of dates call the column that says when an account closes, which is none of ours."""
INSTANTS = frozenset(each.name for each in ACCOUNTS if each.type == INSTANT)
_to_json = json.JSONEncoder(ensure_ascii=False).encode


Orders = Mapping[str, Order]
"""Our names to whether the day or the month comes first in their dates."""


def accounts(
    grid: Grid,
    columns: Columns,
    connection: FileConnection,
    written_at: datetime,
    orders: Orders = MappingProxyType({}),
) -> tuple[pa.Table, list[Problem], Orders]:
    """The accounts (schema `ACCOUNTS`), notes about rows taken once and cells that are unknown, and orders of dates.

    `written_at` is the instant the file speaks of, in UTC without zone: an account that had expired is not enabled.
    A column shows the order of its dates anywhere in the file. When orders are given back, the same file read with
    them as `orders` has fewer unknown dates.

    Raises RefusedFileError when a row that says something has no id, or when two rows of one id differ; MalformedError
    from the grid.
    """
    notes = Notes(orders={name: DayOrder(orders.get(name)) for name in (*INSTANTS, EXPIRES)})
    batches = list(_batches(grid, columns, connection, written_at, notes))
    refused = list(refusals(notes, grid.unit, columns, connection))
    if refused:
        raise RefusedFileError(*refused)
    learned = {name: order.learned for name, order in notes.orders.items()}
    table = pa.Table.from_batches(batches, schema=ACCOUNTS)
    told = list(of_the_whole(notes, grid.unit, columns, connection))
    return table, told, {name: order for name, order in learned.items() if order}


def _batches(
    grid: Grid, columns: Columns, connection: FileConnection, written_at: datetime, notes: Notes
) -> Iterator[pa.RecordBatch]:
    closes = cells.instant(connection.date_format, notes.orders[EXPIRES])
    traits = microsoft.Traits(grid.headers, closes)
    readings = _readings(connection, columns, grid.headers, notes.orders)
    known_fields = _to_json(columns.known_fields)
    seen: dict[str, tuple[int, bytes]] = {}
    held: list[dict[str, Any]] = []
    for row in grid.rows:
        account = _account(row, grid.headers, columns, readings, notes)
        if account is not None:
            _add_traits(account, row, traits, written_at, notes)
        if account is None or not _is_new(account, row[0], seen, notes):
            continue
        held.append({**account, "known_fields": known_fields, "source_row": row[0]})
        if len(held) == BATCH:
            yield pa.RecordBatch.from_pylist(held, schema=ACCOUNTS)
            held = []
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=ACCOUNTS)


def _readings(
    connection: FileConnection, columns: Columns, headers: Sequence[str], orders: Mapping[str, DayOrder]
) -> dict[str, cells.Reading]:
    """How each column of ours is read: as its attribute or the preset says, unless the connection says how dates are
    written."""
    usual: dict[str, cells.Reading] = {each.name: cells.text for each in ACCOUNTS}
    usual |= {name: cells.instant(connection.date_format, orders[name]) for name in INSTANTS}
    usual |= {"alias_emails": cells.text_list, "is_enabled": cells.flag}
    usual["last_active_at"] = cells.last_seen(usual["last_active_at"])
    readings = dict(usual)
    for ours, position in columns.positions.items():
        header = headers[position]
        if connection.preset:
            order = orders.get(ours, DayOrder())
            own = exports.reading(PRESETS[connection.preset], ours, header, connection.date_format, order)
            readings[ours] = own or usual[ours]
        own = openldap.reading(ours, header) or microsoft.reading(ours, header, readings[ours])
        readings[ours] = own or readings[ours]
    return readings


def _account(
    row: Row, headers: Sequence[str], columns: Columns, readings: dict[str, cells.Reading], notes: Notes
) -> dict[str, Any] | None:
    """The row as an account; None, and noted, when it has no id."""
    number, found = row
    account: dict[str, Any] = {}
    invalid = []
    for name, position in columns.positions.items():
        try:
            more = columns.further.get(name)
            cell = found[position]
            account[name] = (
                _latest(readings[name], [cell, *(found[at] for at in more)]) if more else readings[name](cell)
            )
        except ValueError:
            account[name] = None
            invalid.append(name)
    if not (account["native_id"] or "").strip() and columns.fallback is not None:
        account["native_id"] = cells.text(found[columns.fallback])
        notes.by_fallback.append(number)
    if not (account["native_id"] or "").strip():
        notes.without_id.append(number)
        return None
    for name in invalid:
        notes.unknown[name] += 1
        notes.first_unknown.setdefault(name, number)
    note = values.LATE if account.get("last_active_at") and columns.is_activity_late else None
    account["attributes"] = _attributes(found, headers, columns, invalid, note)
    account["invalid_fields"] = _to_json(invalid)
    return account


def _add_traits(
    account: dict[str, Any], row: Row, traits: microsoft.Traits, written_at: datetime, notes: Notes
) -> None:
    number, found = row
    account["account_kind"] = account.get("account_kind") or traits.kind(found)
    if not account.get("is_enabled"):
        return
    try:
        account["is_enabled"] = not traits.is_over(found, written_at)
    except ValueError:
        account["is_enabled"] = None
        account["invalid_fields"] = _to_json([*json.loads(account["invalid_fields"]), "is_enabled"])
        notes.unknown["is_enabled"] += 1
        notes.first_unknown.setdefault("is_enabled", number)


def _latest(reading: cells.Reading, found: Sequence[Cell]) -> cells.Value:
    """The latest of several cells. One that cannot be read makes it unknown, untold ones only when all are."""
    values: list[cells.Value] = []
    for cell in found:
        with suppress(cells.UnknownCellError):
            values.append(reading(cell))
    if not values:
        raise cells.UnknownCellError("empty")
    return exports.latest(values)


def _attributes(
    found: Sequence[Cell], headers: Sequence[str], columns: Columns, invalid: Sequence[str], note: str | None
) -> str:
    """As a JSON object: columns nobody mapped, cells that could not be read, and all values of cells with several.

    `note` is what is to be known of `last_active_at`; a column of that name is not taken for it.
    """
    kept = {header: _plain(found[position]) for header, position in columns.kept.items()}
    for name, position in columns.positions.items():
        cell = found[position]
        if name in invalid or (isinstance(cell, tuple) and len(cell) > 1 and name != "alias_emails"):
            kept[headers[position]] = _plain(cell)
    kept["last_active_note"] = note
    whole = {header: value for header, value in kept.items() if value not in (None, "", [])}
    written = _to_json(whole)
    return written if written.isascii() else written.encode(errors="replace").decode()


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Unreadable):
        return f"#{cell.reason}"
    if cell is None or isinstance(cell, str | bool):
        return cell
    return list(cell) if isinstance(cell, tuple) else cell.isoformat()


def _is_new(account: dict[str, Any], number: int, seen: dict[str, tuple[int, bytes]], notes: Notes) -> bool:
    """False, and noted, for an id that was seen already, be it in an equal row or in another."""
    digest = hashlib.blake2b(repr(account).encode(), digest_size=16).digest()
    identity = account["native_id"]
    before = seen.setdefault(identity, (number, digest))
    if before[0] == number:
        return True
    if before[1] == digest:
        notes.repeated.append((before[0], number))
    else:
        notes.conflicts.append((before[0], number, identity))
    return False
