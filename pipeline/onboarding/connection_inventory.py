"""Lists, describes and removes connections and pending external IDs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from pipeline.connections.external_id import masked
from pipeline.connections.models import Connection
from pipeline.connections.secret_references import given_secrets
from pipeline.connections.yaml_file import load_connections, remove_connection
from pipeline.home import Home
from pipeline.onboarding import pending
from pipeline.onboarding.pending import Pending
from pipeline.problems import ConfigurationError, Problem

ROTATING, CONNECTED, WAITING = "rotating", "connected", "waiting"


def overview(home: Home, environ: Mapping[str, str]) -> list[dict[str, str]]:
    """One row a connection in the file's order, then those that wait.

    Keys: name, kind, state (connected, rotating, waiting), access_mode, source, display_name.
    """
    connections, waiting = load_connections(home, environ), _waiting(home)
    rows = [
        {
            "name": each.name,
            "kind": each.kind,
            "state": ROTATING if each.name in waiting else CONNECTED,
            "access_mode": each.access_mode,
            "source": str(getattr(each, "role_arn", None) or getattr(each, "path", None) or getattr(each, "url", "")),
            "display_name": each.display_name,
        }
        for each in connections
    ]
    known = {each.name for each in connections}
    return rows + [
        {
            "name": each.name,
            "kind": each.kind,
            "state": WAITING,
            "access_mode": "read_only",
            "source": each.role_arn or f"role {each.role_name}, not made yet",
            "display_name": each.display_name or each.name,
        }
        for each in waiting.values()
        if each.name not in known
    ]


KEPT_OUTSIDE = "given by an environment variable"


def describe(home: Home, environ: Mapping[str, str], name: str, *, reveal: bool) -> dict[str, Any]:
    """Everything about one, `state` first; external IDs cut short unless `reveal`.

    Raises ConfigurationError for a name that is not there.
    """
    connection, waiting = _find(home, environ, name)
    if connection is not None:
        values = {**connection.model_dump(), **dict.fromkeys(given_secrets(connection), KEPT_OUTSIDE)}
        state = ROTATING if waiting else CONNECTED
    elif waiting is not None:
        values = {**waiting.model_dump(exclude={"purpose"}), "external_id": waiting.secret}
        state = WAITING
    facts: dict[str, Any] = {"state": state, **{key: _shown(value, reveal) for key, value in values.items()}}
    if connection is not None and waiting is not None:
        facts["next_external_id"] = _shown(waiting.secret, reveal)
    folder = home.exports / "connect" / name
    facts["files"] = str(folder) if folder.is_dir() else ""
    return facts


def forget(home: Home, environ: Mapping[str, str], name: str) -> None:
    """Take it out of connections.yaml, and drop the external ID that waits under its name."""
    connection, waiting = _find(home, environ, name)
    if connection is not None:
        remove_connection(home, name, environ)
    if waiting is not None:
        pending.drop(home, name)


def connected(home: Home, connections: Sequence[Connection], name: str) -> Connection:
    """The connection of that name; ConfigurationError when there is none."""
    for each in connections:
        if each.name == name:
            return each
    raise _unknown(home, name, [each.name for each in connections])


def _find(home: Home, environ: Mapping[str, str], name: str) -> tuple[Connection | None, Pending | None]:
    connections = load_connections(home, environ)
    connection = next((each for each in connections if each.name == name), None)
    waiting = _waiting(home).get(name)
    if connection is None and waiting is None:
        raise _unknown(home, name, [each.name for each in connections])
    return connection, waiting


def _waiting(home: Home) -> dict[str, Pending]:
    return {each.name: each for each in pending.every(home)}


def _unknown(home: Home, name: str, known: Sequence[str]) -> ConfigurationError:
    listed = ", ".join(known) or "none"
    return ConfigurationError(Problem.of("unknown_connection", name=name, file=home.connections_file, known=listed))


def _shown(value: Any, reveal: bool) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value() if reveal else masked(value.get_secret_value())
    return value if isinstance(value, str | bool | int | dict) or value is None else str(value)
