"""One directory of a random company: how it was read, and who is in it."""

from __future__ import annotations

import json
import random
from datetime import timedelta

from tests.integration.companies.words import ROLES, STYLES, Language, Person, login
from tests.integration.dbt.raw_rows import NOW, Company, Row

READS = ("complete", "complete", "complete", "complete", "failed", "held", "empty", "never")
FIELDS = (
    "email",
    "employee_id",
    "last_active_at",
    "created_at",
    "display_name",
    "entitlements",
    "status",
    "is_enabled",
)
STATUSES = ("active", "Active", None, "Laid off", "T", "zusta")
OUTCOMES = ("ok", "denied", "throttled", "failed", "not_tried")
ACTIONS = ("iam:ListAccessKeys", "iam:GetLoginProfile", "iam:GetAccessKeyLastUsed", "iam:ListUserTags")


def attempt(chance: random.Random, company: Company, name: str, kind: str, rows: int, log: list[str]) -> Row | None:
    """How the directory was read last; the attempt its rows are of, if any are there."""
    read = chance.choice(READS)
    log.append(f"{name} ({kind}): {read}")
    if read == "never":
        return None
    if chance.random() < 0.3:  # what it had before: it may have shrunk since
        before = NOW - timedelta(hours=chance.choice([30, 200]))
        company.attempt(name, kind, as_of=before, current=False, rows=rows * chance.choice([1, 2, 30]))
    if read in ("complete", "empty"):
        instant = NOW - timedelta(hours=chance.choice([0, 0, 1, 50]))
        last = company.attempt(name, kind, as_of=instant, rows=rows if read == "complete" else 0)
        return last if read == "complete" else None
    earlier = None
    if chance.random() < 0.6:
        earlier = company.attempt(name, kind, as_of=NOW - timedelta(hours=chance.choice([3, 30, 80])), rows=rows)
    company.attempt(name, kind, status=read, as_of=NOW, rows=None)
    return earlier


def listed(
    chance: random.Random,
    company: Company,
    words: Language,
    name: str,
    kind: str,
    people: list[Person],
    log: list[str],
    *,
    authoritative: bool,
) -> None:
    """A directory that lists accounts as such."""
    company._connect(name, kind, None, is_authoritative=authoritative, lists_only_active=chance.random() < 0.1)
    members = [person for person in people if authoritative or chance.random() < 0.8]
    read = attempt(chance, company, name, kind, len(members), log)
    if read is None:
        return
    leading = {key: read[key] for key in ("directory_id", "snapshot_id", "as_of")}
    style, rows = chance.choice(STYLES), company.rows[f"{kind}_accounts"]
    known = [each for each in FIELDS if chance.random() < (0.95 if authoritative else 0.7)]
    hostile_ids = chance.random() < 0.1
    for place, person in enumerate(members):
        row = _account(chance, words, person, login(chance, person, style), known, authoritative=authoritative)
        row |= {**leading, "source_row": place + 2}
        row["native_id"] = person.number if authoritative else f"{chance.choice('abz')}{place}"
        if hostile_ids:
            row["native_id"] += chance.choice(['"', "\\", ":", "'", " ", "ü"])
        if authoritative and place and chance.random() < 0.05:
            row["prior_employee_id"] = members[place - 1].number
        rows.append(row)
        if chance.random() < 0.04:
            rows.append({**row, "source_row": 500 + place, "email": chance.choice([row["email"], "other@example.com"])})
    _extras(chance, company, kind, leading, [row["native_id"] for row in rows if row["directory_id"] == name])


def _account(
    chance: random.Random, words: Language, person: Person, user_name: str, known: list[str], *, authoritative: bool
) -> Row:
    attributes = {tag: value for tag, value in words.tags(chance, person, [person]).items() if tag in words.meanings}
    status = "terminated" if person.gone else chance.choice(STATUSES[:3] if chance.random() < 0.9 else STATUSES)
    return {
        "username": words.spoil(chance, user_name),
        "display_name": words.spoil(chance, f"{person.given} {person.family}"),
        "given_name": words.spoil(chance, person.given),
        "family_name": words.spoil(chance, person.family),
        "email": words.spoil(chance, person.email) if "email" in known else None,
        "alias_emails": json.dumps([f"a.{person.email}"]) if chance.random() < 0.1 else None,
        "employee_id": words.spoil(chance, person.number) if "employee_id" in known else None,
        "status": status,
        "terminated_on": NOW - timedelta(days=20) if person.gone and authoritative else None,
        "is_enabled": chance.choice([True, None, False]) if not authoritative else None,
        "created_at": NOW - timedelta(days=chance.choice([5, 91, 800])),
        "last_active_at": chance.choice([None, NOW - timedelta(days=chance.choice([0, 89, 91, 500]))]),
        "attributes": json.dumps({**({"department": "Sales"} if chance.random() < 0.3 else {}), **attributes}),
        "known_fields": json.dumps(known),
        "invalid_fields": json.dumps([chance.choice(["email", "last_active_at", "is_enabled", "status"])])
        if words.is_gap(chance)
        else None,
    }


