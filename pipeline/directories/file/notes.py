"""Collects notes on a file while its rows are read, with the rows they concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.connections.models import FileConnection
from pipeline.directories.dates import DayOrder
from pipeline.directories.file.columns import Columns
from pipeline.problems import Problem
from pipeline.strict_yaml.issues import printable

NAMED_AT_MOST = 5


@dataclass
class Notes:
    """What is to be told of the whole file once every row was seen; places are rows' numbers."""

    without_id: list[int] = field(default_factory=list)
    by_fallback: list[int] = field(default_factory=list)
    repeated: list[tuple[int, int]] = field(default_factory=list)
    conflicts: list[tuple[int, int, str]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    first_unknown: dict[str, int] = field(default_factory=dict)
    orders: dict[str, DayOrder] = field(default_factory=dict)


def refusals(notes: Notes, unit: str, columns: Columns, connection: FileConnection) -> Iterator[Problem]:
    """Why no row of the file can be used."""
    place: dict[str, Any] = {"connection": connection.name, "path": connection.path, "field": columns.identity}
    if notes.without_id:
        where = _places(unit, [str(number) for number in notes.without_id])
        yield Problem.of("file_row_without_id", count=f"{len(notes.without_id):,}", where=where, **place)
    if notes.conflicts:
        pairs = [f"{first} and {second} ('{printable(name)}')" for first, second, name in notes.conflicts]
        yield Problem.of("file_duplicate_id", where=_places(unit, pairs), **place)


def of_the_whole(notes: Notes, unit: str, columns: Columns, connection: FileConnection) -> Iterator[Problem]:
    """Rows taken once, and cells that are unknown."""
    place: dict[str, Any] = {"connection": connection.name, "path": connection.path}
    if notes.repeated:
        where = _places(unit, [f"{second} (as {first})" for first, second in notes.repeated])
        yield Problem.of("file_duplicate_rows", count=f"{len(notes.repeated):,}", where=where, **place)
    if notes.by_fallback:
        where = _places(unit, [str(number) for number in notes.by_fallback])
        yield Problem.of(
            "ldif_entries_without_id",
            field=columns.identity,
            count=f"{len(notes.by_fallback):,}",
            where=where,
            **place,
        )
    if notes.unknown:
        what = [
            f"{count:,} of {name}, first in {unit} {notes.first_unknown[name]}{_doubt(notes.orders.get(name))}"
            for name, count in notes.unknown.most_common()
        ]
        yield Problem.of("file_cells_unknown", what="; ".join(what), **place)


def _doubt(order: DayOrder | None) -> str:
    if order is None or not order.doubtful:
        return ""
    why = "the column has dates of both kinds" if order.shown else "no date of the column shows it"
    return f" (whether the day or the month comes first is not known: {why})"


def _places(unit: str, places: Sequence[str]) -> str:
    shown = ", ".join(places[:NAMED_AT_MOST])
    more = f" and {len(places) - NAMED_AT_MOST:,} more" if len(places) > NAMED_AT_MOST else ""
    return f"{unit}s {shown}{more}" if len(places) > 1 else f"{unit} {shown}"
