"""One fact, one value: whatever way an account is read, no two ways contradict each other.

Random accounts, each read in bulk, user by user with the credential report, user by user without it, and with the nine
minimal actions. A fact two of them know is the same; one that knows less says so with a gap.
"""

from __future__ import annotations

import os
import random
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.directories.base import Snapshot
from tests.integration.directories.aws_iam.accounts import AWS_POLICIES, GROUPS
from tests.integration.directories.aws_iam.reading import IDENTITY, NINE, NOW, ago, complete, connect, read, rows

BULK, REPORT = {"iam:GetAccountAuthorizationDetails"}, {"iam:GenerateCredentialReport", "iam:GetCredentialReport"}
ROUTES: Mapping[str, Collection[str] | None] = {
    "bulk": None,
    "report": READ_ACTIONS.keys() - BULK,
    "calls": READ_ACTIONS.keys() - BULK - REPORT,
    "nine": NINE,
}
SOURCES = ("source", "_gap", "evidence_as_of")
"""How a column ends that says where a fact is from, and not what it is."""
GAP_OF = {
    ("account", "alias"): ("alias_gap",),
    ("account", "summary"): ("summary_gap",),
    ("users", "tags"): ("tags_gap",),
    ("users", "permissions_boundary_arn"): ("boundary_gap",),
    ("users", "mfa_enabled"): ("mfa_gap",),
    ("users", "other_credential_count"): ("other_credentials_gap",),
    ("users", "other_credentials"): ("other_credentials_gap",),
    ("login_profiles", "has_password"): ("login_profile_gap",),
    ("login_profiles", "created_at"): ("created_gap", "login_profile_gap"),
    ("login_profiles", "last_used_state"): ("last_used_gap", "login_profile_gap"),
    ("login_profiles", "last_used_at"): ("last_used_gap", "login_profile_gap"),
    **{("access_keys", f"last_used_{part}"): ("last_used_gap",) for part in ("state", "at", "service", "region")},
    ("inline_policies", "document"): ("document_gap",),
    **{
        ("managed_policies", column): ("document_gap",)
        for column in ("document", "policy_id", "default_version_id", "attachment_count")
    },
}
"""By table and column: what says that a null is no answer."""
ONLY_IN_THE_REPORT = ("login_profiles", "password_last_changed_at")
"""Null means that it was not read: no verdict takes it for anything else."""
HOLDER_GAPS = {
    "memberships": ("groups_gap", "members_gap"),
    "attached_policies": ("attached_policies_gap",),
    "inline_policies": ("inline_policies_gap",),
    "access_keys": ("access_keys_gap",),
    "managed_policies": ("attached_policies_gap", "boundary_gap"),
}
"""By table: what says of a user or a group that rows of it are missing."""
HOLDERS = (("users", "user_id"), ("groups", "group_id"))


@pytest.fixture(scope="module")
def world() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator, emulator.exported(os.environ):
        yield emulator


def random_account(aws: Emulator, seed: int) -> EmulatedAccount:
    """Up to five users, three groups, policies of every kind; passwords reset and made anew, keys switched off."""
    chance = random.Random(seed)
    account = aws.account(f"{300000000000 + seed}")
    boundary = account.managed_policy("boundary", ["s3:*"])
    own = account.managed_policy("own", ["codecommit:*"], versions=[["sqs:*"]])
    for group in GROUPS:
        account.group(group, created=ago(900))
        if chance.random() < 0.5:
            account.attach(group, chance.choice([own, *AWS_POLICIES]), group=True)
        if chance.random() < 0.3:
            account.inline_policy(group, "more", ["kms:Decrypt"], group=True)
    for number in range(chance.randint(0, 5)):
        random_user(account, chance, f"user-{number}", own, boundary)
    if chance.random() < 0.5:
        account.alias("the-company")
    return account


