"""What four directories make of the company: the HR roster, an LDAP export, an Okta export and Identity Center."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta

from benchmarks.identity.conventions import Conventions
from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.exports import Exports, Row
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.spelling import ascii_of, typo


class Directories:
    """Writes the people of the four directories into `exports`."""

    def __init__(self, rng: random.Random, conventions: Conventions, dirt: Dirt, exports: Exports) -> None:
        self._rng, self._c, self._dirt, self._exports, self._sheet = rng, conventions, dirt, exports, exports.sheet
        self._hr_manager = rng.random() < 0.8

    def write(self, people: list[Person]) -> None:
        """Fill all four from the company."""
        for person in people:
            self._roster(person)
            kept = person.terminated_on is None or self._chance(self._dirt.leaver_kept)
            if kept and self._chance(0.97):
                self._ldap(person)
            if kept and self._chance(0.9 if person.in_roster else 0.6):
                self._okta(person)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _names(self, person: Person) -> Row:
        """How a directory other than the roster spells the person."""
        dirt, given, family = self._dirt, person.given, person.family
        if person.called != person.given and self._chance(0.5):
            given = person.called
        if person.former_family and self._chance(dirt.married_lag):
            family = person.former_family
        if self._chance(dirt.typo):
            family = typo(family, self._rng)
        if self._chance(dirt.typo / 2):
            given = typo(given, self._rng)
        if self._chance(0.1):
            spelled_out = self._chance(0.5)
            given = ascii_of(given, spelled_out=spelled_out).title()
            family = ascii_of(family, spelled_out=spelled_out).title()
        if self._chance(dirt.swapped):
            given, family = family, given
        shown = self._c.display.format(g=given, f=family, F=family.upper(), d=person.department)
        split = {"given_name": given, "family_name": family} if self._c.splits_names else {}
        return {**split, "display_name": shown, "department": person.department}

    def _roster(self, person: Person) -> None:
        ended: list[datetime | None] = [person.terminated_on]
        began = [person.hired_on]
        if person.first_stint_ended is not None:
            ended, began = (
                [person.first_stint_ended, person.terminated_on],
                [person.hired_on, person.hired_on + timedelta(days=600)],
            )
        for stint, number in enumerate(person.employee_numbers):
            left = ended[stint] is not None
            lies = self._chance(self._dirt.status_lies) and left
            row: Row = {
                "native_id": number,
                "employee_id": number,
                "given_name": person.given,
                "middle_name": person.middle or None,
                "family_name": person.former_family
                if person.former_family and stint < len(began) - 1
                else person.family,
                "preferred_name": person.called if person.called != person.given and self._chance(0.7) else None,
                "email": None if self._chance(self._dirt.email_missing_hr) else person.email,
                "worker_type": self._c.contractor_word if person.worker_type == "contractor" else self._c.employee_word,
                "status": self._c.terminated_word if left and not lies else self._c.active_word,
                "hired_on": began[stint] if self._c.roster_hire_dates else None,
                "terminated_on": ended[stint],
                "department": person.department if self._c.roster_departments else None,
                "title": person.title,
            }
            if stint and not self._chance(self._dirt.rehire_unlinked):
                row["prior_employee_id"] = person.employee_numbers[0]
            if self._hr_manager and person.manager is not None and person.manager.in_roster:
                row["manager_id"] = person.manager.employee_numbers[-1]
            if person.former_family and self._chance(0.5):
                row["attributes"] = json.dumps({self._c.former_name_attribute: person.former_family})
            self._exports.add("people", row)
            self._sheet.person("people", number, person, roster=True)

    def _employee_id(self, person: Person, missing: float, *, ldap: bool) -> str | None:
        if not person.in_roster or self._chance(missing):
            return None
        number = person.employee_numbers[-1]
        if person.first_stint_ended is not None and self._chance(0.2):
            number = person.employee_numbers[0]
        if self._chance(self._dirt.employee_id_wrong):
            number = self._c.employee_id.format(self._rng.randint(1, person.number + 50))
        if ldap and self._c.employee_id_ldap != self._c.employee_id:
            return self._c.employee_id_ldap.format(int("".join(c for c in number if c.isdigit())))
        return number

    def _email(self, person: Person, missing: float) -> str | None:
        if self._chance(missing):
            return None if self._chance(0.7) else ""
        email = person.email
        if person.former_emails and self._chance(0.25):
            email = person.former_emails[0]
        elif self._chance(self._dirt.email_stale):
            local, _, domain = person.email.partition("@")
            others = [d for d in self._c.domains if d != domain]
            email = f"{local}@{self._rng.choice(others)}" if others else f"{local}.old@{domain}"
        if self._chance(self._dirt.plus_address):
            email = email.replace("@", f"+{self._rng.choice(('aws', 'okta', 'sso', 'work'))}@")
        return email.title() if self._chance(0.03) else email

    def _ldap(self, person: Person) -> None:
        outside = not person.in_roster or person.worker_type == "contractor"
        uid = self._c.contractor_affix.format(person.uid) if outside and self._chance(0.6) else person.uid
        uid = self._exports.unique("ldap", uid)
        enabled = person.terminated_on is None or self._chance(0.3)
        row = self._names(person) | {
            "native_id": f"uid={uid},ou=people,dc=corp",
            "username": uid,
            "email": self._email(person, self._dirt.email_missing_ldap),
            "employee_id": self._employee_id(person, self._dirt.employee_id_missing_ldap, ldap=True),
            "worker_type": self._c.contractor_word if outside and self._chance(0.7) else None,
            "is_enabled": enabled,
            "created_at": person.hired_on + timedelta(days=self._rng.randint(-3, 10)),
            "last_active_at": AS_OF - timedelta(days=self._rng.randint(0, 200)) if self._chance(0.9) else None,
        }
        self._exports.add("ldap", row)
        self._sheet.person("ldap", row["native_id"], person)
        if self._chance(0.05):
            self._ldap_admin(person, row)

    def _ldap_admin(self, person: Person, ordinary: Row) -> None:
        uid = self._exports.unique("ldap", self._c.admin_affix.format(person.uid))
        row = ordinary | {
            "native_id": f"uid={uid},ou=admins,dc=corp",
            "username": uid,
            "email": ordinary["email"] if self._chance(0.2) else None,
            "employee_id": ordinary["employee_id"] if self._chance(0.3) else None,
            "display_name": self._rng.choice(("{} (Admin)", "{}", "ADM {}", "{} - admin")).format(
                ordinary["display_name"]
            ),
        }
        self._exports.add("ldap", row)
        self._sheet.person("ldap", row["native_id"], person)

    def _okta(self, person: Person) -> None:
        email = self._email(person, self._dirt.email_missing_cloud)
        styles = {"email": email or person.uid, "uid": person.uid, "upn": f"{person.uid}@{self._c.upn_domain}"}
        aliases = [
            *(person.former_emails if self._chance(0.6) else []),
            *([person.private_email] if self._chance(0.2) else []),
        ]
        row = self._names(person) | {
            "native_id": f"00u{self._rng.getrandbits(64):016x}",
            "username": self._exports.unique("okta", styles[self._c.okta_username]),
            "email": email,
            "alias_emails": json.dumps(aliases) if aliases else None,
            "employee_id": self._employee_id(person, self._dirt.employee_id_missing_okta, ldap=False),
            "status": "ACTIVE" if person.terminated_on is None else self._rng.choice(("DEPROVISIONED", "SUSPENDED")),
            "created_at": person.hired_on + timedelta(days=self._rng.randint(0, 20)),
            "last_active_at": AS_OF - timedelta(days=self._rng.randint(0, 200)),
        }
        self._exports.add("okta", row)
        self._sheet.person("okta", row["native_id"], person)
        if self._chance(0.45):
            self._identity_center(person, row["native_id"])

    def _identity_center(self, person: Person, okta_id: str) -> None:
        email = self._email(person, self._dirt.email_missing_cloud)
        name = (email if self._c.identity_center_username == "email" else None) or person.uid
        row = self._names(person) | {
            "native_id": f"{self._rng.getrandbits(40):010x}-{self._rng.getrandbits(64):016x}",
            "username": self._exports.unique("identity-center", name),
            "email": email,
            "department": None,
            "created_at": person.hired_on + timedelta(days=self._rng.randint(0, 400)),
        }
        if self._chance(self._dirt.external_id):
            row["attributes"] = json.dumps({"ExternalId": okta_id})
        self._exports.add("identity-center", row)
        self._sheet.person("identity-center", row["native_id"], person)
