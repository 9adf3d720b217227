"""Without a roster people are known by their accounts alone: who comes and goes changes nobody else's duplicates."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

from tests.integration.companies.compiled import Project, Published
from tests.integration.companies.generate import Generated
from tests.integration.companies.words import FAMILY, GIVEN
from tests.integration.dbt.raw_rows import Company

PLACES = ("okta", "production", "staging")
DUPLICATES = """
    select account_key, finding_id from findings.all_findings
    where finding_type = 'duplicate_identity' and status = 'open' order by all
"""


@dataclass
class Login:
    """An account somewhere; in AWS some are only known by their tag, and some are named by an alias."""

    person: int
    place: str
    user_name: str
    email: str


@dataclass
class Workforce:
    """People who come and go, each with accounts in some of the places."""

    chance: random.Random
    logins: dict[str, Login] = field(default_factory=dict)
    hired: int = 0

    def hire(self) -> None:
        number, chance = self.hired, self.chance
        self.hired += 1
        given, family = GIVEN[number % len(GIVEN)], f"{FAMILY[number % len(FAMILY)]}{number}"
        email = f"{given}.{family}@example.com".lower()
        for place in chance.sample(PLACES, chance.randint(1, 3)):
            for copy in range(2 if chance.random() < 0.2 and place != "okta" else 1):
                name = f"{given[0]}{family}".lower() if chance.random() < 0.7 else f"a{number}-{family}".lower()
                self.logins[f"{place}-{number}-{copy}"] = Login(number, place, f"{name}{'-adm' * copy}", email)

    def leave(self) -> int:
        """Somebody loses one account; whose it was."""
        return self.logins.pop(self.chance.choice(sorted(self.logins))).person

    def company(self) -> Company:
        made = Company()
        okta = made.file("okta", authoritative=False)
        accounts = {"production": made.aws(), "staging": made.aws("staging", account_id="444455556666")}
        for key, login in sorted(self.logins.items()):
            if login.place == "okta":
                okta.person(key, email=login.email, username=login.email)
            else:
                accounts[login.place].user(login.user_name, user_id=key, tags={"email": login.email})
        return made

    def duplicates(self) -> dict[str, int]:
        """Every account of a person with several, and who that is."""
        held = defaultdict(list)
        for key, login in self.logins.items():
            held[login.person].append(f"{login.place}:{key}")
        return {key: person for person, keys in held.items() if len(keys) > 1 for key in keys}


def findings(published: Published) -> dict[str, str]:
    rows = published.rows(DUPLICATES)
    assert len({key for key, _ in rows}) == len(rows), "an account has one open duplicate"
    return dict(rows)


def test_duplicates_of_those_who_stay_neither_come_nor_go_with_others(project: Project) -> None:
    people = Workforce(random.Random(63))
    for _ in range(60):
        people.hire()
    before, holders = findings(project.build(Generated(0, people.company()).raw())), people.duplicates()
    assert before.keys() == holders.keys()
    assert len(before) > 63
    for _ in range(4):
        touched = {people.leave() for _ in range(6)} | set(range(people.hired, people.hired + 5))
        for _ in range(5):
            people.hire()
        now, expected = findings(project.build(Generated(0, people.company()).raw())), people.duplicates()
        assert now.keys() == expected.keys()
        stayed = {key for key, person in holders.items() if person not in touched}
        assert {key: now.get(key) for key in stayed} == {key: before[key] for key in stayed}
        before, holders = now, expected
