"""A company of which less could be read: one directory never, or single facts of accounts, each with its gap."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.integration.companies.generate import KINDS, rows_of
from tests.integration.dbt.raw_rows import Row

Raw = dict[str, list[Row]]
LISTED = tuple(f"{kind}_accounts" for kind in KINDS)


def directory(raw: Raw, chance: random.Random) -> str:
    """Every read of one directory failed: it has no snapshot."""
    name = chance.choice(sorted(row["directory_id"] for row in raw["connections"]))
    for row in raw["attempts"]:
        if row["directory_id"] == name:
            row.update(status="failed", is_current=False, rows=None)
    for table, rows in raw.items():
        if table not in ("connections", "attempts"):
            raw[table] = [row for row in rows if row.get("directory_id") != name]
    return f"{name} was never read"


def tags(raw: Raw, chance: random.Random) -> str:
    """Half of the users' tags were denied."""
    for row in raw["aws_iam_users"]:
        if chance.random() < 0.5:
            row.update(tags=None, tags_gap="iam:ListUserTags denied")
    return "tags denied"


def keys(raw: Raw, chance: random.Random) -> str:
    """Half of the users' keys could not be listed."""
    gone = {(row["directory_id"], row["user_id"]) for row in raw["aws_iam_users"] if chance.random() < 0.5}
    for row in raw["aws_iam_users"]:
        if (row["directory_id"], row["user_id"]) in gone:
            row["access_keys_gap"] = "iam:ListAccessKeys denied"
    kept = [row for row in raw["aws_iam_access_keys"] if (row["directory_id"], row["user_id"]) not in gone]
    raw["aws_iam_access_keys"] = kept
    return "keys denied"


def key_use(raw: Raw, chance: random.Random) -> str:
    """When half of the keys were used last is not known."""
    for row in raw["aws_iam_access_keys"]:
        if chance.random() < 0.5:
            row.update(last_used_state="unknown", last_used_at=None)
            row["last_used_gap"] = "iam:GetAccessKeyLastUsed throttled"
    return "use of keys throttled"


def passwords(raw: Raw, chance: random.Random) -> str:
    """Whether half of the users have a password is not known."""
    for row in raw["aws_iam_login_profiles"]:
        if chance.random() < 0.5:
            row.update(has_password=None, created_at=None, last_used_state=None, last_used_at=None)
            row["login_profile_gap"] = "iam:GetLoginProfile denied"
    return "passwords denied"


def cells(raw: Raw, chance: random.Random) -> str:
    """One column of half the rows outside the rosters could not be read."""
    column = chance.choice(["email", "last_active_at", "employee_id", "is_enabled"])
    for row in _outside(raw):
        if chance.random() < 0.5:
            row[column] = None
            row["invalid_fields"] = json.dumps([*json.loads(row["invalid_fields"] or "[]"), column])
    return f"{column} not readable"


def columns(raw: Raw, chance: random.Random) -> str:
    """When somebody was active last is in no directory outside the rosters."""
    column = "last_active_at"
    for row in _outside(raw):
        row[column] = None
        row["known_fields"] = json.dumps([each for each in json.loads(row["known_fields"]) if each != column])
    return f"no column {column}"


def _outside(raw: Raw) -> list[Row]:
    rosters = {row["directory_id"] for row in raw["connections"] if row["is_authoritative"]}
    return [row for table in LISTED for row in raw[table] if row["directory_id"] not in rosters]


REMOVALS: tuple[Callable[[Raw, random.Random], str], ...] = (
    directory,
    tags,
    keys,
    key_use,
    passwords,
    cells,
    columns,
)


def less(raw: Raw, chance: random.Random) -> tuple[Raw, str]:
    """A copy of the company with some evidence gone, and what."""
    copy = rows_of(raw)
    return copy, chance.choice(REMOVALS)(copy, chance)
