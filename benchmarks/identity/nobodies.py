"""Accounts of the file directories that are no person's: shared mailboxes and services."""

from __future__ import annotations

import random
from datetime import timedelta

from benchmarks.identity.conventions import Conventions
from benchmarks.identity.exports import Exports, Row
from benchmarks.identity.machines import Mailbox, Service
from benchmarks.identity.people import AS_OF, Person


class Nobodies:
    """Writes mailboxes and services into `exports`."""

    def __init__(self, rng: random.Random, conventions: Conventions, exports: Exports) -> None:
        self._rng, self._c, self._exports, self._sheet = rng, conventions, exports, exports.sheet

    def write(self, boxes: list[Mailbox], services: list[Service]) -> None:
        """Every mailbox is in LDAP and some in Okta too; every fourth service is in LDAP."""
        for box in boxes:
            self._mailbox(box)
        for service in services:
            if self._chance(0.25):
                self._ldap_service(service)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _mailbox(self, box: Mailbox) -> None:
        for directory in ("ldap", "okta") if self._chance(0.3) else ("ldap",):
            name = self._exports.unique(directory, box.local if directory == "ldap" else box.email)
            row: Row = {
                "native_id": f"uid={name},ou=shared,dc=corp"
                if directory == "ldap"
                else f"00m{self._rng.getrandbits(64):016x}",
                "username": name,
                "email": box.email,
                "display_name": self._rng.choice(("{}", "{} mailbox", "{} (shared)")).format(
                    box.local.replace("-", " ").title()
                ),
                "account_kind": "shared" if self._c.declares_services else None,
                "is_enabled": True,
                "created_at": AS_OF - timedelta(days=self._rng.randint(300, 3000)),
                "manager_id": box.owner.employee_numbers[-1] if box.owner else None,
            }
            self._exports.add(directory, row)
            self._sheet.mailbox(directory, row["native_id"], box)

    def _ldap_service(self, service: Service) -> None:
        uid = self._exports.unique("ldap", service.name)
        row: Row = {
            "native_id": f"uid={uid},ou=services,dc=corp",
            "username": uid,
            "display_name": self._rng.choice(
                (f"{service.application.title()} service", f"{service.name} (service account)", uid)
            ),
            "account_kind": self._rng.choice(("service", "Service Account")) if self._c.declares_services else None,
            "is_enabled": True,
            "created_at": AS_OF - timedelta(days=self._rng.randint(300, 3000)),
        }
        if service.documented and isinstance(service.owner, Person) and service.owner.in_roster:
            row["manager_id"] = service.owner.employee_numbers[-1]
        self._exports.add("ldap", row)
        self._sheet.service("ldap", row["native_id"], service)
