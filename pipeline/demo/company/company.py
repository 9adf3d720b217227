"""The sample company put together: people, logins in three AWS accounts, connections, and what must be found."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.demo.company import machines, stories
from pipeline.demo.company.accounts import ACCOUNTS, AwsAccount, policy_arn, prepare
from pipeline.demo.company.logins import Login
from pipeline.demo.company.people import Person, hire
from pipeline.demo.company.roster import COLUMNS, roster_csv
from pipeline.demo.company.telling import Teller
from pipeline.demo.company.truth import Placed, Truth, expected
from pipeline.demo.emulator import Account, Emulator
from pipeline.home import private_write

SEED = 20211
ROSTER, ROSTER_FILE = "people", "hr.csv"


@dataclass(frozen=True)
class Company:
    """A populated company; ages count from `now`."""

    now: datetime
    seed: int
    people: tuple[Person, ...]
    placed: tuple[Placed, ...]

    def truth(self, at: datetime | None = None, *, stale_after_days: int = 90) -> Truth:
        """What must be found as of an instant (default: the company's `now`)."""
        return expected(
            self.placed,
            self.people,
            tells_key_use={account.connection: account.tells_key_use for account in ACCOUNTS},
            now=self.now,
            at=at or self.now,
            stale_after_days=stale_after_days,
        )

    def of(self, story: str) -> list[Placed]:
        """The logins of one story."""
        return [one for one in self.placed if one.login.story == story]

    def connections(self) -> list[dict[str, Any]]:
        """The entries of connections.yaml: an AWS account each, and the roster."""
        return connections(self.seed)

    def write_roster(self, path: Path) -> None:
        """Write the roster, as HR exports it."""
        private_write(path, roster_csv(self.people))


def populate(aws: Emulator, now: datetime, seed: int = SEED) -> Company:
    """Put the company into an emulated AWS. The same `now` and `seed` give the same company, ids included."""
    draw = random.Random(seed)
    people = hire(draw, now)
    tale = Teller(people, draw, now)
    stories.tell(tale)
    for tell in (machines.services, machines.break_glass, machines.shared, machines.unknown):
        tell(tale)
    logins = tale.logins
    draw.shuffle(logins)
    built = {one.connection: prepare(aws, one, external_id(one, seed), now) for one in ACCOUNTS}
    placed = [_place(built[login.connection], login, now) for login in logins]
    return Company(now, seed, tuple(people), tuple(sorted(placed, key=lambda one: one.account_key)))


def connections(seed: int = SEED) -> list[dict[str, Any]]:
    """The entries of connections.yaml; the same for every date."""
    accounts: list[dict[str, Any]] = [
        {
            "name": account.connection,
            "display_name": account.display_name,
            "kind": "aws_iam",
            "role_arn": account.role_arn,
            "external_id": external_id(account, seed),
        }
        for account in ACCOUNTS
    ]
    roster = {"name": ROSTER, "display_name": "HR roster", "kind": "file", "path": ROSTER_FILE, "authoritative": True}
    return [*accounts, roster | {"columns": COLUMNS}]


def external_id(account: AwsAccount, seed: int) -> str:
    """A connection's external ID: made up from the seed, for the AWS it opens is made up too."""
    return "cc-" + hashlib.sha256(f"{seed}/{account.connection}".encode()).hexdigest()[:32]


def _place(built: Account, login: Login, now: datetime) -> Placed:
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
    return Placed(
        login, f"{login.connection}:{user.user_id}", user.user_id, user.arn, tuple(key.access_key_id for key in keys)
    )


def _grant(built: Account, name: str, login: Login) -> None:
    for policy in login.policies:
        built.attach(name, policy_arn(built, policy))
    for policy, actions in login.inline.items():
        built.inline_policy(name, policy, list(actions))
