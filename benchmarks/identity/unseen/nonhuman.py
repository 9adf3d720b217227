"""Accounts of an unseen company's directories that are no person's."""

from __future__ import annotations

import json
import random
from datetime import timedelta

from benchmarks.identity.exports import Exports, Row
from benchmarks.identity.machines import Service
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.unseen.house import House
from benchmarks.identity.unseen.machines import Shared

_TERMS = {"shared": "shared", "room": "room", "test": "test", "service": "service"}


class NonhumanAccounts:
    """Writes mailboxes, rooms, test users and services into `exports`."""

    def __init__(self, rng: random.Random, house: House, exports: Exports) -> None:
        self._rng, self._house, self._exports, self._sheet = rng, house, exports, exports.sheet
        self._type_column = rng.choice(("worker_type", "account_kind", "employeeType", house.columns["kind"]))
        self._family_names = rng.random() < 0.3  # the family name's field holds the kind, as some exports need one

    def write(self, boxes: list[Shared], services: list[Service]) -> None:
        """Every box is in LDAP and some in Okta too; every fourth service is in LDAP."""
        for each in boxes:
            for directory in ("ldap", "okta") if self._chance(0.3) else ("ldap",):
                self._box(directory, each)
        for service in services:
            if self._chance(0.25):
                self._service(service)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _row(self, directory: str, kind: str, name: str) -> tuple[Row, bool]:
        """A row with its markers, and whether they show what it is."""
        h, word, row, shows = self._house, self._house.kind_words[kind], {}, False
        ou = h.word("human")
        if not ("none" in h.markers and self._chance(0.3)):
            if "path" in h.markers and directory == "ldap":
                ou, shows = h.word(_TERMS[kind]), True
            if "tag" in h.markers:
                shows = True
                if self._type_column in ("worker_type", "account_kind"):
                    row[self._type_column] = word
                else:
                    row["attributes"] = json.dumps({self._type_column: word})
            if "title" in h.markers:
                row["title"], shows = f"{word} {self._rng.randint(1, 3)}" if self._chance(0.3) else word, True
            if self._family_names and h.splits_names:
                row |= {"given_name": name, "family_name": word}
                shows = True
        base = h.domains[0].partition(".")[0]
        row["native_id"] = f"uid={name},ou={ou},dc={base}"
        if directory != "ldap":
            row["native_id"] = f"00m{self._rng.getrandbits(64):016x}"
        return row | {
            "username": name,
            "is_enabled": True,
            "status": "ACTIVE" if directory == "okta" else None,
            "created_at": AS_OF - timedelta(days=self._rng.randint(300, 3000)),
        }, shows

    def _box(self, directory: str, each: Shared) -> None:
        box = each.box
        name = self._exports.unique(directory, box.local if directory == "ldap" else box.email)
        row, shows = self._row(directory, each.kind, name)
        row |= {
            "email": box.email,
            "display_name": box.local.replace("-", " ").title(),
            "manager_id": box.owner.employee_numbers[-1] if box.owner else None,
        }
        self._exports.add(directory, row)
        self._sheet.mailbox(directory, row["native_id"], box, kind=each.kind, kind_telling=shows)

    def _service(self, service: Service) -> None:
        row, shows = self._row("ldap", "service", self._exports.unique("ldap", service.name))
        row["display_name"] = self._rng.choice((service.name, f"{service.application} {service.name}"))
        if service.documented and isinstance(service.owner, Person) and service.owner.in_roster:
            row["manager_id"] = service.owner.employee_numbers[-1]
        self._exports.add("ldap", row)
        self._sheet.service("ldap", row["native_id"], service, kind_telling=shows or not service.code_named)
