"""What a packet that came back says, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from pipeline.certification.packets.columns import BY_LABEL, COLUMNS, NEEDED
from pipeline.spreadsheets import unguarded

READ = ("decision", "comment", "decided_by", "reviewer", "campaign", "packet", "item_id", "digest")
LONGEST_ID = 200
LABELS = {column.key: column.label for column in COLUMNS}
C = TypeVar("C")


class UnreadablePacketError(ValueError):
    """The file as a whole is no packet; the text says why, in words that follow the name of the file."""


@dataclass(frozen=True)
class Row:
    """One row, its text as it stands. `number` is the row of the sheet, the line of a CSV, or the place in a list.

    `fault` says why it cannot be taken whatever the ledger says; `decided_at` is known where a page recorded it.
    """

    number: int
    campaign: str
    packet: str
    item_id: str
    digest: str
    decision: str
    comment: str
    decided_by: str
    decided_at: datetime | None = None
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was decided in it."""
        return not self.decision and not self.comment.strip() and not self.fault


@dataclass(frozen=True)
class Returned:
    """A file that came back. `kind` is xlsx, csv or json."""

    kind: str
    sha256: str
    rows: Sequence[Row] = field(default=())


@dataclass(frozen=True)
class Text:
    """A cell. `fault` says why it holds no text that could be believed."""

    text: str = ""
    fault: str = ""


def rows_of(records: Iterator[tuple[int, Sequence[C]]], text: Callable[[C], Text]) -> Iterator[Row]:
    """The rows of a sheet, found by their headings; records without any text in our columns are left out.

    Raises UnreadablePacketError where the headings are not those of a packet.
    """
    _, heading = next(records, (0, ()))
    places = _places([text(cell).text for cell in heading])
    for number, cells in records:
        by_key = {key: text(cells[place]) for key, place in places.items() if place < len(cells)}
        if any(cell.text or cell.fault for cell in by_key.values()):
            yield _row(number, by_key)


def _places(headings: Sequence[str]) -> dict[str, int]:
    """By key of a column: its place. Columns that are not ours are somebody's notes."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = BY_LABEL.get(" ".join(heading.split()).casefold())
        if column is not None and column.key in found:
            raise UnreadablePacketError(f"has the column {column.label} twice")
        if column is not None and column.key in READ:
            found[column.key] = place
    missing = [column.label for column in COLUMNS if column.key in NEEDED and column.key not in found]
    if missing:
        raise UnreadablePacketError(f"has no column {', '.join(missing)} in its first row")
    return found


def _row(number: int, cells: dict[str, Text]) -> Row:
    def text(key: str) -> str:
        return cells.get(key, Text()).text

    faults = [f"{LABELS[key]}: {cell.fault}" for key, cell in cells.items() if cell.fault]
    return shortened(
        Row(
            number=number,
            campaign=text("campaign").strip(),
            packet=text("packet").strip(),
            item_id=text("item_id").strip(),
            digest=text("digest").strip(),
            decision=text("decision").strip().casefold(),
            comment=text("comment"),
            decided_by=text("decided_by").strip() or unguarded(text("reviewer").strip()),
            fault="; ".join(faults),
        )
    )


def shortened(row: Row) -> Row:
    """The row; where a text in it is longer than any id, a fault instead, so that no message repeats it."""
    long = [key for key in ("campaign", "item_id", "digest", "decision") if len(getattr(row, key)) > LONGEST_ID]
    if not long:
        return row
    fault = f"its {', '.join(long)} has more than {LONGEST_ID} characters"
    return replace(row, **{key: getattr(row, key)[:LONGEST_ID] for key in long}, fault=row.fault or fault)
