"""The kind `file` with each of its presets: the same promises, kept by the export of a product."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.connections.models import FileConnection
from tests.contract.other_kinds import RunningFile
from tests.contract.running import Running

Header = tuple[str, ...]
HEADERS: dict[str, tuple[Header, Callable[[str, str], Header]]] = {
    "okta": (
        ("id", "login", "displayName", "status", "created"),
        lambda username, shown: (f"00u-{username}", username, shown, "ACTIVE", "2026-01-01T00:00:00.000Z"),
    ),
    "entra": (
        ("userPrincipalName", "displayName", "objectId", "accountEnabled", "createdDateTime"),
        lambda username, shown: (username, shown, f"7cc0-{username}", "True", "1/31/2026 1:25:31 PM"),
    ),
    "active_directory": (
        ("SamAccountName", "DisplayName", "ObjectGUID", "Enabled", "whenCreated"),
        lambda username, shown: (username, shown, f"7cc0-{username}", "True", "1/31/2026 1:25:31 PM"),
    ),
    "google": (
        ("First Name [Required]", "Email Address [Required]", "Status [READ ONLY]"),
        lambda username, shown: (shown, username, "Active"),
    ),
}


class RunningExport(RunningFile):
    """A csv as the product of the preset writes it."""

    def __init__(self, preset: str, folder: Path) -> None:
        self.preset = preset
        if preset == "google":
            self.shown_column = "given_name"
        super().__init__(folder)
        self.connection = FileConnection.model_validate(self.connection.model_dump() | {"preset": preset})

    def entry(self) -> dict[str, str]:
        return {**super().entry(), "preset": self.preset}

    def _write(self) -> None:
        header, row = HEADERS[self.preset]
        with self.path.open("w", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(header)
            writer.writerows(row(username, shown) for username, shown in self._people.items())


class RunningListUsers(RunningExport):
    """What `aws identitystore list-users` prints."""

    file_name = "people.json"

    def lose(self) -> None:
        page = json.loads(self.path.read_text())
        self.path.write_text(json.dumps({"Users": page["Users"][:1], "NextToken": "eyJOZXh0"}))

    def _write(self) -> None:
        users = [
            {"UserId": f"90677-{username}", "UserName": username, "DisplayName": shown, "UserStatus": "ENABLED"}
            for username, shown in self._people.items()
        ]
        self.path.write_text(json.dumps({"Users": users}))


class RunningLdif(RunningFile):
    """What `ldapsearch` prints of a directory, its base and a group among the entries."""

    file_name = "people.ldif"

    def lose(self) -> None:
        self.path.write_text(self.path.read_text().replace("result: 0 Success", "result: 4 Size limit exceeded"))

    def _write(self) -> None:
        people = [
            f"dn: uid={username},dc=x\nobjectClass: inetOrgPerson\nuid: {username}\ndisplayName:: {_encoded(shown)}\n"
            for username, shown in self._people.items()
        ]
        base = "version: 1\ndn: dc=x\nobjectClass: domain\n"
        group = "dn: cn=g,dc=x\nobjectClass: groupOfNames\ncn: g\nmember: uid=user000,dc=x\n"
        self.path.write_text("\n".join([base, *people, group, "# search result\nsearch: 2\nresult: 0 Success\n"]))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@contextmanager
def running_ldif(folder: Path) -> Iterator[Running]:
    yield RunningLdif(folder)


@contextmanager
def running_export(preset: str, folder: Path) -> Iterator[Running]:
    yield (RunningListUsers if preset == "identity_center" else RunningExport)(preset, folder)


STARTS = {
    "file:ldif": running_ldif,
    **{f"file:{preset}": partial(running_export, preset) for preset in (*HEADERS, "identity_center")},
}
