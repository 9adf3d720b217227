"""The people of an unseen company, their names, logins and addresses."""

from __future__ import annotations

import random
from datetime import timedelta

from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.people import AS_OF, Person
from benchmarks.identity.spelling import ascii_of, joined, username
from benchmarks.identity.unseen.house import House

_RANDOM = "abcdefghjkmnpqrstuvwxyz0123456789"


class Staff:
    """Draws people and hands out logins, with a number where one is taken."""

    def __init__(self, rng: random.Random, house: House, dirt: Dirt, size: int) -> None:
        self._rng, self._house, self._dirt = rng, house, dirt
        self._taken: set[str] = set()
        each = max(30, int(dirt.name_pool * size / 1000 / len(house.people_tongues)))
        self._families = {tongue.name: [tongue.family(rng) for _ in range(each)] for tongue in house.people_tongues}

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def person(self, number: int, earlier: list[Person]) -> Person:
        """The next employee or contractor, without logins yet."""
        rng, dirt = self._rng, self._dirt
        tongue = rng.choices(self._house.people_tongues, [4.0] + [1.0] * (len(self._house.people_tongues) - 1))[0]
        given, family = rng.choice(tongue.given), rng.choice(self._families[tongue.name])
        if self._chance(0.35):
            given = f"{given} {rng.choice(tongue.given)}"
        if earlier and self._chance(dirt.namesake):
            given, family = (twin := rng.choice(earlier)).given, twin.family
        called = given.split()[-1] if self._chance(dirt.nickname) else given.split()[0]
        hired, left = AS_OF - timedelta(days=rng.randint(20, 4500)), None
        if self._chance(dirt.terminated):
            left = hired + timedelta(days=rng.randint(15, max(16, (AS_OF - hired).days)))
            left = min(left, AS_OF - timedelta(days=1))
        former = rng.choice(self._families[tongue.name]) if self._chance(dirt.married) else ""
        person = Person(
            f"p{number}", given, "", family, called, former, number, "employee",
            rng.choice(self._house.departments), rng.choice(self._house.titles), hired, left,
        )  # fmt: skip
        self._engage(person)
        return person

    def _engage(self, person: Person) -> None:
        """Employee or contractor, inside the roster or outside, once or twice hired."""
        draw, dirt = self._rng.random(), self._dirt
        if draw < dirt.contractor_outside + dirt.contractor_in_hr:
            person.worker_type = "contractor"
        if draw < dirt.contractor_outside:
            return
        person.employee_numbers = [self._house.number.format(person.number * 7 + 1203)]
        if self._chance(dirt.rehired) and (AS_OF - person.hired_on).days > 900:
            person.first_stint_ended = person.hired_on + timedelta(days=self._rng.randint(60, 300))
            person.employee_numbers.append(self._house.number.format(person.number * 7 + 50_000))

    def address(self, person: Person) -> None:
        """User name, address and former addresses."""
        rng, house = self._rng, self._house
        born = person.former_family or person.family
        person.uid = self._free(plain_uid(house, house.uid_style, person, born, rng), "")
        domain = rng.choices(house.domains, [4.0] + [1.0] * (len(house.domains) - 1))[0]
        if not person.in_roster and self._chance(0.5):
            domain = rng.choice(house.foreign_domains)
        person.email = self._mail(person, born, domain)
        if person.former_family and self._chance(0.6):
            person.former_emails.append(person.email)
            person.email = self._mail(person, person.family, domain)
        elif len(house.domains) > 1 and self._chance(0.04):
            person.former_emails.append(self._mail(person, born, house.domains[-1]))
        plain = joined(ascii_of(person.called + person.family, spelled_out=False))
        person.private_email = f"{plain}{rng.randint(1, 9999)}@mail.example"

    def _mail(self, person: Person, family: str, domain: str) -> str:
        return self._free(plain_uid(self._house, self._house.mail_style, person, family, self._rng), f"@{domain}")

    def _free(self, base: str, ending: str) -> str:
        taken, n = base + ending, 1
        while taken in self._taken:
            n += 1
            taken = f"{base}{n}{ending}"
        self._taken.add(taken)
        return taken


def plain_uid(house: House, style: str, person: Person, family: str, rng: random.Random) -> str:
    """The user name a style makes, before namesakes are told apart."""
    spell = house.spelled_out
    if style == "random":
        return "".join(rng.choice(_RANDOM) for _ in range(6))
    if style == "prefixed":
        return f"{house.uid_prefix}{rng.randint(100_000, 999_999)}"
    if style == "number":
        return person.employee_numbers[-1].lower() if person.in_roster else f"e{person.number:05d}"
    if style == "given":
        return joined(ascii_of(person.called, spelled_out=spell))
    if style == "lastdigits":
        return joined(ascii_of(family, spelled_out=spell)) + f"{person.number * 37 % 100:02d}"
    return username(style, person.called, "", family, person.number, spelled_out=spell)


def populate(rng: random.Random, size: int, house: House, dirt: Dirt) -> list[Person]:
    """`size` persons with logins, managers and everything a roster would know."""
    staff, company = Staff(rng, house, dirt, size), list[Person]()
    for number in range(1, size + 1):
        company.append(staff.person(number, company))
    for person in sorted(company, key=lambda p: p.hired_on):
        staff.address(person)
    _recycle(company, rng, dirt)
    managers = [p for p in company if p.active][: max(1, size // 12)] or company[:1]
    for person in company:
        person.manager = rng.choice(managers)
    return company


def _recycle(people: list[Person], rng: random.Random, dirt: Dirt) -> None:
    """Give some newcomers the address or the user name of a namesake who left before they came."""
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
