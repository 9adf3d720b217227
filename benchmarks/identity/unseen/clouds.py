"""The AWS accounts of an unseen company: IAM users of people, services, teams, tests and emergencies."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.machines import Service
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.truth import AnswerSheet
from benchmarks.identity.unseen.house import CloudHabit, House
from benchmarks.identity.unseen.machines import Shared
from benchmarks.identity.unseen.people import plain_uid
from benchmarks.identity.unseen.tags import Tagging, Tags

_ADMINISTRATOR = {
    "principal_type": "user",
    "policy_name": "AdministratorAccess",
    "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
}
_NAMELESS = ("random", "prefixed", "number", "initials_number")


class Clouds:
    """Writes the AWS accounts; `tables` maps a directory's name to its tables' rows. `known` are user names that some
    directory holds together with a name."""

    def __init__(self, rng: random.Random, house: House, dirt: Dirt, sheet: AnswerSheet, known: set[str]) -> None:
        self._rng, self._house, self._dirt, self._sheet, self._known = rng, house, dirt, sheet, known
        self.account_ids = {name: f"{100_000_000_017 + n * 111_111_111_111}" for n, name in enumerate(house.clouds)}
        self.tables: dict[str, dict[str, list[dict[str, Any]]]] = {
            name: {"users": [], "login_profiles": [], "access_keys": [], "attached_policies": []}
            for name in house.clouds
        }
        self._taken: dict[str, set[str]] = {name: set() for name in house.clouds}

    def write(self, people: list[Person], boxes: list[Shared], services: list[Service]) -> None:
        """Fill every account from the company; a third of the people have users in some of them."""
        styles = ("first.last", "flast", "last.first", self._house.uid_style)
        alike = {style: self._alike(style, people) for style in styles}
        homes = list(self._house.clouds)
        tagging = {
            name: Tagging(self._rng, self._house, habit, self._dirt, people, self._known)
            for name, habit in self._house.clouds.items()
        }
        for person in people[: len(people) * 2 // 5]:
            for name, habit in self._house.clouds.items():
                kept = person.terminated_on is None or self._chance(self._dirt.leaver_kept)
                if kept and self._chance(0.4):
                    self._person(name, habit, tagging[name], person, boxes, alike)
        for service in services:
            chosen = self._rng.sample(homes, k=min(len(homes), self._rng.choice((1, 1, 2, 3))))
            documented_in = self._rng.choice(chosen)
            for name in chosen:
                documented = service.documented and (name == documented_in or self._chance(0.7))
                self._service(name, tagging[name], service, documented=documented)
        for name in homes:
            self._shared(name, tagging[name], boxes)
            self._emergency(name, tagging[name], boxes)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _alike(self, style: str, people: list[Person]) -> Counter[str]:
        if style in _NAMELESS:
            return Counter()
        return Counter(made for person in people for made in self._possible(style, person))

    def _possible(self, style: str, person: Person) -> set[str]:
        """Every user name the style could make of the person: of either given name, and of a former family name."""
        given = {person.called, *person.given.split()}
        families = {person.family, person.former_family} - {""}
        read = [replace(person, called=each) for each in given]
        return {plain_uid(self._house, style, each, family, self._rng) for each in read for family in families}

    def _plain(self, style: str, person: Person) -> str:
        return plain_uid(self._house, style, person, person.former_family or person.family, self._rng)

    def _person(
        self,
        account: str,
        habit: CloudHabit,
        tagging: Tagging,
        person: Person,
        boxes: list[Shared],
        alike: dict[str, Counter[str]],
    ) -> None:
        tags, telling = tagging.person(person, [each.box for each in boxes])
        own = {"uid": person.uid, "email": person.email}
        base = own.get(habit.username) or self._plain(habit.username, person)
        style = self._house.uid_style if habit.username == "uid" else habit.username
        by_name = style not in _NAMELESS and style != "email" and alike[style][self._plain(style, person)] == 1
        by_number = style == "number" and person.in_roster
        telling |= (
            habit.username == "email" or by_name or by_number or (habit.username == "uid" and base in self._known)
        )
        if not person.in_roster and self._chance(0.4) and "@" not in base:
            base = self._house.affixes["external"].format(base)
        elif "@" not in base:
            base = habit.people_form.format(base)
        created = min(person.hired_on + timedelta(days=self._rng.randint(0, 900)), person.terminated_on or AS_OF, AS_OF)
        user_id = self._user(account, base, habit.people_path, created, tags, console=0.75, admin=0.05)
        self._sheet.person(account, user_id, person, telling=telling)
        if self._chance(0.06) and "@" not in base:
            kept = {key: value for key, value in tags.items() if self._chance(0.4)}
            admin = self._house.affixes["admin"].format(base)
            user_id = self._user(account, admin, habit.people_path, created, kept, console=0.75, admin=0.9)
            self._sheet.person(account, user_id, person, telling=telling)

    def _marked(self, account: str, tagging: Tagging, tags: Tags, kind: str) -> tuple[str, Tags, bool]:
        """Path and tags of a machine's user, and whether they show that it is one."""
        path, shows = "/", False
        if not ("none" in self._house.markers and self._chance(0.3)):
            if "path" in self._house.markers and self._house.clouds[account].machine_path != "/":
                path, shows = self._house.clouds[account].machine_path, True
            if "tag" in self._house.markers and self._chance(0.9):
                tags, shows = tagging.kind(tags, kind), True
        return path, tags, shows

    def _service(self, account: str, tagging: Tagging, service: Service, *, documented: bool) -> None:
        tags = tagging.service(service, documented=documented)
        path, tags, shows = self._marked(account, tagging, tags, "service")
        created = AS_OF - timedelta(days=self._rng.randint(5, 3000))
        user_id = self._user(account, service.name, path, created, tags, console=0.01, admin=0.05)
        self._sheet.service(account, user_id, service, kind_telling=shows or not service.code_named)

    def _shared(self, account: str, tagging: Tagging, boxes: list[Shared]) -> None:
        for each in boxes:
            if each.kind == "room" or not self._chance(0.15):
                continue
            path, tags, shows = self._marked(account, tagging, tagging.other(each.box.owner), each.kind)
            created = AS_OF - timedelta(days=self._rng.randint(5, 3000))
            user_id = self._user(account, each.box.local, path, created, tags, console=0.8, admin=0.02)
            self._sheet.mailbox(account, user_id, each.box, kind=each.kind, kind_telling=shows)

    def _emergency(self, account: str, tagging: Tagging, boxes: list[Shared]) -> None:
        for n in range(1, 4):
            owner = next((each.box for each in boxes if each.kind == "shared" and each.box.owner), None)
            owner = owner if self._chance(0.7) else None
            path, tags, shows = self._marked(account, tagging, tagging.other(owner), "emergency")
            name = self._house.affixes["emergency"].format(f"{account}{n}")
            made = AS_OF - timedelta(days=2000)
            user_id = self._user(account, name, path, made, tags, console=1.0, admin=0.9, in_use=0.2)
            self._sheet.break_glass(account, user_id, kind_telling=shows)

    def _user(
        self,
        account: str,
        name: str,
        path: str,
        created: datetime,
        tags: dict[str, str],
        *,
        console: float,
        admin: float,
        in_use: float = 0.8,
    ) -> str:
        rng, taken, n = self._rng, name, 1
        while taken.lower() in self._taken[account]:
            n += 1
            taken = name.replace("@", f"{n}@", 1) if "@" in name else f"{name}{n}"
        self._taken[account].add(taken.lower())
        tables, user_id = self.tables[account], f"AIDA{rng.getrandbits(80):020X}"[:21]
        has_console = self._chance(console)
        used = AS_OF - timedelta(days=rng.randint(0, 300))
        tables["users"].append(
            {
                "user_id": user_id,
                "user_name": taken,
                "path": path,
                "arn": f"arn:aws:iam::{self.account_ids[account]}:user{path}{taken}",
                "created_at": created,
                "password_last_used_at": (
                    signed_in_at := max(created, used) if has_console and self._chance(in_use) else None
                ),
                "tags": json.dumps(tags),
                "mfa_enabled": has_console and self._chance(0.7),
                "other_credential_count": 0,
            }
        )
        tables["login_profiles"].append(
            {
                "user_id": user_id,
                "has_password": has_console,
                "created_at": created if has_console else None,
                "last_used_state": ("used" if signed_in_at else "never_used") if has_console else None,
                "last_used_at": signed_in_at,
                "source": "GetLoginProfile",
            }
        )
        if self._chance(admin):
            tables["attached_policies"].append(_ADMINISTRATOR | {"principal_id": user_id})
        for _ in range(
            rng.choice((0, 1, 1, 2) if console > 0.5 else (1, 1, 2)) if in_use > 0.5 or not has_console else 0
        ):
            known = self._chance(0.8)
            tables["access_keys"].append(
                {
                    "access_key_id": f"AKIA{rng.getrandbits(64):016X}",
                    "user_id": user_id,
                    "status": "Active" if self._chance(0.8) else "Inactive",
                    "created_at": created,
                    "last_used_state": "used" if known else "never_used",
                    "last_used_at": max(created, used) if known else None,
                    "source": "GetAccessKeyLastUsed",
                }
            )
        return user_id
