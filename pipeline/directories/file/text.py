"""Decodes text files, and parses separated values."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator

from pipeline.directories.file.grid import Grid, MalformedError, Row, checked_headers, is_blank
from pipeline.directories.file.limits import MAX_CELL, refuse_many

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n", re.ASCII | re.IGNORECASE)
"""A first line by which spreadsheets are told the separator."""
_HEAD = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(raw: bytes, encoding: str | None) -> tuple[str, str]:
    """The text, and the name of its encoding when that was a guess (else empty).

    UTF-8 and encodings that mark themselves are no guess; what is neither is read as cp1252, as most such files are.
    """
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    chosen = encoding or marked or "utf-8"
    try:
        return raw.decode(chosen).removeprefix("\ufeff"), ""
    except UnicodeError as error:
        position = getattr(error, "start", 0)
        line = raw.count(b"\n", 0, position) + 1
        where = f"line {line}"
        if encoding or marked:
            advice = "say the right one as `encoding:` in connections.yaml"
            raise MalformedError(where, f"byte {position + 1:,} is not {chosen}", advice) from None
    if b"\0" in raw[:_HEAD]:
        advice = "say `encoding: utf-16-le` if it is UTF-16 without its mark"
        raise MalformedError("line 1", "there are NUL bytes, so it is no plain text", advice)
    try:
        return raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        raise MalformedError(where, "it is neither UTF-8 nor cp1252", "say `encoding:` in connections.yaml") from None


def separated(raw: bytes, encoding: str | None, separator: str | None, wanted: Collection[str]) -> Grid:
    """A csv or tsv. `wanted` are headers the user named, which helps to find an unknown separator."""
    text, guessed = decode(raw, encoding)
    records = records_of(text, separator, wanted)
    first = next(records, None)
    if first is None:
        return Grid([], [], "line", guessed)
    line, names = first
    while names and not names[-1].strip():
        names.pop()
    headers = checked_headers(names, f"line {line}")
    return Grid(headers, _rows(records, len(headers)), "line", guessed)


def records_of(text: str, separator: str | None, wanted: Collection[str]) -> Iterator[tuple[int, list[str]]]:
    """Every record that says something, the header too, with the line it starts on. Raises MalformedError."""
    if text.startswith("#TYPE "):  # what Export-Csv of Windows PowerShell writes above the header
        text = "\n" + text.partition("\n")[2]
    declared = _DECLARED.match(text)
    if declared:
        separator, text = separator or declared[1], "\n" + text[declared.end() :]
    csv.field_size_limit(MAX_CELL)
    separator = separator or _sniffed(text, wanted)
    refuse_many("the file", cells=text.count(separator))
    return _records(text, separator)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that says something, with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for record in reader:
            if not is_blank(record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        advice = 'close every quote, and write a quote inside a quoted cell twice: ""'
        raise MalformedError(f"line {line}", str(error), advice) from None


def _rows(records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Row]:
    for line, record in records:
        if len(record) < width or not is_blank(record[width:]):
            reason = f"{len(record)} cells, but the header has {width}"
            advice = "quote cells that hold the separator, and write every cell of a row"
            raise MalformedError(f"line {line}", reason, advice)
        yield line, record[:width]


def _sniffed(text: str, wanted: Collection[str]) -> str:
    """The separator that finds most wanted headers, then cuts the first lines alike, then into most cells."""
    head = text[:_HEAD]

    def merit(separator: str) -> tuple[int, int, int]:
        try:
            records = [record for _, record in _records(head, separator)]
        except MalformedError:
            records = []
        if len(head) < len(text) and len(records) > 1:
            records.pop()  # cut off in the middle
        if not records:
            return (0, 0, 0)
        header = {name.strip().casefold() for name in records[0]}
        width = len(records[0])
        found = sum(name.strip().casefold() in header for name in wanted)
        return (found, int(width > 1 and all(len(record) == width for record in records)), width)

    return max(SEPARATORS.values(), key=merit)
