"""Writing a small file and reading it as a connection would."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.connections.models import FileConnection
from pipeline.directories.base import Snapshot
from pipeline.directories.file.reader import FILE
from pipeline.problems import Problem

NOON = datetime(2099, 11, 24, 12, tzinfo=UTC)


class Roster:
    """A folder in which files are written and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def connection(self, name: str, content: bytes | str | None = None, **keys: Any) -> FileConnection:
        path = self.folder / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return FileConnection(name="people", path=path, **keys)

    def read(self, name: str, content: bytes | str | None = None, **keys: Any) -> Snapshot:
        return FILE.read(self.connection(name, content, **keys), as_of=NOON, run_id="run")

    def rows(self, name: str, content: bytes | str | None = None, **keys: Any) -> list[dict[str, Any]]:
        """Every account, with what is null left out and JSON columns parsed; the file must be taken."""
        snapshot = self.read(name, content, **keys)
        assert snapshot.status == "complete", snapshot.problems
        found = []
        for account in snapshot.tables["accounts"].to_pylist():
            for column in ("attributes", "invalid_fields", "known_fields", "alias_emails"):
                account[column] = json.loads(account[column] or "null")
            found.append({key: value for key, value in account.items() if value is not None})
        return found

    def refusal(self, name: str, content: bytes | str | None = None, **keys: Any) -> Problem:
        """Why the file was not taken; nothing of it may be."""
        snapshot = self.read(name, content, **keys)
        assert (snapshot.status, dict(snapshot.tables)) == ("failed", {})
        assert snapshot.problems[0].connection == "people"
        return snapshot.problems[0]
