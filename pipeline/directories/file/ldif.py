"""Parses LDIF (RFC 2849), as `ldapsearch` and `slapcat` write it."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from contextlib import suppress

from pipeline.directories.file.grid import MalformedError
from pipeline.directories.file.limits import refuse_many
from pipeline.directories.file.text import decode
from pipeline.directories.ldap_schema import values as ldap_values

MAX_VALUE = 1024 * 1024
MAX_ENTRY = 500_000
"""Values of one entry: everybody of a large company may be in one group."""
RESULT = frozenset({"search", "result", "ref", "control", "pagedresults", "text", "matcheddn"})
"""What `ldapsearch` writes in blocks of its own; an entry has `dn` first."""
_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9.;_=*-]*):([:<]?)[ ]*(.*)", re.DOTALL)

Values = dict[str, list[str]]


def entries_of(raw: bytes, encoding: str | None) -> tuple[list[tuple[int, Values]], str]:
    """Every entry with its line, and the encoding when it was guessed.

    Raises MalformedError, also when the export says that the search was cut short.
    """
    text, guessed = decode(raw, encoding)
    blocks = _entries(_logical_lines(text))
    entries: list[tuple[int, Values]] = []
    held = 0
    for line, entry in blocks:
        if next(iter(entry)).lower() == "dn":
            entries.append((line, entry))
            held += sum(map(len, entry.values()))
            refuse_many(f"line {line}", rows=len(entries), cells=held)
    return entries, guessed


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, comments left out; a blank one ends an entry."""
    start, held, length = 0, [""], 0
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        line = line.removesuffix("\n").removesuffix("\r")
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
    """Blocks of lines: entries, and what `ldapsearch` says of its search, which is checked."""
    entry: Values = {}
    begun, count, cookie = 0, 0, ""
    for number, line in lines:
        if not line:
            if entry:
                cookie = _checked_result(begun, entry, cookie)
                yield begun, entry
            entry, count = {}, 0
            continue
        attribute, value = _attribute(number, line)
        if not entry:
            if attribute.lower() == "version":
                continue
            if attribute.lower() != "dn" and attribute.lower() not in RESULT:
                raise MalformedError(f"line {number}", f"an entry starts with '{attribute}', and must with 'dn'")
            begun = number
        elif attribute.lower() == "changetype":
            raise MalformedError(f"line {number}", "a change, not an entry", "export the entries themselves")
        entry.setdefault(attribute, []).append(value)
        count += 1
        if count > MAX_ENTRY:
            raise MalformedError(f"line {begun}", f"an entry of more than {MAX_ENTRY:,} values")
    if cookie:
        raise _cut_short(begun, "the server had more pages")


def _checked_result(line: int, block: Values, cookie: str) -> str:
    """The cookie of the last page so far; MalformedError when the search did not end well."""
    if next(iter(block)).lower() == "dn":
        return cookie
    for result in block.get("result", ()):
        if not result.startswith("0"):
            raise _cut_short(line, f"ldapsearch ended with result {result}")
    for page in block.get("pagedresults", ()):
        return page.rpartition("cookie=")[2]
    return "" if "result" in block else cookie


def _cut_short(line: int, why: str) -> MalformedError:
    advice = "export all of it: read in pages (-E pr=500/noprompt), as an account without a size limit"
    return MalformedError(f"line {line}", f"{why}, so entries are missing", advice)


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
            value = _text(name, base64.b64decode(value.encode("ascii"), validate=True))
        except (binascii.Error, UnicodeEncodeError):
            raise MalformedError(f"line {number}", f"the value of '{name}' is not base64") from None
    if len(value) > MAX_VALUE:
        raise MalformedError(f"line {number}", f"a value of more than {MAX_VALUE:,} characters")
    return name, value


def _text(name: str, value: bytes) -> str:
    """UTF-8; GUIDs and SIDs as Microsoft writes them; any other bytes escaped."""
    if name.lower() in ldap_values.GUID_ATTRIBUTES:
        return ldap_values.identity(name, value)
    if name.lower() == "objectsid":
        with suppress(ValueError):
            return ldap_values.security_id(value)
    return value.decode("utf-8", "backslashreplace")
