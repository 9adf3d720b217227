"""The sample company put together: people, logins in every directory, connections, and what must be found."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.demo.company import center, directories, ldif, machines, stories
from pipeline.demo.company.accounts import ACCOUNTS, policy_arn, prepare
from pipeline.demo.company.logins import Login
from pipeline.demo.company.people import Person, hire
from pipeline.demo.company.roster import COLUMNS, roster_csv
from pipeline.demo.company.scenario_builder import ScenarioBuilder
from pipeline.demo.company.truth import ExpectedAccount, Truth, expected
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.home import private_write

SEED = 20211
ROSTER, ROSTER_FILE, LDIF_FILE = "people", "hr.csv", "directory.ldif"
LDAP, SSO = directories.LDAP, directories.SSO


@dataclass(frozen=True)
class Company:
    """A populated company; ages count from `now`.

    `placed` are the logins of its AWS accounts, `entries` those of its LDAP directory, `users` those of its Identity
    Center.
    """

    now: datetime
    seed: int
    people: tuple[Person, ...]
    placed: tuple[ExpectedAccount, ...]
    entries: tuple[ExpectedAccount, ...]
    users: tuple[ExpectedAccount, ...]

    @property
    def everywhere(self) -> tuple[ExpectedAccount, ...]:
        """Every login of every directory but the roster."""
        return (*self.placed, *self.entries, *self.users)

    def truth(self, at: datetime | None = None, *, stale_after_days: int = 90) -> Truth:
        """What must be found as of an instant (default: the company's `now`)."""
        return expected(
            self.everywhere,
            self.people,
            tells_key_use={account.connection: account.tells_key_use for account in ACCOUNTS},
            tells_use={LDAP: True, SSO: False},
            now=self.now,
            at=at or self.now,
            stale_after_days=stale_after_days,
        )

    def of(self, story: str) -> list[ExpectedAccount]:
        """The logins of one story."""
        return [one for one in self.everywhere if one.login.story == story]

    def connections(self, ldap: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The entries of connections.yaml: AWS accounts, Identity Center, LDAP, the roster.

        `ldap` are the keys of a server that holds the directory; without one it is a file.
        """
        return connections(self.seed, ldap)

    def write_roster(self, path: Path) -> None:
        """Write the roster, as HR exports it."""
        private_write(path, roster_csv(self.people))

    def write_ldif(self, path: Path) -> None:
        """Write the directory's entries, as its administrator exports them."""
        private_write(path, ldif.people(self.entries, self.now))

    def server_ldif(self, password: str) -> str:
        """All that an LDAP server of the company holds; `password` is the reader's."""
        return ldif.server(self.entries, self.now, password)


def populate(aws: Emulator, now: datetime, seed: int = SEED) -> Company:
    """Put the company into an emulated AWS. The same `now` and `seed` give the same company, ids included."""
    draw = random.Random(seed)
    people = hire(draw, now)
    tale = ScenarioBuilder(people, draw, now)
    stories.tell(tale)
    for tell in (machines.services, machines.break_glass, machines.shared, machines.unknown):
        tell(tale)
    logins = tale.logins
    draw.shuffle(logins)
    directories.tell(tale)
    built = {one.connection: prepare(aws, one, external_id(one.connection, seed), now) for one in ACCOUNTS}
    placed = [_place(built[login.connection], login, now) for login in logins]
    entries = [_listed(one, ldif.entry_uuid(seed, one.name)) for one in tale.listed if one.connection == LDAP]
    users = [one for one in tale.listed if one.connection == SSO]
    ids = center.fill(aws, users, external_id(SSO, seed), now)
    in_order = (_sorted(placed), _sorted(entries), _sorted(_listed(one, ids[one.name]) for one in users))
    return Company(now, seed, tuple(people), *in_order)


def _listed(login: Login, native_id: str) -> ExpectedAccount:
    return ExpectedAccount(login, f"{login.connection}:{native_id}", native_id, "", ())


def _sorted(placed: Iterable[ExpectedAccount]) -> tuple[ExpectedAccount, ...]:
    return tuple(sorted(placed, key=lambda one: one.account_key))


def connections(seed: int = SEED, ldap: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The entries of connections.yaml; the same for every date."""
    accounts: list[dict[str, Any]] = [
        {
            "name": account.connection,
            "display_name": account.display_name,
            "kind": "aws_iam",
            "role_arn": account.role_arn,
            "external_id": external_id(account.connection, seed),
        }
        for account in ACCOUNTS
    ]
    identity_center = {
        "name": SSO,
        "display_name": "Identity Center",
        "kind": "aws_identity_center",
        "role_arn": center.ROLE_ARN,
        "external_id": external_id(SSO, seed),
        "region": center.REGION,
    }
    directory: dict[str, Any] = {"name": LDAP, "display_name": "Company directory"}
    if ldap is None:
        directory |= {"kind": "file", "path": LDIF_FILE, "columns": ldif.COLUMNS}
    else:
        directory |= {"kind": "ldap", **ldap, "base_dn": ldif.SUFFIX, "bind_dn": ldif.READER}
    roster = {"name": ROSTER, "display_name": "HR roster", "kind": "file", "path": ROSTER_FILE, "authoritative": True}
    return [*accounts, identity_center, directory, roster | {"columns": COLUMNS}]


def external_id(connection: str, seed: int) -> str:
    """A connection's external ID: made up from the seed, for the AWS it opens is made up too."""
    return "cc-" + hashlib.sha256(f"{seed}/{connection}".encode()).hexdigest()[:32]


def _place(built: EmulatedAccount, login: Login, now: datetime) -> ExpectedAccount:
    def ago(days: float | None) -> datetime | None:
        return None if days is None else now - timedelta(days=days)

    password = login.password
    user = built.user(
        login.name,
        path=login.path,
        created=ago(login.created),
        tags=login.tags,
        password_created=ago(password.created) if password else None,
        password_last_used=ago(password.last_used) if password else ago(login.leftover),
        mfa=login.mfa,
        boundary=policy_arn(built, login.boundary) if login.boundary else None,
        groups=login.groups,
    )
    keys = [
        built.key(
            user,
            created=ago(key.created),
            status=key.status,
            last_used=ago(key.last_used),
            service=key.service,
            region=key.region,
        )
        for key in login.keys
    ]
    _grant(built, user.name, login)
    return ExpectedAccount(
        login, f"{login.connection}:{user.user_id}", user.user_id, user.arn, tuple(key.access_key_id for key in keys)
    )


def _grant(built: EmulatedAccount, name: str, login: Login) -> None:
    for policy in login.policies:
        built.attach(name, policy_arn(built, policy))
    for policy, actions in login.inline.items():
        built.inline_policy(name, policy, list(actions))
