"""The people of a company: what is true of each of them, before any directory writes it down."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.identity.conventions import Conventions
from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.spelling import ascii_of, joined, username
from benchmarks.identity.vocabulary import Culture, vocabulary

AS_OF = datetime(2026, 6, 30)
"""The instant all dates are relative to."""


@dataclass
class Person:
    """One human being; `employee_numbers` has one entry a stint in the roster, none for people outside it."""

    person_id: str
    given: str
    middle: str
    family: str
    called: str
    former_family: str
    number: int
    worker_type: str
    department: str
    title: str
    hired_on: datetime
    terminated_on: datetime | None
    employee_numbers: list[str] = field(default_factory=list)
    first_stint_ended: datetime | None = None
    uid: str = ""
    email: str = ""
    former_emails: list[str] = field(default_factory=list)
    private_email: str = ""
    manager: Person | None = None

    @property
    def in_roster(self) -> bool:
        """Whether HR knows this person."""
        return bool(self.employee_numbers)

    @property
    def active(self) -> bool:
        """Whether HR employs this person at `AS_OF`."""
        return self.in_roster and (self.terminated_on is None or self.terminated_on > AS_OF)


class _Names:
    """Draws names; family names come from a pool whose size says how many chance namesakes there are."""

    def __init__(self, rng: random.Random, people: int, pool: float) -> None:
        self._rng, cultures = rng, vocabulary().cultures
        size = max(60, int(pool * people / 1000))
        self._pools = [(culture, self._pool(culture, max(12, int(size * culture.share)))) for culture in cultures]
        self._shares = [culture.share for culture in cultures]

    def _pool(self, culture: Culture, size: int) -> list[str]:
        names = dict.fromkeys(culture.family)
        for _ in range(size * 3):
            if len(names) >= size:
                break
            name = self._rng.choice(culture.stems) + self._rng.choice(culture.endings)
            if self._rng.random() < 0.3:
                name = self._rng.choice(culture.stems) + name.lower()
            if culture.particles and self._rng.random() < 0.1:
                name = f"{self._rng.choice(culture.particles)} {name}"
            elif self._rng.random() < 0.03:
                name = f"{name}-{self._rng.choice(culture.family)}"
            names[name] = None
        return list(names)

    def draw(self) -> tuple[str, str, str]:
        """Given, middle and family name of one culture; common names are commoner than others."""
        culture, pool = self._rng.choices(self._pools, self._shares)[0]
        at = int(len(pool) * self._rng.random() ** 1.6)
        given = culture.given[int(len(culture.given) * self._rng.random() ** 1.3)]
        middle = self._rng.choice(culture.given) if self._rng.random() < 0.3 else ""
        return given, middle, pool[at]

    def family(self) -> str:
        """A family name to marry into."""
        return self._rng.choice(self._rng.choices(self._pools, self._shares)[0][1])


class _Logins:
    """Hands out user names and addresses, with a number where one is taken."""

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions
        self._taken: set[str] = set()

    def uid(self, person: Person, family: str) -> str:
        c = self._conventions
        base = username(
            c.uid,
            person.called,
            person.middle,
            family,
            person.number,
            spelled_out=c.spelled_out_uid,
            prefix=c.number_prefix,
        )
        return self._free(base, "")

    def email(self, person: Person, family: str, domain: str) -> str:
        c = self._conventions
        base = username(c.email, person.called, person.middle, family, person.number, spelled_out=c.spelled_out_email)
        return self._free(base, f"@{domain}")

    def _free(self, base: str, ending: str) -> str:
        taken, n = base + ending, 1
        while taken in self._taken:
            n += 1
            taken = f"{base}{n}{ending}"
        self._taken.add(taken)
        return taken


def _person(rng: random.Random, n: int, names: _Names, dirt: Dirt, earlier: list[Person]) -> Person:
    given, middle, family = names.draw()
    nicknames = vocabulary().nicknames
    if earlier and rng.random() < dirt.namesake:
        twin = rng.choice(earlier)
        given, family = twin.given, twin.family
    called = rng.choice(nicknames[given]) if given in nicknames and rng.random() < dirt.nickname * 3 else given
    if called == given and middle and rng.random() < dirt.nickname * 0.3:
        called = middle
    former = names.family() if rng.random() < dirt.married else ""
    hired = AS_OF - timedelta(days=rng.randint(20, 4500))
    left = None
    if rng.random() < dirt.terminated:
        left = hired + timedelta(days=rng.randint(15, max(16, (AS_OF - hired).days)))
        left = min(left, AS_OF - timedelta(days=1))
    return Person(
        f"p{n}",
        given,
        middle,
        family,
        called,
        former,
        n,
        "employee",
        rng.choice(vocabulary().departments),
        rng.choice(vocabulary().titles),
        hired,
        left,
    )


def _place(person: Person, rng: random.Random, conventions: Conventions, dirt: Dirt) -> None:
    """Employee or contractor, inside HR or outside, once or twice hired."""
    draw = rng.random()
    if draw < dirt.contractor_outside:
        person.worker_type = "contractor"
        return
    if draw < dirt.contractor_outside + dirt.contractor_in_hr:
        person.worker_type = "contractor"
    person.employee_numbers = [conventions.employee_id.format(person.number)]
    if rng.random() < dirt.rehired and (AS_OF - person.hired_on).days > 900:
        person.first_stint_ended = person.hired_on + timedelta(days=rng.randint(60, 300))
        person.employee_numbers.append(conventions.employee_id.format(person.number + 5_000_000))


def _address(person: Person, logins: _Logins, rng: random.Random, conventions: Conventions) -> None:
    """User name, address and former address, following the marriage if there was one."""
    family = person.former_family or person.family
    person.uid = logins.uid(person, family)
    shares = [4.0] + [1.0] * (len(conventions.domains) - 1)
    domain = rng.choices(conventions.domains, shares)[0]
    if not person.in_roster and rng.random() < 0.5:
        domain = rng.choice(vocabulary().contractor_domains)
    person.email = logins.email(person, family, domain)
    if person.former_family and rng.random() < 0.6:
        person.former_emails.append(person.email)
        person.email = logins.email(person, person.family, domain)
        if rng.random() < 0.3:
            person.uid = logins.uid(person, person.family)
    elif rng.random() < 0.02:
        person.former_emails.append(logins.email(person, person.family, rng.choice(conventions.domains)))
    plain = joined(ascii_of(person.given + person.family, spelled_out=False))
    person.private_email = f"{plain}{rng.randint(1, 9999)}@mail.example"


def _recycle(people: list[Person], rng: random.Random, dirt: Dirt) -> None:
    """Give some newcomers the address or the user name of a namesake-by-login who left before they came."""
    leavers = [p for p in people if p.terminated_on is not None]
    for person in people:
        if not leavers or person.terminated_on is not None:
            continue
        leaver = rng.choice(leavers)
        if leaver.terminated_on is None or leaver.terminated_on > person.hired_on:
            continue
        if rng.random() < dirt.email_recycled * 3:
            person.given, person.called, person.family = leaver.given, leaver.called, leaver.family
            person.email = leaver.email
        if rng.random() < dirt.username_recycled * 3:
            person.given, person.called, person.family = leaver.given, leaver.called, leaver.family
            person.uid = leaver.uid


def populate(rng: random.Random, people: int, conventions: Conventions, dirt: Dirt) -> list[Person]:
    """`people` persons with logins, managers and everything HR would know."""
    names = _Names(rng, people, dirt.name_pool * conventions.name_pool)
    logins = _Logins(conventions)
    company: list[Person] = []
    for n in range(1, people + 1):
        person = _person(rng, n, names, dirt, company)
        _place(person, rng, conventions, dirt)
        company.append(person)
    for person in sorted(company, key=lambda p: p.hired_on):
        _address(person, logins, rng, conventions)
    _recycle(company, rng, dirt)
    managers = [p for p in company if p.active][: max(1, people // 8)] or company[:1]
    for person in company:
        person.manager = rng.choice(managers)
    return company
