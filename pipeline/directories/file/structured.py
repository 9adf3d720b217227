"""Parses JSON, JSON lines and Parquet."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from pipeline.directories.cells import Cell
from pipeline.directories.file.grid import MAX_COLUMNS, Grid, MalformedError, checked_headers, is_blank
from pipeline.directories.file.limits import refuse_many, too_much
from pipeline.directories.file.text import decode

MAX_DEPTH = 4
NEXT_PAGE = frozenset({"nexttoken", "nextpagetoken", "next_token", "@odata.nextlink", "nextlink"})
"""Keys beside the list by which AWS, Google and Microsoft say that there is more, in lower case."""


def json_list(raw: bytes, encoding: str | None) -> Grid:
    """A list of objects, or one object in which exactly one key holds such a list."""
    text, guessed = decode(raw, encoding)
    if not text.strip():
        return Grid([], [], "item", guessed)
    _refuse_bomb(text)
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
    _refuse_bomb(text)
    lines = ((number, line) for number, line in enumerate(io.StringIO(text, newline="\n"), start=1) if line.strip())
    return _of_objects(((number, _loads(line, number)) for number, line in lines), "line", guessed)


def _refuse_bomb(text: str) -> None:
    """By the signs between values: there is no more of anything than of them."""
    refuse_many("the file", cells=text.count(",") + text.count("["))


def _loads(text: str, line: int | None) -> Any:
    """JSON without its traps: no key twice, no NaN."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = _twice(key for key, _ in pairs)
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
            twice = _twice(name for name, _ in pairs)
            raise MalformedError(f"{unit} {number}", f"the key '{twice}' is given twice")
        headers |= dict.fromkeys(flat)
        if len(headers) > MAX_COLUMNS:
            raise too_much(f"{unit} {number}", f"there are more than {MAX_COLUMNS:,} columns")
        objects.append((number, flat))
        refuse_many(f"{unit} {number}", rows=len(objects))
    names = list(headers)
    rows = ((number, [flat.get(name) for name in names]) for number, flat in objects)
    return Grid(checked_headers(names, f"{unit} 1"), (row for row in rows if not is_blank(row[1])), unit, guessed)


def _twice(names: Iterable[str]) -> str:
    """The first name that comes a second time."""
    seen: set[str] = set()
    return next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]


def _flat(item: dict[str, Any], prefix: str, depth: int = 1) -> Iterator[tuple[str, Cell]]:
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, cell_of(value)


def cell_of(value: Any) -> Cell:
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
        return tuple(each if isinstance(each, str) else _written(each) for each in value if each is not None)
    return _written(value) if isinstance(value, dict) else str(value)


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        raise MalformedError("the file", "it is nested too deeply") from None


def number_text(value: float) -> str:
    """A number as a person wrote it: no `.0` that only the storage added."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
