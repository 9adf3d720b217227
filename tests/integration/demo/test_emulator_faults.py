"""Everything that goes wrong on purpose."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.demo.emulating import ACCOUNT, EXTERNAL_ID, Clock, assume, client


def _outcomes(call: Callable[..., Any], times: int, **params: Any) -> Counter[str]:
    seen: Counter[str] = Counter()
    for _ in range(times):
        try:
            call(**params)
            seen["ok"] += 1
        except ClientError as error:
            seen[f"{error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}"] += 1
        except ResponseParserError:
            seen["unreadable"] += 1
    return seen


def test_throttling_strikes_its_share_and_the_same_one_each_time(aws: Emulator, iam: Any) -> None:
    shares = []
    for _ in range(2):
        aws.faults.clear()
        aws.faults.throttle(0.3, seed=7)
        shares.append(_outcomes(iam.list_groups, 60))
    assert shares[0] == shares[1]
    assert set(shares[0]) == {"ok", "400 Throttling"}
    assert 8 <= shares[0]["400 Throttling"] <= 28


def test_a_fault_may_concern_one_action_of_one_account(aws: Emulator, iam: Any) -> None:
    aws.faults.throttle(1.0, actions=["iam:ListGroups"], account=ACCOUNT)
    aws.faults.error500(1.0, account="444455556666")
    assert _outcomes(iam.list_groups, 2) == {"400 Throttling": 2}
    assert _outcomes(iam.list_users, 2) == {"ok": 2}


def test_servers_fail_with_service_failure(aws: Emulator, iam: Any) -> None:
    aws.faults.error500(1.0)
    assert _outcomes(iam.list_users, 3) == {"500 ServiceFailure": 3}
    aws.faults.clear()
    assert _outcomes(iam.list_users, 3) == {"ok": 3}


def test_a_truncated_body_cannot_be_parsed(aws: Emulator, iam: Any) -> None:
    aws.faults.truncate(1.0)
    assert _outcomes(iam.list_users, 3) == {"unreadable": 3}


def test_a_dropped_call_gets_no_reply(aws: Emulator, iam: Any) -> None:
    iam.list_users()
    aws.faults.drop(1.0)
    with pytest.raises(ConnectionClosedError):
        iam.list_users()
    aws.faults.clear()
    assert _outcomes(iam.list_users, 1) == {"ok": 1}


def test_any_error_aws_has_can_be_the_answer(aws: Emulator, iam: Any) -> None:
    aws.faults.answer("iam:ListUsers", "ServiceUnavailable", status=503, times=2)
    assert _outcomes(iam.list_users, 3) == {"503 ServiceUnavailable": 2, "ok": 1}
    words = "STS is not activated in this region for account:111122223333."
    aws.faults.answer("sts:AssumeRole", "RegionDisabledException", status=403, message=words)
    with pytest.raises(ClientError, match="STS is not activated"):
        assume(aws, f"arn:aws:iam::{ACCOUNT}:role/R")


def test_a_denied_action_reads_like_a_missing_permission(aws: Emulator, account: EmulatedAccount, iam: Any) -> None:
    account.user("alice")
    account.user("boss", path="/admins/")
    aws.faults.deny("iam:ListAccessKeys", resource="arn:aws:iam::*:user/admins/*")
    iam.list_access_keys(UserName="alice")
    with pytest.raises(ClientError, match="because no identity-based policy allows the iam:ListAccessKeys action"):
        iam.list_access_keys(UserName="boss")
    aws.faults.deny("iam:List*")
    with pytest.raises(ClientError) as refused:
        iam.list_users()
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_latency_is_added_and_does_not_hold_up_other_callers(aws: Emulator, iam: Any) -> None:
    iam.list_users()
    aws.faults.latency(0.2)
    began = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: iam.list_users(), range(5)))
    assert 0.2 <= time.monotonic() - began < 0.8


def test_a_token_bucket_lets_its_rate_through(aws: Emulator, iam: Any) -> None:
    aws.faults.rps(1, burst=5)
    seen = _outcomes(iam.list_users, 10)
    assert 5 <= seen["ok"] <= 8
    assert seen["400 Throttling"] == 10 - seen["ok"]


def test_sessions_expire_by_the_clock(aws: Emulator) -> None:
    clock = Clock(datetime.now(UTC))
    with Emulator(session_clock=clock) as other:
        arn = other.account(ACCOUNT).role("R", external_id=EXTERNAL_ID, trust_principal=other.hub_arn)
        iam = client(other, "iam", **assume(other, arn, DurationSeconds=1800))
        clock.now += timedelta(minutes=29)
        iam.list_users()
        clock.now += timedelta(minutes=1)
        assert _outcomes(iam.list_users, 1) == {"403 ExpiredToken": 1}


def test_all_sessions_can_be_made_to_expire(aws: Emulator, iam: Any) -> None:
    aws.expire_sessions()
    assert _outcomes(iam.list_users, 1) == {"403 ExpiredToken": 1}


def test_a_session_dies_after_so_many_calls_and_its_successor_lives(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("R", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    aws.faults.expire_tokens_after(calls=3)
    assert _outcomes(client(aws, "iam", **assume(aws, arn)).list_users, 5) == {"ok": 3, "403 ExpiredToken": 2}
    assert _outcomes(client(aws, "iam", **assume(aws, arn)).list_users, 5) == {"ok": 5}


def test_every_session_can_be_made_mortal(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("R", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    aws.faults.expire_tokens_after(calls=2, sessions=None)
    for _ in range(2):
        assert _outcomes(client(aws, "iam", **assume(aws, arn)).list_users, 3) == {"ok": 2, "403 ExpiredToken": 1}


def test_a_user_vanishes_between_list_and_get(aws: Emulator, account: EmulatedAccount, iam: Any) -> None:
    account.group("g")
    for name in ("alice", "bob", "carol"):
        account.user(name, groups=["g"])
    aws.faults.vanish("bob", after="ListUsers")
    first = iam.list_users(MaxItems=2)
    assert iam.get_user(UserName="bob")["User"]["UserName"] == "bob"
    rest = iam.list_users(Marker=first["Marker"])
    assert [user["UserName"] for user in first["Users"] + rest["Users"]] == ["alice", "bob", "carol"]
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="The user with name bob cannot be found"):
        iam.list_access_keys(UserName="bob")
    assert [user["UserName"] for user in iam.get_group(GroupName="g")["Users"]] == ["alice", "carol"]
    assert [user["user_name"] for user in account.truth()["users"]] == ["alice", "carol"]


def test_the_log_tells_every_call_and_no_secret(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("R", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
    iam = client(aws, "iam", **assume(aws, arn, Policy='{"Statement": []}', RoleSessionName="certification-1"))
    with pytest.raises(ClientError):
        iam.list_users(PathPrefix="/eng/")
    assumed, listed = aws.log
    assert (assumed.action, assumed.account, assumed.principal, assumed.session_name) == (
        "sts:AssumeRole",
        ACCOUNT,
        aws.hub_arn,
        "certification-1",
    )
    assert assumed.has_external_id
    assert assumed.session_policy == '{"Statement": []}'
    assert EXTERNAL_ID not in str(assumed)
    assert (listed.service, listed.status, listed.error_code, listed.session_name) == (
        "iam",
        403,
        "AccessDenied",
        "certification-1",
    )
    assert listed.params == {"PathPrefix": "/eng/"}
    assert listed.at == aws.clock()
    assert aws.log.count("iam:ListUsers") == aws.log.count("iam:ListUsers", error_code="AccessDenied") == 1
    assert aws.log.actions() == {"sts:AssumeRole", "iam:ListUsers"}


def test_two_emulators_know_nothing_of_each_other(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice")
    with Emulator() as other:
        assert other.account(ACCOUNT).truth()["users"] == []
        assert other.endpoint_url != aws.endpoint_url


def test_many_threads_may_read_while_somebody_writes(aws: Emulator, account: EmulatedAccount, iam: Any) -> None:
    for i in range(50):
        account.user(f"u{i}", groups=[])

    def read(i: int) -> int:
        if i % 10 == 0:
            account.user(f"new{i}")
        return len(iam.get_account_authorization_details(Filter=["User"])["UserDetailList"])

    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(read, range(100)))
    assert min(counts) >= 50
    assert aws.log.count(error_code="") == len(aws.log)
    assert len(account.truth()["users"]) == 60
