"""Names, user names, tags and dirt that random companies are made of."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

GIVEN = (
    *("Ada", "Ben", "Chloé", "Dirk", "Eva", "Finn", "Gül", "Hans", "Ida", "José"),
    *("Kim", "Lars", "Mia", "Noël", "Olga", "Per", "Quin", "Rosa", "Søren", "Tom"),
)
FAMILY = (
    *("Abbott", "Byrne", "Çelik", "Díaz", "Eriksen", "Fox", "Groß", "Hansen"),
    *("Ivanov", "Jones", "Kaya", "Lee", "Müller", "Novak", "O'Neil", "Park", "Quist"),
)
DIRT = ("", " ", "n/a", "none", "-", "null", "0", "x", "admin@example.com", "info@example.com", "%_%")
HOSTILE = (
    "ä\\\"'; drop",
    'a"b\\c',
    "x'y",
    "two\nlines",
    '{"a": [1]}',
    "emp:loyee:1",
    "\u202egnp.exe",
    "🦀🦀",
    "A" * 300,
    "[null]",
    "\\",
    "$1 ${x} {{ y }}",
    "=1+1",
)
STYLES = ("flast", "first.last", "lastf", "firstl", "number", "first", "address", "adm", "odd")
TAGS = ("email", "owner", "Owner", "employee_id", "team", "app", "created-by", "purpose", "type")
ROLES = ("svc-deploy", "backup", "jenkins", "shared-mailbox", "break-glass-1", "terraform", "prod-app", "root")
SYLLABLES = ("zu", "vor", "kel", "mi", "tra", "bo", "quel", "sta", "ny", "irg")


@dataclass(frozen=True)
class Person:
    number: str
    given: str
    family: str
    email: str
    gone: bool


@dataclass(frozen=True)
class Language:
    """How one company names things: how many names it has to give, its own tags, and how much of it is dirt.

    `meanings` are tags in no list of ours; each stands for a person's own key, an owner, an application or nothing.
    """

    given: int
    family: int
    dirt: float
    gaps: float
    meanings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def drawn(cls, chance: random.Random) -> Language:
        words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(chance.choice([0, 0, 2, 4]))]
        meanings = {word: chance.choice(["own", "own_number", "owner", "application", "noise"]) for word in words}
        return cls(
            given=chance.choice([1, 3, 20, 20]),
            family=chance.choice([2, 3, 17, 17]),
            dirt=chance.choice([0.0, 0.06, 0.06, 0.25]),
            gaps=chance.choice([0.0, 0.05, 0.3]),
            meanings=meanings,
        )

    def person(self, chance: random.Random, number: int) -> Person:
        given, family = chance.choice(GIVEN[: self.given]), chance.choice(FAMILY[: self.family])
        domain = chance.choice(["example.com", "old.example"])
        email = f"{given}.{family}{chance.choice(['', '', number])}@{domain}".lower()
        return Person(f"E{number:04d}", given, family, email, chance.random() < 0.2)

    def spoil(self, chance: random.Random, value: str | None) -> str | None:
        """The value, or now and then something else in its place."""
        return chance.choice([*DIRT, *HOSTILE, None]) if chance.random() < self.dirt else value

    def is_gap(self, chance: random.Random) -> bool:
        return chance.random() < self.gaps

    def tags(self, chance: random.Random, person: Person | None, people: list[Person]) -> dict[str, str]:
        """Tags of one account: some of ours, and all of the company's own."""
        owner = chance.choice(people) if people else None
        own = person or owner
        tags: dict[str, str | None] = {}
        for tag in chance.sample(TAGS, chance.randint(0, 3)):
            who = own if tag in ("email", "employee_id") else owner
            tags[tag] = (who.number if tag == "employee_id" else who.email) if who else "nobody@example.com"
        for tag, meaning in self.meanings.items():
            tags[tag] = {
                "own": own.email if own else "",
                "own_number": own.number if own else "",
                "owner": owner.email if owner else "",
                "application": chance.choice(ROLES),
                "noise": chance.choice(SYLLABLES),
            }[meaning]
        spoiled = {tag: self.spoil(chance, value) for tag, value in tags.items()}
        return {tag: value for tag, value in spoiled.items() if value is not None}


def login(chance: random.Random, person: Person, style: str) -> str:
    """The person's user name in one style."""
    given, family = person.given.lower(), person.family.lower().replace("'", "")
    return {
        "flast": given[0] + family,
        "first.last": f"{given}.{family}",
        "lastf": family + given[0],
        "firstl": given + family[0],
        "number": f"u{person.number[1:]}",
        "first": given,
        "address": person.email,
        "adm": f"{given[0]}{family}-adm",
        "odd": chance.choice(["DOM\\", "", "x-"]) + given + chance.choice(["", "2", '"', "'"]),
    }[style]
