"""Connections to a SCIM service, and reading them the way a sync does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from pipeline.connections.network import ScimConnection
from pipeline.directories.base import Snapshot
from pipeline.directories.scim.reader import SCIM, Scim
from tests.integration.directories.scim.service import TOKEN, Service

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Pauses(list[float]):
    """A `sleep` that only remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def quick() -> Scim:
    return replace(SCIM, sleep=Pauses())


def connect(service: Service, **keys: Any) -> ScimConnection:
    given = {"name": "okta", "url": service.url, "token": SecretStr(TOKEN)}
    return ScimConnection(**{**given, **keys})


def read(connection: ScimConnection, directory: Scim | None = None) -> Snapshot:
    return (directory or quick()).read(connection, as_of=NOW, run_id="test-run")


def rows(snapshot: Snapshot, table: str = "accounts") -> list[dict[str, Any]]:
    assert snapshot.status == "complete", [str(problem) for problem in snapshot.problems]
    return list(snapshot.tables[table].to_pylist())


def by_name(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {row["username"]: row for row in rows(snapshot)}


def members(snapshot: Snapshot) -> set[tuple[str, str]]:
    """Pairs of user name and group name."""
    users = {row["native_id"]: row["username"] for row in rows(snapshot)}
    groups = {row["native_id"]: row["name"] for row in rows(snapshot, "groups")}
    return {(users[row["account_native_id"]], groups[row["group_native_id"]]) for row in rows(snapshot, "memberships")}
