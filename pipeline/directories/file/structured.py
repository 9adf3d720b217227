"""Formats with structure of their own to a grid: JSON, JSON lines, Parquet.

Belongs here: where the list of objects is, nested objects as `outer.inner`, and types as text without loss.
Does not belong here: what a column means (`columns`), or dates written as text (`cells`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.directories.file.grid import Cell, Grid, MalformedError, Row, checked_headers, is_blank
from pipeline.directories.file.text import decode

MAX_DEPTH = 4
NEXT_PAGE = frozenset({"nexttoken", "nextpagetoken", "next_token", "@odata.nextlink", "nextlink"})
"""Keys beside the list by which AWS, Google and Microsoft say that there is more, in lower case."""


def json_list(raw: bytes, encoding: str | None) -> Grid:
    """A list of objects, or one object in which exactly one key holds such a list."""
    text, guessed = decode(raw, encoding)
    if not text.strip():
        return Grid([], [], "item", guessed)
    document = _loads(text, None)
    if isinstance(document, dict):
        lists = [key for key, value in document.items() if isinstance(value, list)]
        if len(lists) != 1:
            reason = f"an object in which {len(lists)} keys hold a list ({', '.join(lists) or 'none'}), and one must"
            raise MalformedError("item 1", reason, "export the list of people alone")
        _refuse_page(document)
        document = document[lists[0]]
    if not isinstance(document, list):
        raise MalformedError("line 1", "neither a list of objects nor an object with one", "export a list of objects")
    return _of_objects(enumerate(document, start=1), "item", guessed)


def _refuse_page(document: dict[str, Any]) -> None:
    """One page of several would make everybody on the others look as if they were gone."""
    marks = [key for key, value in document.items() if key.lower() in NEXT_PAGE and value]
    if marks:
        reason = f"'{marks[0]}' says that more follows: this is one page of several"
        raise MalformedError("item 1", reason, "export every page into one list")


def json_lines(raw: bytes, encoding: str | None) -> Grid:
    """One object a line."""
    text, guessed = decode(raw, encoding)
    lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    return _of_objects(((number, _loads(line, number)) for number, line in lines), "line", guessed)


def parquet(raw: bytes, max_bytes: int) -> Grid:
    """A Parquet file; `max_bytes` bounds what it unpacks to."""
    try:
        file = pq.ParquetFile(pa.BufferReader(raw))
        unpacked = sum(file.metadata.row_group(index).total_byte_size for index in range(file.num_row_groups))
        if unpacked > max_bytes:
            raise MalformedError("the file", f"it unpacks to {unpacked:,} bytes", "raise `max_size_mb` if it may")
        names = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _not_parquet(error) from None
    return Grid(checked_headers(names, "the schema"), _parquet_rows(file), "row")


def _parquet_rows(file: pq.ParquetFile) -> Iterator[Row]:
    number = 0
    try:
        for batch in file.iter_batches(batch_size=10_000):
            columns = [[_cell(value) for value in _microseconds(column).to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                if not is_blank(cells):
                    yield number, cells
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _not_parquet(error) from None


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


def _loads(text: str, line: int | None) -> Any:
    """JSON without its traps: no key twice, no NaN."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise MalformedError(f"line {line}" if line else "an object", f"the key '{twice}' is given twice")
        return found

    def refuse(constant: str) -> Any:
        raise MalformedError(f"line {line}" if line else "the file", f"{constant} is not JSON")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise MalformedError(f"line {line or error.lineno}", f"it is not JSON ({error.msg})") from None
    except RecursionError:
        raise MalformedError(f"line {line or 1}", "it is nested too deeply") from None


def _of_objects(items: Iterable[tuple[int, Any]], unit: str, guessed: str) -> Grid:
    objects: list[tuple[int, dict[str, Cell]]] = []
    headers: dict[str, None] = {}
    for number, item in items:
        if not isinstance(item, dict):
            raise MalformedError(f"{unit} {number}", "it is not an object", "export a list of objects")
        pairs = list(_flat(item, ""))
        flat = dict(pairs)
        if len(flat) != len(pairs):
            twice = next(name for index, (name, _) in enumerate(pairs) if name in dict(pairs[:index]))
            raise MalformedError(f"{unit} {number}", f"the key '{twice}' is given twice")
        headers |= dict.fromkeys(flat)
        objects.append((number, flat))
    names = list(headers)
    rows = ((number, [flat.get(name) for name in names]) for number, flat in objects)
    return Grid(checked_headers(names, f"{unit} 1"), (row for row in rows if not is_blank(row[1])), unit, guessed)


def _flat(item: dict[str, Any], prefix: str, depth: int = 1) -> Iterator[tuple[str, Cell]]:
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, _cell(value)


def _cell(value: Any) -> Cell:
    """A typed value as a cell; numbers as the shortest text that means the same."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else number_text(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, list):
        return _items(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _items(values: Sequence[Any]) -> Cell:
    return tuple(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        for value in values
        if value is not None
    )


def number_text(value: float) -> str:
    """A number as a person wrote it: no `.0` that only the storage added."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
