"""Random small companies as raw tables: which directories they have, how each was read, who is in them, and what dirt.

Belongs here: one company from one seed, and another with its rows in another order.
Does not belong here: building it (`compiled`), and what must hold.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.dbt.raw_rows import NOW, Company, Row

GIVEN = [
    "Ada",
    "Ben",
    "Chloé",
    "Dirk",
    "Eva",
    "Finn",
    "Gül",
    "Hans",
    "Ida",
    "José",
    "Kim",
    "Lars",
    "Mia",
    "Noël",
    "Olga",
    "Per",
    "Quin",
    "Rosa",
    "Søren",
    "Tom",
]
FAMILY = [
    "Abbott",
    "Byrne",
    "Çelik",
    "Díaz",
    "Eriksen",
    "Fox",
    "Groß",
    "Hansen",
    "Ivanov",
    "Jones",
    "Kaya",
    "Lee",
    "Müller",
    "Novak",
    "O'Neil",
    "Park",
    "Quist",
]
KINDS = ("file", "ldap", "scim", "aws_identity_center")
READS = ("complete", "complete", "complete", "failed", "held", "empty", "never")
DIRT = ("", " ", "n/a", "none", "-", "null", "0", "x", "admin@example.com", "info@example.com", "ä\\\"'; drop", "%_%")
STYLES = ("flast", "first.last", "lastf", "firstl", "number", "first", "address", "adm", "odd")
TAGS = ("email", "owner", "Owner", "employee_id", "team", "app", "created-by", "purpose", "type")
FIELDS = ("email", "employee_id", "last_active_at", "created_at", "display_name", "entitlements", "status")
ROLES = ("svc-deploy", "backup", "jenkins", "shared-mailbox", "break-glass-1", "terraform", "prod-app", "root")


@dataclass(frozen=True)
class Person:
    number: str
    given: str
    family: str
    email: str
    gone: bool


@dataclass
class Generated:
    """One company; `log` says in words what it is."""

    seed: int
    company: Company
    log: list[str] = field(default_factory=list)

    def raw(self, order: random.Random | None = None) -> dict[str, list[Row]]:
        """The rows of schema `raw`, as the loader writes them, or in a random order."""
        company = self.company
        evaluation = {
            "evaluated_at": company.evaluated_at,
            "stale_after_days": company.stale_after_days,
            "authoritative_max_age_hours": 48.0,
            "max_shrink": 0.2,
            "max_shrink_rows": 10,
        }
        decisions = [{**row, "evaluated_at": company.evaluated_at} for row in company.rows["ledger_decisions"]]
        rows = {**company.rows, "evaluation": [evaluation], "ledger_decisions": decisions}
        if order is not None:
            rows = {name: order.sample(table, len(table)) for name, table in rows.items()}
        return rows


def generate(seed: int) -> Generated:
    """The company of this seed; the same one each time."""
    chance = random.Random(seed)
    made = Generated(seed, Company(stale_after_days=chance.choice([1, 30, 90, 90, 365])))
    people = [_person(chance, number) for number in range(chance.choice([0, 1, 3, 12, 25]))]
    if chance.random() < 0.85:
        _listed(chance, made, "people", chance.choice(["file", "file", "ldap"]), people, authoritative=True)
    for number, kind in enumerate(chance.sample(KINDS, chance.randint(0, 4))):
        outside = [_person(chance, 100 + 10 * number + each) for each in range(chance.randint(0, 3))]
        _listed(chance, made, f"{'zabk'[number]}-{kind.replace('_', '-')}", kind, people + outside, authoritative=False)
    for number in range(chance.choice([0, 1, 1, 2])):
        _aws(chance, made, f"{'pa'[number]}-aws", people)
    _decide(chance, made)
    for kind, name in (("weight", "full_name"), ("weight", "email"), ("threshold", "assignment_confidence")):
        if chance.random() < 0.08:
            row = {"setting_kind": kind, "name": name, "value": chance.choice([0.0, 0.3, 0.99])}
            made.company.rows["match_settings"].append(row)
    return made


def _person(chance: random.Random, number: int) -> Person:
    given, family = chance.choice(GIVEN[: chance.choice([3, 20])]), chance.choice(FAMILY[: chance.choice([3, 17])])
    email = f"{given}.{family}@{chance.choice(['example.com', 'old.example'])}".lower()
    return Person(f"E{number:04d}", given, family, email, chance.random() < 0.2)


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


def _attempt(chance: random.Random, made: Generated, name: str, kind: str) -> tuple[Row, bool]:
    """How the directory was read last, and whether rows of it are there."""
    read = chance.choice(READS)
    made.log.append(f"{name} ({kind}): {read}")
    if read == "never":
        return {}, False
    earlier = None
    if read in ("failed", "held") and chance.random() < 0.6:
        earlier = made.company.attempt(name, kind, as_of=NOW - timedelta(hours=chance.choice([3, 30, 80])))
    good = read in ("complete", "empty")
    instant = NOW - timedelta(hours=chance.choice([0, 0, 1, 50])) if good else NOW
    last = made.company.attempt(name, kind, status="complete" if good else read, as_of=instant)
    return (last, read == "complete") if good else (earlier or last, earlier is not None)


def _connect(made: Generated, name: str, kind: str, account: str | None, *, authoritative: bool) -> None:
    made.company._connect(name, kind, account, is_authoritative=authoritative)


def _spoil(chance: random.Random, value: str | None) -> str | None:
    return chance.choice([*DIRT, None]) if chance.random() < 0.06 else value


def _listed(
    chance: random.Random, made: Generated, name: str, kind: str, people: list[Person], *, authoritative: bool
) -> None:
    _connect(made, name, kind, None, authoritative=authoritative)
    attempt, has_rows = _attempt(chance, made, name, kind)
    if not has_rows:
        return
    leading = {key: attempt[key] for key in ("directory_id", "snapshot_id", "as_of")}
    style, rows = chance.choice(STYLES), made.company.rows[f"{kind}_accounts"]
    known = [each for each in FIELDS if chance.random() < (0.95 if authoritative else 0.7)]
    members = [person for person in people if authoritative or chance.random() < 0.8]
    for place, person in enumerate(members):
        row = {
            **leading,
            "native_id": person.number if authoritative else f"{chance.choice('abz')}{place}",
            "username": _spoil(chance, login(chance, person, style)),
            "display_name": _spoil(chance, f"{person.given} {person.family}"),
            "given_name": _spoil(chance, person.given),
            "family_name": _spoil(chance, person.family),
            "email": _spoil(chance, person.email) if "email" in known else None,
            "employee_id": _spoil(chance, person.number) if "employee_id" in known else None,
            "status": chance.choice(["active", "Active", None]) if not person.gone else "terminated",
            "terminated_on": NOW - timedelta(days=20) if person.gone and authoritative else None,
            "is_enabled": chance.choice([True, None, False]) if not authoritative else None,
            "created_at": NOW - timedelta(days=chance.choice([5, 91, 800])),
            "last_active_at": chance.choice([None, NOW - timedelta(days=chance.choice([0, 89, 91, 500]))]),
            "attributes": json.dumps({"department": "Sales"} if chance.random() < 0.3 else {}),
            "known_fields": json.dumps(known),
            "invalid_fields": json.dumps(["email"]) if chance.random() < 0.03 else None,
            "source_row": place + 2,
        }
        if authoritative and chance.random() < 0.05 and place:
            row["prior_employee_id"] = members[place - 1].number
        rows.append(row)
        if chance.random() < 0.04:
            rows.append({**row, "source_row": 500 + place, "email": chance.choice([row["email"], "other@example.com"])})
    _extras(chance, made, kind, leading, [row["native_id"] for row in rows if row["directory_id"] == name])


def _extras(chance: random.Random, made: Generated, kind: str, leading: Row, ids: list[str]) -> None:
    if kind == "file" or not ids:
        return
    for _ in range(chance.choice([1, 1, 2])):
        made.company.rows[f"{kind}_groups"].append(
            {**leading, "native_id": "g1", "name": chance.choice(["Admins", "All"])}
        )
    for account in chance.choices(ids, k=3):
        made.company.rows[f"{kind}_memberships"].append(
            {**leading, "account_native_id": account, "group_native_id": chance.choice(["g1", "g9"])}
        )
        if kind != "ldap":
            right = {"entitlement_id": "admin", "entitlement_name": chance.choice(["Admin", "Administrator"])}
            made.company.rows[f"{kind}_entitlements"].append(
                {
                    **leading,
                    "account_native_id": account,
                    **right,
                    "entitlement_type": "role",
                    "granted_through": "direct",
                }
            )


def _aws(chance: random.Random, made: Generated, name: str, people: list[Person]) -> None:
    account_id = f"{chance.randint(10**11, 10**12 - 1)}"
    _connect(made, name, "aws_iam", account_id, authoritative=False)
    attempt, has_rows = _attempt(chance, made, name, "aws_iam")
    if not attempt:
        return
    leading = {key: attempt[key] for key in ("directory_id", "snapshot_id", "as_of")}
    if chance.random() < 0.3:
        made.company.coverage(attempt, "iam:ListAccessKeys", chance.choice(["ok", "denied", "throttled"]))
    if not has_rows:
        return
    rows, style = made.company.rows, chance.choice(STYLES)
    rows["aws_iam_account"].append({**leading, "account_id": account_id, "partition": "aws", "summary": "{}"})
    names = [(login(chance, person, style), person) for person in people if chance.random() < 0.7]
    names += [(role, None) for role in chance.sample(ROLES, chance.randint(0, len(ROLES)))]
    for place, (user_name, person) in enumerate(names):
        user_id = f"AIDA{account_id[:4]}{place:04d}"
        tags = {}
        for tag in chance.sample(TAGS, chance.randint(0, 3)):
            owner = chance.choice(people) if people else None
            own = person if person is not None and tag in ("email", "employee_id") else owner
            value = (own.number if tag == "employee_id" else own.email) if own else "nobody@example.com"
            tags[tag] = str(_spoil(chance, value))
        gap = "iam:GetUser denied" if chance.random() < 0.05 else None
        keys_gap = "iam:ListAccessKeys denied" if chance.random() < 0.05 else None
        others = chance.choice([0, 0, 0, 1, None])
        user = {
            **leading,
            "user_id": user_id,
            "user_name": user_name,
            "path": "/",
            "arn": f"arn:aws:iam::{account_id}:user/{user_name}",
            "created_at": NOW - timedelta(days=chance.choice([3, 90, 91, 900])),
            "password_last_used_at": chance.choice([None, NOW - timedelta(days=chance.choice([1, 100]))]),
            "tags": None if gap else json.dumps(tags),
            "tags_gap": gap,
            "access_keys_gap": keys_gap,
            "other_credential_count": others,
            "other_credentials": "SSH public key" if others else None,
            "other_credentials_gap": "iam:ListSSHPublicKeys denied" if others is None else None,
        }
        rows["aws_iam_users"].append(user)
        known = chance.choice([True, False, None])
        rows["aws_iam_login_profiles"].append(
            {
                **leading,
                "user_id": user_id,
                "has_password": known,
                "created_at": NOW - timedelta(days=200) if known else None,
                "login_profile_gap": None if known is not None else "iam:GetLoginProfile denied",
            }
        )
        for number in range(0 if keys_gap else chance.choice([0, 1, 2])):
            _key(chance, made, leading, user_id, number)
    if rows["aws_iam_users"] and chance.random() < 0.15:
        twice = dict(chance.choice(rows["aws_iam_users"]))
        rows["aws_iam_users"].append({**twice, "tags": chance.choice([twice["tags"], '{"email": "x@example.com"}'])})


def _key(chance: random.Random, made: Generated, leading: Row, user_id: str, number: int) -> None:
    state = chance.choice(["used", "never_used", "unknown"])
    made.company.rows["aws_iam_access_keys"].append(
        {
            **leading,
            "access_key_id": f"AKIA{user_id[4:]}{number}",
            "user_id": user_id,
            "status": chance.choice(["Active", "Active", "Inactive"]),
            "created_at": NOW - timedelta(days=chance.choice([2, 90, 91, 700])),
            "last_used_state": state,
            "last_used_at": NOW - timedelta(days=chance.choice([0, 90, 91])) if state == "used" else None,
            "last_used_gap": "iam:GetAccessKeyLastUsed denied" if state == "unknown" else None,
        }
    )


def account_keys(rows: dict[str, list[Row]]) -> list[str]:
    """Every account of the company."""
    keys = [f"{row['directory_id']}:{row['user_id']}" for row in rows["aws_iam_users"]]
    for kind in KINDS:
        keys += [f"{row['directory_id']}:{row['native_id']}" for row in rows[f"{kind}_accounts"]]
    return sorted(set(keys))


def _decide(chance: random.Random, made: Generated) -> None:
    keys = [*account_keys(made.company.rows), "gone:AIDAGONE"]
    for number in range(chance.choice([0, 0, 1, 3, 6])):
        verb = chance.choice(["link", "unlink", "owner", "kind", "except"])
        target = chance.choice(["human", "service", "shared", "break_glass"]) if verb == "kind" else chance.choice(keys)
        ends: datetime | None = chance.choice([None, NOW - timedelta(days=1), NOW + timedelta(days=40)])
        columns: dict[str, Any] = {"expires_at": ends}
        made.company.decision(f"d-{number}", verb, None if verb == "except" else chance.choice(keys), target, **columns)


def rows_of(raw: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """A copy that can be changed without changing the company."""
    return defaultdict(list, {name: [dict(row) for row in table] for name, table in raw.items()})
