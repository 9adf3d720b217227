"""Reads the rows of a workbook, and of a CSV that a spreadsheet saved it as."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from pipeline.certification.packets.columns import COLUMNS, NEEDED
from pipeline.certification.packets.rows import Row, Text, UnreadablePacketError, rows_of
from pipeline.directories.file.grid import MalformedError
from pipeline.directories.file.spreadsheet import refuse_bomb
from pipeline.directories.file.text import decode, records_of

MOST_ROWS, MOST_COLUMNS = 200_000, 64
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of XML; a packet of 10,000 items has a quarter of it."""
SHEET = "items"
NEEDED_LABELS = [column.label for column in COLUMNS if column.key in NEEDED]


def xlsx_rows(raw: bytes) -> list[Row]:
    """The rows of the sheet Items, or of the first. Raises UnreadablePacketError."""
    try:
        refuse_bomb(raw, MOST_UNPACKED)
        # Formulas are read as what they are: a saved result may be anything, and says nothing of what they give next.
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        sheet = next((each for each in book.worksheets if each.title.casefold() == SHEET), None) or book.worksheets[0]
        sheet.reset_dimensions()
        records = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        return _counted(rows_of(enumerate(records, start=1), _text))
    except UnreadablePacketError:
        raise
    except MalformedError as error:
        raise UnreadablePacketError(f"cannot be read: {error.reason}") from error
    except Exception as error:  # openpyxl has no error of its own for a broken workbook
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise UnreadablePacketError(f"cannot be read as .xlsx ({reason}); save it as .xlsx again") from error


def csv_rows(raw: bytes) -> list[Row]:
    """The rows of a CSV with any of the usual separators. Raises UnreadablePacketError."""
    try:
        return _counted(rows_of(records_of(decode(raw, None)[0], None, NEEDED_LABELS), Text))
    except MalformedError as error:
        raise UnreadablePacketError(f"cannot be read as CSV: {error.where}: {error.reason}") from error


def _counted(rows: Iterable[Row]) -> list[Row]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) >= MOST_ROWS:
            raise UnreadablePacketError(f"has {MOST_ROWS:,} rows or more, which no packet has")
    return found


def _text(cell: Any) -> Text:
    value = cell.value
    if value is None:
        return Text()
    if cell.data_type == "f":
        return Text(fault="is a formula; write the value itself")
    if cell.data_type == "e":
        return Text(fault=f"is the error {value}")
    return Text(unescape(value) if isinstance(value, str) else str(value))
