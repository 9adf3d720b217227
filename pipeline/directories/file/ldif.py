"""LDIF, the text form of a directory's entries (RFC 2849), to a grid.

Belongs here: folded lines, base64 values, comments, entries. Nothing outside the file is ever read: a value by
reference (`:<`) is refused.
Does not belong here: changes (`changetype:`), which are no list of people, and LDAP itself.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from pipeline.directories.file.grid import Cell, Grid, MalformedError, checked_headers
from pipeline.directories.file.text import decode

MAX_VALUE = 1024 * 1024
MAX_ENTRY = 10_000
"""Values of one entry: a group of an AD forest has up to 5,000 a page."""
_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9.;_-]*):([:<]?)[ ]*(.*)", re.DOTALL)

Values = dict[str, list[str]]


def ldif(raw: bytes, encoding: str | None) -> Grid:
    """One entry a row; headers are the attributes as first written. A cell with several values is a list."""
    text, guessed = decode(raw, encoding)
    entries = list(_entries(_logical_lines(text)))
    names: dict[str, str] = {}
    for _, entry in entries:
        for attribute in entry:
            names.setdefault(attribute.lower(), attribute)
    rows = []
    for line, entry in entries:
        lower: Values = {}
        for attribute, values in entry.items():
            lower.setdefault(attribute.lower(), []).extend(values)
        rows.append((line, [_cell(lower.get(name, [])) for name in names]))
    return Grid(checked_headers(list(names.values()), "line 1"), rows, "line", guessed)


def _cell(values: list[str]) -> Cell:
    if len(values) > 1:
        return tuple(values)
    return values[0] if values else None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, comments left out; a blank one ends an entry."""
    start, held, length = 0, [""], 0
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line.startswith(" ") and start:
            held.append(line[1:])
            length += len(line)
            if length > MAX_VALUE * 2:
                raise MalformedError(f"line {start}", f"a value of more than {MAX_VALUE:,} characters")
            continue
        if line.startswith(" ") and line.strip():
            raise MalformedError(f"line {number}", "a continuation of nothing")
        if start and not held[0].startswith("#"):
            yield start, "".join(held)
        start, held, length = number, [line.strip() and line], len(line)
    if start and not held[0].startswith("#"):
        yield start, "".join(held)
    yield start + 1, ""


def _entries(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Values]]:
    entry: Values = {}
    begun, count = 0, 0
    for number, line in lines:
        if not line:
            if entry:
                yield begun, entry
            entry, count = {}, 0
            continue
        attribute, value = _attribute(number, line)
        if not entry:
            if attribute.lower() == "version" and begun == 0:
                continue
            if attribute.lower() != "dn":
                raise MalformedError(f"line {number}", f"an entry starts with '{attribute}', and must with 'dn'")
            begun = number
        elif attribute.lower() == "changetype":
            raise MalformedError(f"line {number}", "a change, not an entry", "export the entries themselves")
        entry.setdefault(attribute, []).append(value)
        count += 1
        if count > MAX_ENTRY:
            raise MalformedError(f"line {begun}", f"an entry of more than {MAX_ENTRY:,} values")


def _attribute(number: int, line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise MalformedError(f"line {number}", "neither `name: value` nor a continuation (which starts with a blank)")
    name, form, value = match.groups()
    if form == "<":
        reason = f"'{name}' refers to something outside the file (:<), which is never fetched"
        raise MalformedError(f"line {number}", reason, "export the value itself")
    if form == ":":
        try:
            value = base64.b64decode(value.encode("ascii"), validate=True).decode("utf-8", "backslashreplace")
        except (binascii.Error, UnicodeEncodeError):
            raise MalformedError(f"line {number}", f"the value of '{name}' is not base64") from None
    if len(value) > MAX_VALUE:
        raise MalformedError(f"line {number}", f"a value of more than {MAX_VALUE:,} characters")
    return name, value
