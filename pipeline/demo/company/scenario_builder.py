"""Builds the scenarios of the sample company: picks people, and makes their logins."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.demo.company.logins import Key, Login, Password
from pipeline.demo.company.names import cast
from pipeline.demo.company.people import Person

PROD, STAGING, DATA = "production", "staging", "data"
GROUP_OF = {
    "Engineering": "engineers",
    "Data": "data",
    "Platform": "platform",
    "Security": "security",
    "Finance": "finance",
    "Support": "support",
}
_WAYS = ("email", "email", "both", "employee_id", "email", "loud", "no_zeros", "username")


class ScenarioBuilder:
    """Has the people and a seeded draw. `people` is changed in place where somebody leaves or is a contractor.

    `logins` are those of AWS accounts, `listed` entries of LDAP and users of Identity Center.
    """

    def __init__(self, people: list[Person], draw: random.Random, now: datetime) -> None:
        self.people, self.draw, self.now = people, draw, now
        self.logins: list[Login] = []
        self.listed: list[Login] = []
        roles = len(cast())
        self._cast = {person.name.local: person.employee_id for person in people[:roles]}
        self._free = [person for person in people[roles:] if person.department in GROUP_OF]
        self._told = 0

    def cast(self, local: str) -> Person:
        """Somebody with a part of its own, by the local part of the address."""
        return next(person for person in self.people if person.employee_id == self._cast[local])

    def pick(self, *departments: str) -> Person:
        """The next person without a part, of these departments; Data's are kept for the account that is theirs."""
        for position, person in enumerate(self._free):
            if person.department in departments or (not departments and person.department != "Data"):
                return self._free.pop(position)
        raise ValueError(f"nobody is left in {departments or 'the company'}")

    def current(self, person: Person) -> Person:
        """Somebody as HR has them by now."""
        return self.person(person.employee_id)

    def person(self, employee_id: str) -> Person:
        """Somebody by number."""
        return next(one for one in self.people if one.employee_id == employee_id)

    def change(self, person: Person, **facts: object) -> Person:
        """The same person, as HR now has it."""
        before = self.current(person)
        changed = replace(before, **facts)  # type: ignore[arg-type]
        self.people[self.people.index(before)] = changed
        return changed

    def leave(self, person: Person, days: float | None, status: str = "Terminated") -> Person:
        """Let somebody leave so many days ago (in the future when negative); None: HR gives no date."""
        return self.change(person, ended_on=None if days is None else self.day(days), status=status)

    def day(self, ago: float) -> date:
        """A date so many days ago."""
        return (self.now - timedelta(days=ago)).date()

    def add(
        self,
        person: Person,
        where: str,
        story: str,
        password: Password | None = None,
        *keys: Key,
        how: str = "",
        name: str = "",
        leftover: float | None = None,
        groups: Sequence[str] = (),
        policies: Sequence[str] = (),
        inline: Mapping[str, tuple[str, ...]] | None = None,
        path: str = "",
        boundary: str = "",
        is_admin_half: bool = False,
        trap: str = "",
    ) -> None:
        """A login of a person. `how` is the way it tells whose it is; by default each way in its turn."""
        spelled, tags = self._identified(person, how)
        oldest = max([leftover or 0.0, *(one.created for one in (password, *keys) if one)])
        own = GROUP_OF.get(person.department)
        login = Login(
            connection=where,
            name=name or spelled,
            story=story,
            kind="human",
            created=oldest + self.draw.uniform(20, 300),
            owner=person.employee_id,
            tags=tags,
            path=path or (f"/{own}/" if own in ("engineers", "data") else "/"),
            password=password,
            keys=keys,
            leftover=leftover,
            mfa=password is not None and (password.last_used or 999) < 46 and self.draw.random() < 0.85,
            boundary=boundary,
            groups=tuple(groups) or ("everyone", *([own] if own else [])),
            policies=tuple(policies),
            inline=inline or {},
            is_admin_half=is_admin_half,
            trap=trap,
        )
        self.logins.append(login)
        joined = self.day(login.created + self.draw.uniform(1, 200))
        self.change(person, hired_on=min(joined, self.current(person).hired_on))

    def used(self) -> float:
        """A last use that is nobody's worry, in days ago."""
        return round(self.draw.uniform(0.2, 45), 3)

    def forgotten(self, most: float = 640) -> float:
        """A last use too long ago."""
        return round(self.draw.uniform(105, most), 3)

    def password(self, last_used: float) -> Password:
        """A password used so many days ago."""
        return Password(last_used + self.draw.uniform(30, 500), last_used)

    def used_password(self) -> Password:
        """A password in use."""
        return self.password(self.used())

    def stale_password(self) -> Password:
        """A password nobody has used for long."""
        return self.password(self.forgotten())

    def key(self, last_used: float, status: str = "Active") -> Key:
        """A key used so many days ago."""
        service, region = self.draw.choice(_USES)
        return Key(last_used + self.draw.uniform(20, 400), last_used, status, service, region)

    def used_key(self) -> Key:
        """A key in use."""
        return self.key(self.used())

    def stale_key(self, most: float = 640) -> Key:
        """A key nobody has used for long."""
        return self.key(self.forgotten(most))

    def _identified(self, person: Person, how: str) -> tuple[str, dict[str, str]]:
        """User name and tags. The tags' spelling, the number's zeros and the user name vary as they do in life."""
        if not how:
            how, self._told = _WAYS[self._told % len(_WAYS)], self._told + 1
        number, short = person.employee_id, person.name.short
        ways: Mapping[str, tuple[str, dict[str, str]]] = {
            "email": (short, {"email": person.email}),
            "both": (short, {"email": person.email, "employee_id": number}),
            "employee_id": (short, {"employee_id": number, "team": person.department.lower()}),
            "loud": (person.name.local, {"Email": person.email.title().replace(".Example", ".example")}),
            "no_zeros": (short, {"EmployeeId": number.lstrip("0"), "cost-center": "4711"}),
            "username": (person.email, {}),
        }
        return ways[how]


_USES = (("s3", "eu-west-1"), ("ec2", "eu-west-1"), ("sts", "us-east-1"), ("dynamodb", "eu-north-1"), ("iam", ""))
