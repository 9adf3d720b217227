"""Twenty accounts of which seven fail, each in its own way: thirteen are fresh, seven keep what was read before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from pydantic import SecretStr

from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.home import Home
from pipeline.landing.extraction import extract_many
from pipeline.warehouse.load import load
from tests.integration.warehouse.landed import SETTINGS, landing_of
from tests.promises.plugin import PromiseCount

FIRST = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
NAMES = [f"account{number:02}" for number in range(20)]
DENIED, UNTRUSTED, MOVED = NAMES[0:3], NAMES[3:5], NAMES[5:7]


def account_id(name: str) -> str:
    return f"1111222233{name[-2:]}"


def connection(aws: Emulator, name: str) -> AwsIamConnection:
    account = aws.account(account_id(name))
    for user in ("ada", "bo"):
        account.key(account.user(user))
    external_id = f"cc-0123456789abcdef-{name}"
    arn = account.role("Reader", external_id=external_id, trust_principal=aws.hub_arn, policy=sorted(READ_ACTIONS))
    return AwsIamConnection(name=name, kind="aws_iam", role_arn=arn, external_id=SecretStr(external_id))


@pytest.mark.promise("P14")
def test_seven_of_twenty_fail_and_hide_nobody(
    home: Home, promise: PromiseCount, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = landing_of(home)

    def sync(connections: list[AwsIamConnection], at: datetime) -> dict[str, str]:
        manifests = extract_many(connections, landing=landing, settings=SETTINGS, clock=lambda: at, run_id="run")
        load(home, landing, connections, SETTINGS, at)
        return {each.connection: each.status for each in manifests}

    with Emulator(clock=lambda: SECOND) as aws:
        for variable, value in aws.environment().items():
            monkeypatch.setenv(variable, value)
        connections = [connection(aws, name) for name in NAMES]
        assert sync(connections, FIRST) == dict.fromkeys(NAMES, "complete")
        for name in DENIED:
            aws.faults.deny("iam:ListUsers", account=account_id(name))
        wrong = SecretStr("cc-0123456789abcdef-of-another")
        connections = [
            each.model_copy(update={"external_id": wrong} if each.name in UNTRUSTED else {}) for each in connections
        ]
        connections = [
            each.model_copy(update={"role_arn": f"{each.role_arn}-moved"} if each.name in MOVED else {})
            for each in connections
        ]
        statuses = sync(connections, SECOND)
    failed = {*DENIED, *UNTRUSTED, *MOVED}
    assert {name for name, status in statuses.items() if status == "failed"} == failed
    with duckdb.connect(str(home.warehouse), read_only=True) as database:
        found = database.execute(
            "select directory_id, count(*), min(as_of), max(as_of) from raw.aws_iam_users group by directory_id"
        ).fetchall()
    expected = {
        (name, 2, instant, instant)
        for name in NAMES
        for instant in [(FIRST if name in failed else SECOND).replace(tzinfo=None)]
    }
    assert set(found) == expected, "nobody is missing, and old rows carry the instant they were read at"
    promise.count("accounts", len(NAMES))
    promise.count("failing", len(failed))
    promise.count("hidden", 0)
