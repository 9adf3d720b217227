"""Parses a Parquet file.

A text that is repeated is stored once and a row is a number of a few bits. Such columns are kept packed until the
lengths of all that a batch would unpack to are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.directories.cells import Cell, Unreadable
from pipeline.directories.file.grid import Grid, MalformedError, Row, checked_headers, is_blank
from pipeline.directories.file.limits import ALWAYS_ALLOWED, ROWS_A_BYTE, UNPACKED_AT_MOST, refuse_many, refuse_text
from pipeline.directories.file.structured import cell_of

BATCH = 1_000
UNPACKED = 100
"""How many times larger than it is a file may unpack to."""


def parquet(raw: bytes, max_bytes: int) -> Grid:
    """A Parquet file; `max_bytes`, its largest allowed size, bounds what it unpacks to."""
    try:
        footer = pq.ParquetFile(pa.BufferReader(raw))
        names = checked_headers(list(footer.schema_arrow.names), "the schema")
        _refuse_bomb(footer, len(raw), max_bytes)
        leaves = [footer.schema.column(index) for index in range(len(footer.schema))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        file = pq.ParquetFile(pa.BufferReader(raw), read_dictionary=texts)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _not_parquet(error) from None
    return Grid(names, _rows(file, max_bytes), "row")


def _refuse_bomb(footer: pq.ParquetFile, size: int, max_bytes: int) -> None:
    """By the footer alone."""
    groups = [footer.metadata.row_group(index) for index in range(footer.num_row_groups)]
    rows = max(footer.metadata.num_rows, sum(group.num_rows for group in groups))
    cells = sum(group.column(index).num_values for group in groups for index in range(group.num_columns))
    refuse_many("the file", rows=rows, cells=max(cells, rows * len(footer.schema)))
    if rows > max(size * ROWS_A_BYTE, 10_000):
        reason = f"{size:,} bytes cannot hold {rows:,} rows of different people"
        raise MalformedError("the file", reason, "write it again from the table of people")
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > min(max_bytes * UNPACKED_AT_MOST, max(size * UNPACKED, ALWAYS_ALLOWED)):
        raise MalformedError("the file", f"it unpacks to {unpacked:,} bytes", "raise `max_size_mb` if it may")


def _rows(file: pq.ParquetFile, max_bytes: int) -> Iterator[Row]:
    number = text = 0
    try:
        for batch in file.iter_batches(batch_size=BATCH):
            text += sum(_text_in(column) for column in batch.columns)
            refuse_text(f"row {number + 1:,} and those after it", text, max_bytes)
            columns = [_cells(_microseconds(column)) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                if not is_blank(cells):
                    yield number, cells
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _not_parquet(error) from None


def _cells(column: pa.Array) -> list[Cell]:
    try:
        return [cell_of(value) for value in column.to_pylist()]
    except (ValueError, OverflowError):  # of one value, which is nothing against the others
        return [_cell(scalar) for scalar in column]


def _cell(scalar: pa.Scalar) -> Cell:
    try:
        return cell_of(scalar.as_py())
    except (ValueError, OverflowError):
        return Unreadable("a date outside the years 1 to 9999")


def _text_in(array: Any) -> int:
    """Bytes of all text that the array would unpack to."""
    if pa.types.is_dictionary(array.type):
        if not len(array.dictionary) or not isinstance(array.dictionary, pa.StringArray | pa.BinaryArray):
            return 0
        lengths = pc.binary_length(array.dictionary).cast(pa.int64())
        return int(pc.sum(lengths.take(array.indices)).as_py() or 0)
    if pa.types.is_struct(array.type):
        return sum(_text_in(part) for part in array.flatten())
    if pa.types.is_map(array.type):
        return _text_in(array.keys) + _text_in(array.items)
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type) or pa.types.is_fixed_size_list(array.type):
        return _text_in(array.flatten())
    return int(array.nbytes)


def _microseconds(column: pa.Array) -> pa.Array:
    """Nanoseconds are more than a datetime holds."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def _not_parquet(error: Exception) -> MalformedError:
    reason = (
        f"it cannot be read as Parquet ({str(error).splitlines()[0][:200] if str(error) else type(error).__name__})"
    )
    return MalformedError("the file", reason)
