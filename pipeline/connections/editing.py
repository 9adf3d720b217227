"""Edits one entry of connections.yaml and keeps every other character."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pipeline.strict_yaml.document import Document, SourcePosition
from pipeline.strict_yaml.issues import InvalidFileError, ValidationIssue, field_name
from pipeline.strict_yaml.issues import Path as Place
from pipeline.strict_yaml.reading import read_yaml

HEADER = "# The connected directories. `certify doctor` checks this file.\n"
_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9_./:@+=-]*(?<!:)( [A-Za-z0-9_./@+=-]+)*")


class _Verbatim(dict[str, str]):
    """An environment in which every variable holds its own name, so that a text can be edited without the values."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> str:
        return f"${{{key}}}"


VERBATIM: Mapping[str, str] = _Verbatim()


def added(document: Document, entries: Sequence[Mapping[str, Any]]) -> str:
    """The text with more connections, after those it has."""
    lines = _lines(document.text)
    listed = (document.value or {}).get("connections")
    if document.value is None:
        lines += [*([] if document.text.strip() else [HEADER]), "connections:\n", *_items(entries, 2)]
        return "".join(lines)
    spot = document.written["connections",]
    if listed:
        column = _dash_column(document, spot)
        after = document.written["connections", len(listed) - 1].last_line
    else:
        if spot.end > spot.start:
            lines[spot.line] = lines[spot.line].replace(document.text[spot.start : spot.end], "", 1).rstrip() + "\n"
        column, after = 2, max(spot.line, spot.last_line) if spot.end > spot.start else spot.key_line
    lines[after + 1 : after + 1] = _items(entries, column)
    return "".join(lines)


def removed(document: Document, position: int) -> str:
    """The text without the connection at `position`. Comments outside its own lines stay."""
    column = _dash_column(document, document.written["connections",])
    lines = _lines(document.text)
    spot = document.written["connections", position]
    first = spot.line
    while not re.match(rf"[ ]{{{column}}}-", lines[first]):
        first -= 1
    end = spot.last_line + 1
    while end < len(lines) and re.match(rf"[ ]{{{column + 1},}}#", lines[end]):
        end += 1
    del lines[first:end]
    if len(document.value["connections"]) == 1:
        key = document.written["connections",].key_line
        lines[key] = lines[key].replace(":", ": []", 1)
    return "".join(lines)


def updated(document: Document, position: int, changes: Mapping[str, Any]) -> str:
    """The text with some keys of the connection at `position` changed, None removing one."""
    for key, value in changes.items():
        text = _with_key(document, ("connections", position), key, _plain_value(value))
        document = read_yaml(document.file, text.encode(), VERBATIM)
        if document.faults:
            raise InvalidFileError(document.file, document.faults)
    return document.text


def _with_key(document: Document, at: Place, key: str, value: Any) -> str:
    spot, item = document.written.get((*at, key)), document.written[at]
    if spot is None and value is None:
        return document.text
    if spot is not None and spot.text and spot.line == spot.last_line and isinstance(value, str | bool | int | float):
        return document.text[: spot.start] + _scalar(value) + document.text[spot.end :]
    if not item.in_block:
        raise _by_hand(document, at, "is written in one line")
    lines = _lines(document.text)
    if spot is None:
        start = end = item.last_line + 1
    elif re.match(r"\s*-", lines[spot.key_line]):
        raise _by_hand(document, (*at, key), "stands on the line of the dash")
    else:
        start, end = spot.key_line, spot.last_line + 1
    lines[start:end] = [] if value is None else list(_key(key, value, item.key_column))
    return "".join(lines)


def _dash_column(document: Document, spot: SourcePosition) -> int:
    if not spot.in_block:
        raise _by_hand(document, ("connections",), "is written in one line")
    return spot.start - (document.text.rfind("\n", 0, spot.start) + 1)


def _by_hand(document: Document, at: Place, why: str) -> InvalidFileError:
    text = f"{why}, and only you know how you want it. change it by hand, or give each key a line of its own"
    return InvalidFileError(document.file, [ValidationIssue(document.line(at), field_name(at), text)])


def _lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _items(entries: Sequence[Mapping[str, Any]], column: int) -> Iterator[str]:
    for fields in entries:
        opening = " " * column + "- "
        for key, value in fields.items():
            for line in _key(key, _plain_value(value), 0) if value is not None else ():
                yield opening + line
                opening = " " * (column + 2)


def _key(key: str, value: Any, column: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"{' ' * column}{_scalar(key)}:{'' if value else ' {}'}\n"
        for inner, inner_value in value.items():
            yield f"{' ' * (column + 2)}{_scalar(inner)}: {_scalar(inner_value)}\n"
    else:
        yield f"{' ' * column}{_scalar(key)}: {_scalar(value)}\n"


def _plain_value(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path) else value


def _scalar(value: Any) -> str:
    """A value as YAML that everybody reads alike; text that could be taken for anything else stands in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    ambiguous = read_yaml("", f"a: {text}".encode(errors="surrogatepass"), VERBATIM) if _PLAIN.fullmatch(text) else None
    if ambiguous is not None and not ambiguous.faults and ambiguous.value == {"a": text}:
        return text
    return json.dumps(text, ensure_ascii=False)
