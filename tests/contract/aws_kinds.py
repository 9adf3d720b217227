"""The kinds that read AWS, against the emulated one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from pipeline.aws.source_session import RetryPolicy
from pipeline.connections.models import AwsIamConnection, AwsIdentityCenterConnection
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_iam.reader import AWS_IAM
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS
from pipeline.directories.aws_identity_center.reader import AWS_IDENTITY_CENTER
from tests.contract.running import NOW, Person, Running

ACCOUNT, EXTERNAL_ID = "111122223333", "cc-contract-0123456789abcdef"
NOWHERE = "http://127.0.0.1:1"


class _Aws(Running):
    abilities = frozenset({"pages", "flaky", "lost", "credentials", "denied"})
    secrets = (EXTERNAL_ID,)

    def __init__(self, aws: Emulator) -> None:
        self.aws, self.account = aws, aws.account(ACCOUNT)
        self.secrets = (EXTERNAL_ID, aws.environment()["AWS_SECRET_ACCESS_KEY"])

    def _role(self, policy: list[str] | None) -> str:
        return self.account.role("Reader", external_id=EXTERNAL_ID, trust_principal=self.aws.hub_arn, policy=policy)

    def entry(self) -> dict[str, str]:
        return {
            "name": "contract",
            "kind": self.kind,
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/Reader",
            "external_id": "${EXTERNAL_ID}",
        }

    def environ(self) -> dict[str, str]:
        return {"EXTERNAL_ID": EXTERNAL_ID}

    def gone(self) -> None:
        os.environ["AWS_ENDPOINT_URL"] = NOWHERE
        self.directory = replace(self.directory, patience=RetryPolicy(1, 2, 2))  # type: ignore[type-var]

    def pages(self, size: int) -> None:
        self.aws.faults.page_size(size)

    def flaky(self) -> None:
        self.aws.faults.throttle(0.07)
        self.aws.faults.error500(0.07)
        self.aws.faults.truncate(0.06)

    def lose(self) -> None:
        self.aws.faults.truncate(1, actions=[self.main_action])

    def lock_out(self) -> None:
        self.account.role_trust("Reader", {"Version": "2012-10-17", "Statement": []})

    def deny(self) -> None:
        self.aws.faults.deny(self.main_action)


class RunningIam(_Aws):
    """`aws_iam`: user names are all it has, and AWS allows few characters in them."""

    kind, main_action = "aws_iam", "iam:ListUsers"
    username_column = shown_column = "user_name"
    hostile = ("=1+1", "+1+1", "-2+3", "@SUM", "x,y", "null", "NA", "None", "00042", "a=b@c.d", "_", "x" * 64)
    unicode = ()

    def __init__(self, aws: Emulator) -> None:
        super().__init__(aws)
        self.directory = replace(AWS_IAM, sleep=lambda _: None)
        self.connection = AwsIamConnection(
            name="contract", role_arn=self._role(None), external_id=SecretStr(EXTERNAL_ID)
        )

    def put(self, people: Iterable[Person]) -> None:
        for each in people:
            self.account.user(each.shown, created=NOW, password_created=NOW)

    def drop(self, usernames: Iterable[str]) -> None:
        for each in usernames:
            self.account.delete_user(each)


class RunningCenter(_Aws):
    """`aws_identity_center`."""

    kind, main_action = "aws_identity_center", "identitystore:ListUsers"

    def __init__(self, aws: Emulator) -> None:
        super().__init__(aws)
        self.directory = replace(AWS_IDENTITY_CENTER, calls_per_second=100_000)
        self.center = aws.identity_center(ACCOUNT)
        self.connection = AwsIdentityCenterConnection(
            name="contract",
            role_arn=self._role(sorted(CENTER_ACTIONS)),
            external_id=SecretStr(EXTERNAL_ID),
            region="eu-central-1",
        )

    def entry(self) -> dict[str, str]:
        return {**super().entry(), "region": "eu-central-1"}

    def put(self, people: Iterable[Person]) -> None:
        ids = [self.center.user(each.username, display_name=each.shown) for each in people]
        everybody = self.center.group("everybody", ids)
        account, right = self.center.account("222233334444", "Workload"), self.center.permission_set("ReadOnly")
        self.center.assign(right, account, group=everybody)

    def drop(self, usernames: Iterable[str]) -> None:
        gone = set(usernames)
        for key in [key for key, user in self.center.users.items() if user["UserName"] in gone]:
            del self.center.users[key]


@contextmanager
def running_aws(kind: type[RunningIam] | type[RunningCenter], folder: Path) -> Iterator[Running]:
    """Start one; the process' environment leads to it meanwhile."""
    del folder
    with Emulator(clock=lambda: NOW) as aws, aws.exported(os.environ):
        yield kind(aws)
