"""Random small companies as raw tables: which directories they have, and what people decided and set."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.integration.companies.directories import aws, listed
from tests.integration.companies.words import Language
from tests.integration.dbt.raw_rows import NOW, Company, Row, days_ago

KINDS = ("file", "ldap", "scim", "aws_identity_center")
KEEP = 0.08
"""How often one setting is changed."""
SETTINGS = (
    ("weight", "full_name"),
    ("weight", "email"),
    ("weight", "username"),
    ("threshold", "assignment_confidence"),
    ("threshold", "assignment_odds"),
    ("threshold", "block_limit"),
)


@dataclass
class Generated:
    """One company; `log` says in words what it is."""

    seed: int
    company: Company
    log: list[str] = field(default_factory=list)

    def raw(self, order: random.Random | None = None) -> dict[str, list[Row]]:
        """The rows of schema `raw`, as the loader writes them, or in a random order."""
        rows = self.company.raw()
        if order is not None:
            rows = {name: order.sample(table, len(table)) for name, table in rows.items()}
        return rows


def generate(seed: int) -> Generated:
    """The company of this seed; the same one each time."""
    chance = random.Random(seed)
    made = Generated(seed, Company(stale_after_days=chance.choice([1, 30, 90, 90, 365])))
    company, words, log = made.company, Language.drawn(chance), made.log
    people = [words.person(chance, number) for number in range(chance.choice([0, 1, 3, 12, 25]))]
    rosters = chance.choice([0, 1, 1, 1, 1, 2])
    for number in range(rosters):
        kind = chance.choice(["file", "file", "ldap"])
        name, members = ("people", people) if not number else ("contractors", people[: len(people) // 2])
        listed(chance, company, words, name, kind, members, log, authoritative=True)
    for number, kind in enumerate(chance.sample(KINDS, chance.randint(0, 4))):
        outside = [words.person(chance, 100 + 10 * number + each) for each in range(chance.randint(0, 3))]
        name = f"{'zabk'[number]}-{kind.replace('_', '-')}"
        listed(chance, company, words, name, kind, people + outside, log, authoritative=False)
    for number in range(chance.choice([0, 1, 1, 2])):
        aws(chance, company, words, f"{'pa'[number]}-aws", people, log)
    _decide(chance, company)
    _set(chance, company, words)
    return made


def _set(chance: random.Random, company: Company, words: Language) -> None:
    """Settings other than ours."""
    for kind, name in SETTINGS:
        if chance.random() < KEEP:
            value = (
                chance.choice([1.0, 3.0])
                if name in ("block_limit", "assignment_odds")
                else chance.choice([0.0, 0.3, 0.99])
            )
            company.rows["match_settings"].append({"setting_kind": kind, "name": name, "value": value})
    for word, meaning in (("T", "terminated"), ("zusta", "active"), ("Laid off", "terminated")):
        if chance.random() < 0.2:
            company.status_word(word, meaning)
    for tag in words.meanings:
        if chance.random() < 0.2:
            meaning = chance.choice(["identity", "email", "owner", "creator", "application", "other"])
            company.rows["attribute_settings"].append({"attribute": f"tag {tag}", "meaning": meaning})


def account_keys(rows: dict[str, list[Row]]) -> list[str]:
    """Every account of the company."""
    keys = [f"{row['directory_id']}:{row['user_id']}" for row in rows["aws_iam_users"]]
    for kind in KINDS:
        keys += [f"{row['directory_id']}:{row['native_id']}" for row in rows[f"{kind}_accounts"]]
    return sorted(set(keys))


def _decide(chance: random.Random, company: Company) -> None:
    """Decisions of all verbs, some expired, some about accounts that are gone, some against each other."""
    keys = [*account_keys(company.rows), "gone:AIDAGONE", "people:E9999"]
    decided: list[tuple[str, str | None, str]] = []
    for _ in range(chance.choice([0, 0, 1, 3, 6])):
        verb = chance.choice(["link", "unlink", "owner", "kind", "except"])
        target = chance.choice(["human", "service", "shared", "break_glass"]) if verb == "kind" else chance.choice(keys)
        decided.append((verb, None if verb == "except" else chance.choice(keys), target))
    for verb, account, target in list(decided):
        if chance.random() < 0.2:
            decided.append(_against(chance, keys, verb, account, target))
    for number, (verb, account, target) in enumerate(decided):
        columns: dict[str, Any] = {"expires_at": chance.choice([None, days_ago(1), NOW + timedelta(days=40)])}
        if chance.random() < 0.3:
            columns |= {"account_was_rostered": False, "account_email": "ada.abbott@example.com"}
        company.decision(f"d-{number}", verb, account, target, **columns)


def _against(
    chance: random.Random, keys: list[str], verb: str, account: str | None, target: str
) -> tuple[str, str | None, str]:
    other: dict[str, Callable[[], tuple[str, str | None, str]]] = {
        "link": lambda: ("unlink", target, str(account)),
        "unlink": lambda: ("link", account, target),
        "owner": lambda: ("owner", account, chance.choice(keys)),
        "kind": lambda: ("kind", account, "shared" if target != "shared" else "human"),
        "except": lambda: ("except", None, target),
    }
    return other[verb]()


def rows_of(raw: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """A copy that can be changed without changing the company."""
    return defaultdict(list, {name: [dict(row) for row in table] for name, table in raw.items()})
