"""Loads and changes connections.yaml, all of it or nothing of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.connections import editing
from pipeline.connections.models import KINDS, Connection
from pipeline.home import Home, private_write
from pipeline.problems import ConfigurationError, Problem
from pipeline.strict_yaml.checking import check, suggestion
from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.files import read_file
from pipeline.strict_yaml.issues import InvalidFileError, printable
from pipeline.strict_yaml.reading import read_yaml
from pipeline.strict_yaml.secret_references import inline_secrets


def load_connections(home: Home, environ: Mapping[str, str]) -> list[Connection]:
    """Every connection, in the file's order; none when there is no file. `environ` fills `${NAME}`.

    Raises InvalidFileError, which lists everything that is wrong with the file; nothing of it is to be used then.
    """
    return _checked(read_file(home.connections_file, environ), home.root)


def choose(connections: Sequence[Connection], names: Sequence[str], home: Home) -> list[Connection]:
    """The connections of these names, or all; in the file's order.

    Raises ConfigurationError for a name that is not connected, and when nothing is connected at all.
    """
    known = [connection.name for connection in connections]
    if not known:
        raise ConfigurationError(Problem.of("no_connections", file=home.connections_file))
    for name in names:
        if name not in known:
            listed = f"{', '.join(known)} ({suggestion(name, known)})"
            problem = Problem.of("unknown_connection", name=printable(name), file=home.connections_file, known=listed)
            raise ConfigurationError(problem)
    return [connection for connection in connections if not names or connection.name in names]


def add_connection(home: Home, fields: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Connection:
    """List one more connection, `fields` as in the file, and give it back. Otherwise like `add_connections`."""
    return add_connections(home, [fields], environ)[0]


def add_connections(
    home: Home, entries: Sequence[Mapping[str, Any]], environ: Mapping[str, str] | None = None
) -> list[Connection]:
    """List more connections, all or none of them, and give them back.

    Comments and order of the file are kept. Raises InvalidFileError, and leaves the file as it was, when the result
    would not be a valid file.
    """
    if not entries:
        return []
    return _change(home, environ, lambda document: editing.added(document, entries))[-len(entries) :]


def update_connection(
    home: Home, name: str, changes: Mapping[str, Any], environ: Mapping[str, str] | None = None
) -> Connection:
    """Change keys of the connection `name`, None removing one, and give it back. Otherwise like `add_connections`."""
    position = -1

    def change(document: Document) -> str:
        nonlocal position
        position = _position(document, name, home)
        return editing.updated(document, position, changes)

    return _change(home, environ, change)[position]


def remove_connection(home: Home, name: str, environ: Mapping[str, str] | None = None) -> None:
    """Take the connection `name` out of the file; what was read from it stays. Otherwise like `add_connections`."""
    _change(home, environ, lambda document: editing.removed(document, _position(document, name, home)))


def _change(home: Home, environ: Mapping[str, str] | None, change: Callable[[Document], str]) -> list[Connection]:
    home.ensure()
    with home.lock("editing connections.yaml", wait=10, name="connections.lock"):
        before = read_file(home.connections_file, editing.VERBATIM)
        _checked(before, home.root, shape_only=True)
        text = change(before)
        environ = os.environ if environ is None else environ
        connections = _checked(read_yaml(home.connections_file.name, text.encode(), environ), home.root)
        private_write(home.connections_file, text)
    return connections


def _position(document: Document, name: str, home: Home) -> int:
    items = (document.value or {}).get("connections") or []
    names = [item.get("name") for item in items]
    if name not in names:
        known = ", ".join(map(str, names)) or "none"
        problem = Problem.of("unknown_connection", name=printable(name), file=home.connections_file, known=known)
        raise ConfigurationError(problem)
    return names.index(name)


def _checked(document: Document, base: Path, *, shape_only: bool = False) -> list[Connection]:
    """The connections a document lists; `shape_only` asks only whether it can be edited at all."""
    items = list(_items(document))
    connections = [] if shape_only else [_connection(document, index, item, base) for index, item in items]
    if not shape_only:
        _refuse_twice(document, items, "name", "is the name of another connection too")
        _refuse_twice(document, items, "external_id", "is the external ID of another connection too")
    if document.faults:
        raise InvalidFileError(document.file, document.faults)
    return [connection for connection in connections if connection is not None]


def _items(document: Document) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of `connections:` that are sections of keys; all else is noted as a fault."""
    if document.value is None:
        return
    if not isinstance(document.value, dict):
        document.fault((), "does not start with `connections:`. list the connections under that key")
        return
    for key in document.value:
        if key != "connections":
            document.fault((key,), f"is not a key of this file. {suggestion(key, ['connections'])}")
    listed = document.value.get("connections", "missing" if not document.value else None)
    if "connections" not in document.value:
        document.fault((), "has no `connections:`. list the connections under that key")
    elif not isinstance(listed, list | None):
        document.fault(("connections",), "is not a list. write each connection as `- name: ...` below it")
    else:
        for index, item in enumerate(listed or []):
            if isinstance(item, dict):
                yield index, item
            else:
                document.fault(("connections", index), "is not a connection. write it as `- name: ...`, a key a line")


def _connection(document: Document, index: int, item: dict[str, Any], base: Path) -> Connection | None:
    at = ("connections", index)
    kind = item.get("kind")
    if kind is None:
        document.fault((*at, "kind"), f"is missing. use one of {', '.join(KINDS)}")
    elif not isinstance(kind, str) or kind not in KINDS:
        document.fault((*at, "kind"), f"'{printable(kind)}' is not a known kind. {suggestion(kind, KINDS)}")
    else:
        written = {key: document.written[*at, key].text for key in item if (*at, key) in document.written}
        for key, fault in inline_secrets(KINDS[kind], written):
            document.fault((*at, key), fault)
        return check(KINDS[kind], document, at, item, {"base": base})
    return None


def _refuse_twice(document: Document, items: Sequence[tuple[int, dict[str, Any]]], key: str, text: str) -> None:
    """Two connections may not share the value of `key`, which is never shown: it may be an external ID."""
    first: dict[str, int] = {}
    for index, item in items:
        value = item.get(key)
        if not isinstance(value, str) or not value:
            continue
        if value in first:
            line = document.line(("connections", first[value], key))
            advice = "give each its own"
            document.fault(("connections", index, key), f"{text}, on line {line}. {advice}")
        first.setdefault(value, index)
