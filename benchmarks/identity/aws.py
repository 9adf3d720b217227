"""What three AWS accounts make of the company: IAM users of people, services and emergencies, with their tags."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from benchmarks.identity.conventions import AwsConvention, Conventions
from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.machines import Mailbox, Service
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.spelling import username
from benchmarks.identity.truth import AnswerSheet

ACCOUNTS = {"production": "111122223333", "development": "444455556666", "sandbox": "777788889999"}
"""directory_id to AWS account id."""

_TECHNICAL = ("Engineering", "Platform", "Data", "Security", "Operations", "Research")
_BREAK_GLASS = ("break-glass-1", "break-glass-2", "emergency-access", "BreakGlassAdmin", "firecall")


class AwsAccounts:
    """Writes the three accounts; `tables` maps a directory's name to its tables' rows."""

    def __init__(self, rng: random.Random, conventions: Conventions, dirt: Dirt, sheet: AnswerSheet) -> None:
        self._rng, self._c, self._dirt, self._sheet = rng, conventions, dirt, sheet
        self.tables: dict[str, dict[str, list[dict[str, Any]]]] = {
            name: {"users": [], "login_profiles": [], "access_keys": []} for name in ACCOUNTS
        }
        self._habits = dict(zip(ACCOUNTS, conventions.aws, strict=True))
        self._taken: dict[str, set[str]] = {name: set() for name in ACCOUNTS}
        self._made_by = ["root", "terraform", "admin"]
        self._alike: dict[str, Counter[str]] = {}

    def write(self, people: list[Person], boxes: list[Mailbox], services: list[Service]) -> None:
        """Fill all three from the company."""
        technical = people[: len(people) // 3]
        if self._c.technical_only:
            technical = [p for p in people if p.department in _TECHNICAL]
        self._made_by += [p.uid for p in technical[:5]]
        for habit in self._habits.values():
            if habit.username not in ("uid", "email"):
                self._alike[habit.username] = Counter(self._plain(habit, person) for person in people)
        for person in technical:
            for account in ACCOUNTS:
                kept = person.terminated_on is None or self._chance(self._dirt.leaver_kept)
                if kept and self._chance(0.4):
                    self._person(account, person, boxes)
        for service in services:
            homes = self._rng.sample(list(ACCOUNTS), k=1 if service.common else self._rng.choice((1, 1, 2, 3)))
            documented_in = self._rng.choice(homes)
            for account in homes:
                self._service(account, service, certain=account == documented_in)
        for account in ACCOUNTS:
            self._break_glass(account, boxes)

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _person(self, account: str, person: Person, boxes: list[Mailbox]) -> None:
        habit = self._habits[account]
        tags = self._person_tags(habit, person, boxes)
        base = self._base(habit, person)
        if not person.in_roster and self._chance(0.4) and "@" not in base:
            base = self._c.contractor_affix.format(base)
        created = AS_OF - timedelta(days=self._rng.randint(1, 2000))
        if self._c.dated_by_employment:
            created = person.hired_on + timedelta(days=self._rng.randint(0, 900))
            created = min(created, person.terminated_on or AS_OF, AS_OF)
        user_id = self._user(account, base, habit.people_path, created, tags, human=True)
        telling = self._tells(habit, person, tags)
        self._sheet.person(account, user_id, person, telling=telling)
        if self._chance(0.06) and "@" not in base:
            keep = {k: v for k, v in tags.items() if self._chance(0.4)}
            user_id = self._user(account, habit.admin_affix.format(base), habit.people_path, created, keep, human=True)
            self._sheet.person(account, user_id, person, telling=telling)

    def _tells(self, habit: AwsConvention, person: Person, tags: dict[str, str]) -> bool:
        """Whether anything but a user name that several people could have says whose an account is."""
        addresses = {person.email, *person.former_emails}
        named = tags.get(habit.email_tag, "").lower().replace("+aws@", "@") in addresses
        named = named or habit.employee_tag in tags or habit.name_tag in tags
        return (
            named or habit.username in ("uid", "email") or self._alike[habit.username][self._plain(habit, person)] < 2
        )

    def _plain(self, habit: AwsConvention, person: Person) -> str:
        """The user name by the account's own pattern, before numbers tell namesakes apart."""
        family = person.former_family or person.family
        spelled_out = self._c.spelled_out_uid
        return username(habit.username, person.called, person.middle, family, person.number, spelled_out=spelled_out)

    def _base(self, habit: AwsConvention, person: Person) -> str:
        if self._chance(self._dirt.aws_odd_username):
            odd = self._rng.choice(("firstl", "first.last", "lastf", "first", "flast"))
            return username(odd, person.called, person.middle, person.family, 0, spelled_out=False)
        own = {"email": person.email, "uid": person.uid}
        return own.get(habit.username) or self._plain(habit, person)

    def _person_tags(self, habit: AwsConvention, person: Person, boxes: list[Mailbox]) -> dict[str, str]:
        dirt, tags = self._dirt, {}
        if self._chance(dirt.aws_mailbox_tag):
            tags[habit.email_tag] = self._rng.choice(boxes).email
        elif self._chance(dirt.aws_wrong_tag) and person.manager is not None:
            tags[habit.email_tag] = person.manager.email
        # where a given name and a letter are all the user name tells, people are told apart by a tag
        elif self._chance(max(dirt.aws_email_tag, 0.9 if habit.username == "firstl" else 0.0)):
            email = person.former_emails[0] if person.former_emails and self._chance(0.4) else person.email
            if self._chance(dirt.plus_address):
                email = email.replace("@", "+aws@")
            tags[habit.email_tag] = email.upper() if self._chance(0.02) else email
        if person.in_roster and self._chance(dirt.aws_employee_tag):
            number = person.employee_numbers[-1]
            wrong = self._chance(dirt.employee_id_wrong)
            tags[habit.employee_tag] = (
                self._c.employee_id.format(self._rng.randint(1, person.number + 50)) if wrong else number
            )
        if self._chance(dirt.aws_name_tag):
            tags[habit.name_tag] = f"{person.called if self._chance(0.5) else person.given} {person.family}"
        if self._chance(0.2):
            tags[habit.team_tag] = person.department.lower()
        if habit.created_by:
            tags[self._rng.choice(("created-by", "CreatedBy", "creator"))] = self._rng.choice(self._made_by)
        return tags

    def _service(self, account: str, service: Service, *, certain: bool) -> None:
        habit, tags = self._habits[account], {}
        if not service.code_named and self._chance(0.6):
            tags[habit.app_tag] = service.application
        if service.documented and service.owner is not None and (certain or self._chance(0.7)):
            tags[habit.owner_tag] = self._owner_value(service.owner)
        if self._chance(0.3):
            tags[habit.team_tag] = self._rng.choice(("platform", "data", "security", "engineering"))
        if habit.created_by:
            tags["created-by"] = self._rng.choice(self._made_by)
        path = habit.service_path if not service.code_named else "/"
        created = AS_OF - timedelta(days=self._rng.randint(5, 3000))
        user_id = self._user(account, service.name, path, created, tags, human=False)
        self._sheet.service(account, user_id, service)

    def _owner_value(self, owner: Person | Mailbox) -> str:
        if isinstance(owner, Mailbox):
            return owner.email if self._chance(0.8) else owner.local
        form = self._rng.random()
        if form < 0.65:
            return owner.email
        if form < 0.8:
            return owner.uid
        if form < 0.9 and owner.in_roster:
            return owner.employee_numbers[-1]
        return f"{owner.given} {owner.family}"

    def _break_glass(self, account: str, boxes: list[Mailbox]) -> None:
        security = next((b for b in boxes if b.local.startswith("security-team")), boxes[0])
        for name in self._rng.sample(_BREAK_GLASS, k=2):
            owned = self._chance(0.7)
            tags = {self._habits[account].owner_tag: security.email} if owned else {}
            user_id = self._user(account, name, "/", AS_OF - timedelta(days=2000), tags, human=True)
            self._sheet.break_glass(account, user_id)

    def _user(self, account: str, name: str, path: str, created: datetime, tags: dict[str, str], *, human: bool) -> str:
        taken, n = name, 1
        while taken.lower() in self._taken[account]:
            n += 1
            taken = name.replace("@", f"{n}@", 1) if "@" in name else f"{name}{n}"
        self._taken[account].add(taken.lower())
        tables, user_id = self.tables[account], f"AIDA{self._rng.getrandbits(80):020X}"[:21]
        console = self._chance(0.75 if human else 0.01)
        used = AS_OF - timedelta(days=self._rng.randint(0, 300))
        tables["users"].append(
            {
                "user_id": user_id,
                "user_name": taken,
                "path": path,
                "arn": f"arn:aws:iam::{ACCOUNTS[account]}:user{path}{taken}",
                "created_at": created,
                "password_last_used_at": (signed_in_at := used if console and self._chance(0.8) else None),
                "tags": json.dumps(tags),
                "mfa_enabled": console and self._chance(0.7),
                "other_credential_count": 0,
            }
        )
        tables["login_profiles"].append(
            {
                "user_id": user_id,
                "has_password": console,
                "created_at": created if console else None,
                "last_used_state": ("used" if signed_in_at else "never_used") if console else None,
                "last_used_at": signed_in_at,
                "source": "GetLoginProfile",
            }
        )
        for _ in range(self._rng.choice((0, 1, 1, 2) if human else (1, 1, 2))):
            known = self._chance(0.8)
            tables["access_keys"].append(
                {
                    "access_key_id": f"AKIA{self._rng.getrandbits(64):016X}",
                    "user_id": user_id,
                    "status": "Active" if self._chance(0.8) else "Inactive",
                    "created_at": created,
                    "last_used_state": "used" if known else "never_used",
                    "last_used_at": max(created, used) if known else None,
                    "source": "GetAccessKeyLastUsed",
                }
            )
        return user_id
