"""An AWS that throttles three calls of ten: everything is read exactly, with at most three times the calls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import NINE, complete, connect, differences, outcomes, read
from tests.promises.plugin import PromiseCount


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore wanted to wait before each repeat; it does not wait here."""
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setattr("botocore.retries.adaptive.ClientRateLimiter.on_sending_request", lambda *_, **__: None)
    return waited


@pytest.mark.promise("P15")
@pytest.mark.parametrize("policy", [None, NINE], ids=["bulk", "nine actions"])
def test_three_calls_of_ten_throttled_cost_repeats_alone(
    aws: Emulator, account: EmulatedAccount, policy: list[str] | None, waits: list[float], promise: PromiseCount
) -> None:
    full_account(account)
    connection = connect(aws, account, policy)
    complete(read(connection))
    undisturbed = aws.log.count()
    aws.faults.throttle(0.3)
    shaken = complete(read(connection))
    sent = aws.log.count() - undisturbed
    assert "throttled" not in outcomes(shaken).values()
    if policy is None:
        assert differences(shaken, account) == []
    assert undisturbed < sent <= 3 * undisturbed
    assert shaken.retries >= 0.2 * undisturbed
    assert len(waits) == len({round(wait, 9) for wait in waits}), "with jitter: no two repeats after the same pause"
    promise.count("reads", 1)
    promise.count("reads that lost a fact", 0)
