"""What the directories of an unseen company hold of its people: roster, LDAP, an Okta export, SCIM, Identity Center."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import timedelta

from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.exports import Exports, Row
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.spelling import ascii_of, typo
from benchmarks.identity.unseen.house import House

_VARIANTS = (("ou", "u"), ("ee", "i"), ("kh", "h"), ("sch", "sh"), ("ō", "ou"), ("ū", "uu"), ("y", "i"), ("w", "v"))
"""Ways of writing one sound in Latin letters."""

KINDS = {"people": "file", "ldap": "ldap", "okta": "file", "scim": "scim", "identity-center": "aws_identity_center"}
"""directory_id to the kind of its connection."""


class Directories:
    """Writes the people of the directories into `exports`; `known` are the user names that stand beside a name."""

    def __init__(self, rng: random.Random, house: House, dirt: Dirt, exports: Exports, people: list[Person]) -> None:
        self._rng, self._house, self._dirt, self._exports, self._sheet = rng, house, dirt, exports, exports.sheet
        self._names = Counter((p.given, p.family) for p in people)
        self._has_managers = rng.random() < 0.8
        self._maps_worker_type = rng.random() < 0.6
        self.known: set[str] = set()

    def write(self, people: list[Person]) -> None:
        """Fill them all."""
        for person in people:
            self._roster(person)
            kept = person.terminated_on is None or self._chance(self._dirt.leaver_kept)
            if kept and self._chance(0.97):
                self._ldap(person)
            if kept and self._chance(0.9 if person.in_roster else 0.6):
                self._okta(person)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _shown(self, given: str, family: str, department: str) -> str:
        first, second = (family, given) if self._house.family_first else (given, family)
        return self._house.display.format(a=first, b=second, g=given, f=family, F=family.upper(), d=department)

    def _spelled(self, person: Person) -> Row:
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
        if self._chance(0.03):
            old, new = self._rng.choice(_VARIANTS)
            given, family = given.replace(old, new), family.replace(old, new)
        if self._chance(0.1):
            spelled_out = self._chance(0.5)
            given = ascii_of(given, spelled_out=spelled_out).title()
            family = ascii_of(family, spelled_out=spelled_out).title()
        if self._chance(dirt.swapped):
            given, family = family, given
        split = {"given_name": given, "family_name": family} if self._house.splits_names else {}
        return {
            **split,
            "display_name": self._shown(given, family, person.department),
            "department": person.department,
            "title": person.title if self._chance(0.7) else None,
        }

    def _worker(self, person: Person) -> str:
        return self._house.word("external" if person.worker_type == "contractor" else "permanent")

    def _roster(self, person: Person) -> None:
        h, began, ended = self._house, [person.hired_on], [person.terminated_on]
        if person.first_stint_ended is not None:
            began.append(person.hired_on + timedelta(days=600))
            ended.insert(0, person.first_stint_ended)
        for stint, number in enumerate(person.employee_numbers):
            left = ended[stint] is not None
            lies = left and h.roster_ends and self._chance(self._dirt.status_lies)
            unmapped = {
                h.columns["cost"]: self._rng.choice(h.cost_centres),
                h.columns["site"]: self._rng.choice(h.sites),
                h.columns["team"]: f"{person.department} {self._rng.randint(1, 4)}",
            }
            if person.former_family and self._chance(0.5):
                unmapped[f"{h.columns['name']} 0"] = person.former_family
            row: Row = {
                "native_id": number,
                "employee_id": number,
                "username": person.uid if h.roster_uid else None,
                "given_name": person.given,
                "family_name": person.former_family
                if person.former_family and stint < len(began) - 1
                else person.family,
                "preferred_name": person.called if person.called != person.given and self._chance(0.7) else None,
                "email": None if self._chance(self._dirt.email_missing_hr) else person.email,
                "worker_type": self._worker(person),
                "status": h.word("left" if left and not lies else "active"),
                "hired_on": began[stint],
                "terminated_on": ended[stint] if h.roster_ends else None,
                "department": person.department,
                "title": person.title,
                "attributes": json.dumps(unmapped),
            }
            if stint and not self._chance(self._dirt.rehire_unlinked):
                row["prior_employee_id"] = person.employee_numbers[0]
            if self._has_managers and person.manager is not None and person.manager.in_roster:
                row["manager_id"] = person.manager.employee_numbers[-1]
            self._exports.add("people", row)
            self._sheet.person("people", number, person, roster=True)
        if person.in_roster and h.roster_uid:
            self.known.add(person.uid)

    def _number(self, person: Person, missing: float, form: str) -> str | None:
        if not person.in_roster or self._chance(missing):
            return None
        number = person.employee_numbers[0 if self._chance(0.2) else -1]
        if self._chance(self._dirt.employee_id_wrong):
            number = self._house.number.format(self._rng.randint(1, person.number * 7 + 1203))
        if form != self._house.number:
            return form.format(int(re.sub(r"\D", "", number)))
        return number

    def _email(self, person: Person, missing: float) -> str | None:
        if self._chance(missing):
            return None
        email = person.email
        if person.former_emails and self._chance(0.25):
            email = person.former_emails[0]
        elif self._chance(self._dirt.email_stale):
            local, _, domain = person.email.partition("@")
            email = f"{local}@{self._rng.choice([d for d in self._house.domains if d != domain] or [f'alt.{domain}'])}"
        if self._chance(self._dirt.plus_address):
            email = email.replace("@", f"+{self._house.uid_prefix}1@")
        return email.title() if self._chance(0.03) else email

    def _tells(self, person: Person, row: Row) -> bool:
        alone = self._names[person.given, person.family] == 1
        return bool(row.get("email") or row.get("employee_id") or alone or self._house.roster_uid)

    def _ldap(self, person: Person) -> None:
        h, outside = self._house, person.worker_type == "contractor"
        uid = h.affixes["external"].format(person.uid) if outside and self._chance(0.6) else person.uid
        uid = self._exports.unique("ldap", uid)
        worker = self._worker(person) if self._chance(0.8) else None
        unmapped = {h.columns["site"]: self._rng.choice(h.sites)}
        if worker and not self._maps_worker_type:
            unmapped["employeeType"] = worker
        row = self._spelled(person) | {
            "native_id": f"uid={uid},ou={h.word('human')},dc={h.domains[0].partition('.')[0]}",
            "username": uid,
            "email": self._email(person, self._dirt.email_missing_ldap),
            "employee_id": self._number(person, self._dirt.employee_id_missing_ldap, h.number_ldap),
            "worker_type": worker if self._maps_worker_type else None,
            "is_enabled": person.terminated_on is None or self._chance(0.3),
            "created_at": person.hired_on + timedelta(days=self._rng.randint(-3, 10)),
            "last_active_at": AS_OF - timedelta(days=self._rng.randint(0, 200)) if self._chance(0.9) else None,
            "attributes": json.dumps(unmapped),
        }
        self._exports.add("ldap", row)
        self._sheet.person("ldap", row["native_id"], person, telling=self._tells(person, row))
        if uid == person.uid:
            self.known.add(uid)
        if self._chance(0.05):
            self._ldap_admin(person, row)

    def _ldap_admin(self, person: Person, ordinary: Row) -> None:
        uid = self._exports.unique("ldap", self._house.affixes["admin"].format(person.uid))
        row = ordinary | {
            "native_id": f"uid={uid},ou={self._house.affixes['admin'].strip('{}.-_')},dc=x",
            "username": uid,
            "email": ordinary["email"] if self._chance(0.2) else None,
            "employee_id": ordinary["employee_id"] if self._chance(0.3) else None,
        }
        self._exports.add("ldap", row)
        self._sheet.person("ldap", row["native_id"], person, telling=self._tells(person, row))

    def _okta(self, person: Person) -> None:
        h, email = self._house, self._email(person, self._dirt.email_missing_cloud)
        styles = {"email": email or person.uid, "uid": person.uid, "upn": f"{person.uid}@{h.domains[0]}"}
        aliases = [
            *(person.former_emails if self._chance(0.6) else []),
            *([person.private_email] if self._chance(0.2) else []),
        ]
        row = self._spelled(person) | {
            "native_id": f"00u{self._rng.getrandbits(64):016x}",
            "username": self._exports.unique("okta", styles[h.okta_username]),
            "email": email,
            "alias_emails": json.dumps(aliases) if aliases else None,
            "employee_id": self._number(person, self._dirt.employee_id_missing_okta, h.number),
            "status": "ACTIVE" if person.terminated_on is None else self._rng.choice(("DEPROVISIONED", "SUSPENDED")),
            "is_enabled": person.terminated_on is None,
            "created_at": person.hired_on + timedelta(days=self._rng.randint(0, 20)),
            "last_active_at": AS_OF - timedelta(days=self._rng.randint(0, 200)),
        }
        self._exports.add("okta", row)
        self._sheet.person("okta", row["native_id"], person, telling=self._tells(person, row))
        if h.okta_username == "uid":
            self.known.add(person.uid)
        for directory, share in (("identity-center", 0.45), ("scim", 0.25)):
            if self._chance(share):
                self._provisioned(directory, person, row["native_id"])

    def _provisioned(self, directory: str, person: Person, okta_id: str) -> None:
        email = self._email(person, self._dirt.email_missing_cloud)
        row = self._spelled(person) | {
            "native_id": f"{self._rng.getrandbits(40):010x}-{self._rng.getrandbits(64):016x}",
            "username": self._exports.unique(directory, email or person.uid),
            "email": email,
            "department": None,
            "created_at": person.hired_on + timedelta(days=self._rng.randint(0, 400)),
        }
        linked = self._chance(self._dirt.external_id)
        if linked:
            external: dict[str, object] = {"ExternalIds": [{"Issuer": "https://idp.example/", "Id": okta_id}]}
            row["attributes"] = json.dumps(external if directory == "identity-center" else {"externalid": okta_id})
        self._exports.add(directory, row)
        self._sheet.person(directory, row["native_id"], person, telling=linked or self._tells(person, row))
