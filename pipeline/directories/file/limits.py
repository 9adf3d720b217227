"""Limits on what a file may hold: rows, columns, cells, text, and its unpacked size."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.directories.cells import Cell
from pipeline.directories.file.grid import Grid, MalformedError, Row
from pipeline.read_limits import MEGABYTE, current

MAX_ROWS = 2_000_000
MAX_CELLS = 50_000_000
MAX_CELL = 1_048_576
"""Characters of one cell, or of one of the values of a cell that is a list."""
UNPACKED_AT_MOST = 8
"""How many times its largest allowed size (`max_size_mb`) a file may unpack to. Its text may not be more than that size
itself: a packed file may repeat one long text in every row."""
PACKED_AT_MOST = 40
"""How many times larger than it is a workbook may unpack to; names pack to a fifth or a tenth, bombs to a
thousandth."""
ALWAYS_ALLOWED = 8 * 1024 * 1024
"""Bytes that any packed file may unpack to, however small it is."""
ROWS_A_BYTE = 50
"""Rows of people differ: a Parquet file with more rows for each of its bytes holds one row many times."""
_CHECKED_EVERY = 512

ADVICE = "export the people and accounts alone, or split the file into several connections"


def too_much(where: str, what: str) -> MalformedError:
    """The complaint that a file holds more than any list of people."""
    return MalformedError(where, what, ADVICE)


def refuse_many(where: str, *, rows: int = 0, cells: int = 0) -> None:
    """Raise MalformedError when the counts so far, or those a format gives beforehand, pass a limit."""
    for count, most, what in ((rows, MAX_ROWS, "rows"), (cells, MAX_CELLS, "cells")):
        if count > most:
            raise too_much(where, f"there are more than {most:,} {what}")


def refuse_text(where: str, text: int, max_bytes: int) -> None:
    """Raise MalformedError when there is more text than the file may be large."""
    if text > max_bytes:
        reason = f"its cells hold more than {max_bytes / MEGABYTE:,.0f} MB of text"
        raise MalformedError(where, reason, "raise `max_size_mb` of the connection if the file is meant to be so large")


def counted(grid: Grid, max_bytes: int) -> Iterator[Row]:
    """The rows of a grid, as long as they keep within the limits and the read within its time.

    Raises MalformedError, and ReadLimitError past the deadline of the read.
    """
    cells = text = 0
    for rows, (number, row) in enumerate(grid.rows, start=1):
        cells += len(row)
        text += sum(_length(cell, number, grid.unit) for cell in row)
        if rows % _CHECKED_EVERY == 0:
            current().check()
        refuse_many(f"{grid.unit} {number}", rows=rows, cells=cells)
        refuse_text(f"{grid.unit} {number}", text, max_bytes)
        yield number, row


def _length(cell: Cell, number: int, unit: str) -> int:
    if isinstance(cell, str):
        length = longest = len(cell)
    elif isinstance(cell, tuple):
        length, longest = sum(map(len, cell)), max(map(len, cell), default=0)
    else:
        return 1
    if longest > MAX_CELL:
        raise MalformedError(f"{unit} {number}", f"a cell of more than {MAX_CELL:,} characters")
    return length