def _extras(chance: random.Random, company: Company, kind: str, leading: Row, ids: list[str]) -> None:
    if kind == "file" or not ids:
        return
    for _ in range(chance.choice([1, 1, 2])):
        group = {**leading, "native_id": "g1", "name": chance.choice(["Admins", "All"])}
        company.rows[f"{kind}_groups"].append(group)
    for account in chance.choices(ids, k=3):
        member = {**leading, "account_native_id": account, "group_native_id": chance.choice(["g1", "g9"])}
        company.rows[f"{kind}_memberships"].append(member)
        if kind != "ldap":
            right = {"entitlement_id": "admin", "entitlement_name": chance.choice(["Admin", "Administrator"])}
            right |= {"account_native_id": account, "entitlement_type": "role", "granted_through": "direct"}
            company.rows[f"{kind}_entitlements"].append({**leading, **right})


def aws(
    chance: random.Random, company: Company, words: Language, name: str, people: list[Person], log: list[str]
) -> None:
    """An AWS account."""
    account_id = f"{chance.randint(10**11, 10**12 - 1)}"
    company._connect(name, "aws_iam", account_id, is_authoritative=False)
    style = chance.choice(STYLES)
    names = [(login(chance, person, style), person) for person in people if chance.random() < 0.7]
    names += [(role, None) for role in chance.sample(ROLES, chance.randint(0, len(ROLES)))]
    read = attempt(chance, company, name, "aws_iam", len(names), log)
    if read is None:
        return
    for action in chance.sample(ACTIONS, chance.choice([0, 0, 1, 3])):
        company.coverage(read, action, chance.choice(OUTCOMES))
    leading = {key: read[key] for key in ("directory_id", "snapshot_id", "as_of")}
    rows = company.rows
    rows["aws_iam_account"].append({**leading, "account_id": account_id, "partition": "aws", "summary": "{}"})
    for place, (user_name, person) in enumerate(names):
        user_id = f"AIDA{account_id[:4]}{place:04d}"
        keys_gap = "iam:ListAccessKeys denied" if words.is_gap(chance) else None
        user = _user(chance, words, words.tags(chance, person, people))
        user |= {**leading, "user_id": user_id, "user_name": user_name, "access_keys_gap": keys_gap}
        rows["aws_iam_users"].append({**user, "arn": f"arn:aws:iam::{account_id}:user/{user_name}"})
        rows["aws_iam_login_profiles"].append({**leading, "user_id": user_id, **_password(chance)})
        for number in range(0 if keys_gap else chance.choice([0, 1, 2])):
            key = {**leading, "access_key_id": f"AKIA{user_id[4:]}{number}", "user_id": user_id}
            rows["aws_iam_access_keys"].append({**key, **_key(chance)})
    if rows["aws_iam_users"] and chance.random() < 0.15:
        twice = dict(chance.choice(rows["aws_iam_users"]))
        rows["aws_iam_users"].append({**twice, "tags": chance.choice([twice["tags"], '{"email": "x@example.com"}'])})


def _user(chance: random.Random, words: Language, tags: dict[str, str]) -> Row:
    gap = chance.choice(["iam:GetUser denied", "iam:ListUserTags throttled"]) if words.is_gap(chance) else None
    others = chance.choice([0, 0, 0, 1, None])
    return {
        "other_credential_count": others,
        "other_credentials": "SSH public key" if others else None,
        "other_credentials_gap": "iam:ListSSHPublicKeys denied" if others is None else None,
        "path": "/",
        "created_at": NOW - timedelta(days=chance.choice([3, 90, 91, 900])),
        "password_last_used_at": chance.choice([None, NOW - timedelta(days=chance.choice([1, 100]))]),
        "tags": None if gap else json.dumps(tags),
        "tags_gap": gap,
    }


def _password(chance: random.Random) -> Row:
    has, used = chance.choice([True, False, None]), chance.choice([None, "used", "never_used"])
    return {
        "has_password": has,
        "created_at": NOW - timedelta(days=200) if has and chance.random() < 0.8 else None,
        "login_profile_gap": None if has is not None else "iam:GetLoginProfile denied",
        "last_used_state": used if has else None,
        "last_used_at": NOW - timedelta(days=chance.choice([0, 90, 91])) if has and used == "used" else None,
    }


def _key(chance: random.Random) -> Row:
    state = chance.choice(["used", "never_used", "unknown"])
    return {
        "status": chance.choice(["Active", "Active", "Inactive"]),
        "created_at": NOW - timedelta(days=chance.choice([2, 90, 91, 700])),
        "last_used_state": state,
        "last_used_at": NOW - timedelta(days=chance.choice([0, 90, 91])) if state == "used" else None,
        "last_used_gap": "iam:GetAccessKeyLastUsed denied" if state == "unknown" else None,
    }
