"""An emulated AWS for each test, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.demo.emulating import ACCOUNT, EXTERNAL_ID, NOW, Clock, assume, client


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def aws(clock: Clock) -> Iterator[Emulator]:
    with Emulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def account(aws: Emulator) -> EmulatedAccount:
    return aws.account(ACCOUNT)


@pytest.fixture
def iam_as(aws: Emulator, account: EmulatedAccount) -> Callable[..., Any]:
    """An IAM client of a role with this policy (by default one that may read everything)."""

    def make(policy: Any = None, **options: Any) -> Any:
        name = f"Reader{aws.log.count()}{len(account.state.backend.roles)}"
        arn = account.role(name, external_id=EXTERNAL_ID, trust_principal=aws.hub_arn, policy=policy)
        return client(aws, "iam", **assume(aws, arn, **options))

    return make


@pytest.fixture
def iam(iam_as: Callable[..., Any]) -> Any:
    return iam_as()
