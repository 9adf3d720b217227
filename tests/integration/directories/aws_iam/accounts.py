"""Accounts to read: random ones by hypothesis, and one in which every kind of fact occurs once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from pipeline.demo.emulator import EmulatedAccount, UserRef
from tests.integration.directories.aws_iam.reading import ago

NAME = st.text("abcXYZ0189+=,.@_-", min_size=1, max_size=8)
DAYS = st.integers(0, 900)
AWS_POLICIES = ("AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess")
GROUPS = ("admins", "Readers", "nobody")


@dataclass
class Person:
    """One user to be made; days count back from now."""

    name: str
    created: int
    path: str
    tags: dict[str, str]
    password: int | None
    password_used: int | None
    mfa: bool
    bounded: bool
    groups: list[str]
    attached: list[str]
    inline: list[str]
    keys: list[dict[str, Any]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    """The builder's method and the status of each certificate, SSH key and service-specific credential."""


def _people() -> st.SearchStrategy[Person]:
    key = st.fixed_dictionaries(
        {
            "created": DAYS,
            "status": st.sampled_from(["Active", "Inactive"]),
            "last_used": st.none() | DAYS,
            "service": st.sampled_from(["s3", "iam"]),
            "region": st.sampled_from(["eu-west-1", ""]),
        }
    )
    return st.builds(
        Person,
        name=NAME,
        created=DAYS,
        path=st.sampled_from(["/", "/eng/", "/a/b <c>/"]),
        tags=st.dictionaries(NAME, st.text("aZ é漢+=-@./:", max_size=6), max_size=3),
        password=st.none() | DAYS,
        password_used=st.none() | DAYS,
        mfa=st.booleans(),
        bounded=st.booleans(),
        groups=st.lists(st.sampled_from(GROUPS), unique=True),
        attached=st.lists(st.sampled_from(AWS_POLICIES), unique=True, max_size=2),
        inline=st.lists(NAME, unique=True, max_size=2),
        keys=st.lists(key, max_size=2),
        others=st.lists(
            st.tuples(
                st.sampled_from(["certificate", "ssh_key", "service_credential"]),
                st.sampled_from(["Active", "Inactive"]),
            ),
            max_size=2,
        ),
    )


PEOPLE = st.lists(_people(), max_size=6, unique_by=lambda person: person.name.lower())


def people_account(account: EmulatedAccount, people: list[Person]) -> None:
    """Fill an account with `people`, three groups and a policy of its own."""
    boundary = account.managed_policy("boundary", ["s3:*"], versions=[["ec2:*"]])
    own = account.managed_policy("own-é", ["dynamodb:*"], path="/team/", versions=[["sqs:*"], ["sns:*"]])
    account.managed_policy("unused", ["*"])
    for group in GROUPS:
        account.group(group, created=ago(700))
    account.attach("admins", "AdministratorAccess", group=True)
    account.attach("Readers", own, group=True)
    account.inline_policy("Readers", "more", ["kms:Decrypt"], group=True)
    account.alias("the-company")
    for person in people:
        _make(account, person, boundary)


def _make(account: EmulatedAccount, person: Person, boundary: str) -> UserRef:
    made = account.user(
        person.name,
        path=person.path,
        created=ago(person.created),
        tags=person.tags,
        password_created=_ago(person.password),
        password_last_used=_ago(person.password_used),
        mfa=person.mfa,
        boundary=boundary if person.bounded else None,
        groups=person.groups,
    )
    for policy in person.attached:
        account.attach(made, policy)
    for name in person.inline:
        account.inline_policy(made, name, ["s3:GetObject"])
    for key in person.keys:
        account.key(made, **key | {"created": ago(key["created"]), "last_used": _ago(key["last_used"])})
    for method, status in person.others:
        getattr(account, method)(made, status=status)
    return made


def _ago(days: int | None) -> datetime | None:
    return None if days is None else ago(days)


def full_account(account: EmulatedAccount) -> None:
    """Every kind of fact once: alice has everything, bob only a password, carol only a key, dave nothing."""
    people_account(
        account,
        [
            Person("alice", 400, "/eng/", {"email": "a@x.io"}, 300, 200, True, True, ["admins", "Readers"],
                   ["ReadOnlyAccess"], ["extra"],
                   [{"created": 100, "status": "Active", "last_used": 3, "service": "s3", "region": "eu-west-1"}]),
            Person("bob", 300, "/", {}, 200, None, False, False, ["Readers"], [], []),
            Person("carol", 200, "/", {"owner": "alice"}, None, 190, False, False, [], [], [],
                   [{"created": 90, "status": "Active", "last_used": None, "service": "s3", "region": ""},
                    {"created": 80, "status": "Inactive", "last_used": 70, "service": "iam", "region": ""}]),
            Person("dave", 100, "/", {}, None, None, False, False, [], [], []),
        ],
    )  # fmt: skip
    account.root(mfa=False, password_last_used=ago(30), key_created=ago(500), key_last_used=ago(60))