def random_user(account: EmulatedAccount, chance: random.Random, name: str, own: str, boundary: str) -> None:
    created = chance.randint(0, 900)

    def since(earliest: int) -> datetime:
        return ago(chance.randint(0, earliest))

    made = chance.choice([None, created, chance.randint(0, created)])
    changed = chance.choice([None, chance.randint(0, made)]) if made is not None else None
    account.user(
        name,
        path=chance.choice(["/", "/eng/"]),
        created=ago(created),
        tags=chance.choice([{}, {"email": f"{name}@x.io", "Owner": "é"}]),
        password_created=None if made is None else ago(made),
        password_changed=None if changed is None else ago(changed),
        password_last_used=chance.choice([None, since(created)]),  # maybe with a password that was deleted since
        mfa=chance.random() < 0.5,
        boundary=boundary if chance.random() < 0.3 else None,
        groups=chance.sample(GROUPS, chance.randint(0, 2)),
    )
    for policy in chance.sample([own, *AWS_POLICIES], chance.randint(0, 2)):
        account.attach(name, policy)
    for inline in range(chance.randint(0, 1)):
        account.inline_policy(name, f"inline-{inline}", ["s3:GetObject"])
    for _ in range(chance.randint(0, 2)):
        age = chance.randint(0, created)
        status, used = chance.choice(["Active", "Inactive", "Expired"]), chance.choice([None, since(age)])
        account.key(name, created=ago(age), status=status, last_used=used, region=chance.choice(["eu-west-1", ""]))
    for _ in range(chance.randint(0, 2)):
        status = chance.choice(["Active", "Inactive"])
        if chance.random() < 0.5:
            expires = chance.choice([None, ago(5), ago(-5), NOW])
            account.service_credential(name, "bedrock.amazonaws.com", status=status, expires=expires)
        else:
            chance.choice([account.ssh_key, account.certificate])(name, status=status)


def contradictions(first: Snapshot, second: Snapshot) -> list[str]:
    """What one says and the other denies, or leaves out without a gap."""
    found = []
    for table, identity in IDENTITY.items():
        one, other = ({tuple(each[i] for i in identity): each for each in rows(s, table)} for s in (first, second))
        for key in one.keys() | other.keys():
            if key not in one or key not in other:
                silent, full = (first, other) if key not in one else (second, one)
                if not is_gap_of_rows(silent, table, full[key]):
                    found.append(f"{table} {key} is missing")
                continue
            found += [
                f"{table}.{column} of {key}: {one[key][column]!r} and {other[key][column]!r}"
                for column in one[key]
                if not column.endswith(SOURCES)
                and one[key][column] != other[key][column]
                and not any(is_unknown(s, table, column, row) for s, row in ((first, one[key]), (second, other[key])))
            ]
    return found


def is_unknown(snapshot: Snapshot, table: str, column: str, row: Mapping[str, Any]) -> bool:
    """Whether a value is none, and a gap says so."""
    if row[column] not in (None, "unknown"):
        return False
    if (table, column) == ONLY_IN_THE_REPORT or any(row[gap] for gap in GAP_OF.get((table, column), ())):
        return True
    if column.startswith("other_credential"):  # not asked about who may have a password or a key
        [login] = [each for each in rows(snapshot, "login_profiles") if each["user_id"] == row["user_id"]]
        return bool(row["access_keys_gap"] or login["login_profile_gap"])
    return False


def is_gap_of_rows(snapshot: Snapshot, table: str, row: Mapping[str, Any]) -> bool:
    """Whether `snapshot` says that it does not know all rows of this kind."""
    if table == "root_user":
        return any(line.action in REPORT and line.outcome == "denied" for line in snapshot.coverage)
    ids = {row.get(name) for name in ("user_id", "group_id", "principal_id")} - {None}
    return any(
        holder.get(gap)
        for holders, its_id in HOLDERS
        for holder in rows(snapshot, holders)
        if not ids or holder[its_id] in ids
        for gap in HOLDER_GAPS.get(table, ())
    )


def check(aws: Emulator, seed: int) -> None:
    account = random_account(aws, seed)
    connections = {
        name: connect(aws, account, None if actions is None else sorted(actions)) for name, actions in ROUTES.items()
    }
    snapshots = {name: complete(read(connection)) for name, connection in connections.items()}
    for first, second in combinations(snapshots, 2):
        found = contradictions(snapshots[first], snapshots[second])
        assert found == [], f"seed {seed}: {first} against {second}"


@pytest.mark.parametrize("seed", range(30))
def test_no_two_routes_contradict_each_other(world: Emulator, seed: int) -> None:
    check(world, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1500))
def test_no_two_routes_contradict_each_other_in_many_accounts(world: Emulator, seed: int) -> None:
    check(world, seed)
