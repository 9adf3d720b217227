"""The accounts that are read: how large, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.demo.emulator import EmulatedAccount

NOW = datetime.now(UTC).replace(microsecond=0)
ROLE, EXTERNAL_ID = "CertificationCenterReadOnly", "cc-benchmark-0123456789abcdef"


@dataclass(frozen=True)
class Size:
    """One account's. Every other user holds a key and every second of those a second one; `policies` are the customer's
    own, with a document of a kilobyte. `actions` None: the role may do what IAMReadOnlyAccess allows."""

    account_id: str
    users: int
    groups: int
    policies: int
    actions: tuple[str, ...] | None = None

    @property
    def key_holders(self) -> int:
        """Users with at least one key."""
        return (self.users + 1) // 2


def full(users: int, groups: int, policies: int) -> Size:
    """One account; AWS allows 5,000 users, 300 groups and 1,500 policies."""
    return Size("111122223333", users, groups, policies)


def organization(accounts: int, users: int) -> list[Size]:
    """Many accounts of the same, moderate size."""
    return [Size(f"{200_000_000_000 + number}", users, 5, 10) for number in range(accounts)]


def fill(account: EmulatedAccount, size: Size, hub_arn: str) -> str:
    """Put everything in place; gives the ARN of the role to read it with."""
    arns = [account.managed_policy(f"policy-{number:04}", _document(number)) for number in range(size.policies)]
    for number in range(size.groups):
        name = f"group-{number:03}"
        account.group(name, created=_ago(900))
        account.attach(name, "ReadOnlyAccess", group=True)
        account.inline_policy(name, "own", _document(number), group=True)
        if arns:
            account.attach(name, arns[number % len(arns)], group=True)
    for number in range(size.users):
        _user(account, number, size, arns)
    account.root()
    policy = None if size.actions is None else list(size.actions)
    return account.role(ROLE, external_id=EXTERNAL_ID, trust_principal=hub_arn, policy=policy)


def _user(account: EmulatedAccount, number: int, size: Size, arns: list[str]) -> None:
    name, age = f"person-{number:05}", 30 + number % 900
    account.user(
        name,
        path=f"/team-{number % 40}/",
        created=_ago(age),
        tags={"email": f"{name}@example.com", "cost-center": f"{number % 70:04}"},
        # set with the user and used since, or never: the report settles both without a question about the user
        # whoever has no key has a password: users with neither cost a call each, for their SSH keys
        password_created=_ago(age) if number % 3 or number % 2 else None,
        password_last_used=_ago(min(number % 200, age - 1)) if number % 4 else None,
        mfa=number % 5 == 0,
        groups=sorted({f"group-{(number * factor) % size.groups:03}" for factor in (1, 7)}) if size.groups else [],
    )
    if number % 2 == 0:
        for _ in range(1 + number // 2 % 2):
            account.key(name, created=_ago(25 + number % 500 + _), last_used=_ago(number % 90) if number % 6 else None)
    if number % 10 == 0:
        account.inline_policy(name, "extra", _document(number))
    if arns:
        account.attach(name, arns[number % len(arns)])


def _document(number: int) -> dict[str, object]:
    """A policy document of about a kilobyte."""
    buckets = [f"arn:aws:s3:::team-{number}-bucket-{each:02}/*" for each in range(16)]
    actions = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "kms:Decrypt", "logs:PutLogEvents"]
    statement = {"Sid": f"Team{number}", "Effect": "Allow", "Action": actions, "Resource": buckets}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
