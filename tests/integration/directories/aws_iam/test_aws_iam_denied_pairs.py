"""Each read action denied alone and with each other one: every denial is named with what it hides, and none is silent.

Silent would be: a fact that is there, is not read, and looks like an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.directories.aws_iam.reader import AWS_IAM
from pipeline.directories.base import Snapshot
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import IDENTITY, connect, outcomes, read, rows
from tests.promises.plugin import PromiseCount

ACTIONS = sorted(READ_ACTIONS)
GAP_OF_MISSING = {
    "memberships": ("groups_gap", "members_gap"),
    "attached_policies": ("attached_policies_gap",),
    "inline_policies": ("inline_policies_gap",),
    "access_keys": ("access_keys_gap",),
    "managed_policies": ("attached_policies_gap", "boundary_gap"),
}
"""What says, in `users` or `groups`, that rows of a table are not known."""
TOLD_BY_COVERAGE = {"root_user", "groups"}
"""Tables that are whole or not there at all: the coverage of the read says which action is at fault."""
BULK, INSTEAD_OF_BULK = "iam:GetAccountAuthorizationDetails", "iam:GetUser"
"""Without the first, the second would tell tags and boundaries, and is not asked by default: a call a user."""
NOT_ASKED = {("login_profiles", "created_at"), ("login_profiles", "password_last_changed_at")}
"""Dates one source has and the other does not; no finding needs them."""
OTHERS = ("other_credential_count", "other_credentials")
"""Only asked about users known to have neither password nor active key: the gap of those says why not."""


@pytest.fixture
def connection(aws: Emulator, account: EmulatedAccount) -> AwsIamConnection:
    full_account(account)
    return connect(aws, account)


def pairs(first: str) -> Iterator[set[str]]:
    """`first` alone, and with each action after it."""
    yield {first}
    yield from ({first, second} for second in ACTIONS if second > first)


def deny(aws: Emulator, actions: set[str]) -> None:
    aws.faults.clear()
    for action in actions:
        aws.faults.deny(action)


def silent(snapshot: Snapshot, account: EmulatedAccount, denied: set[str]) -> list[str]:
    """Facts that were not read, and of which no gap and no line of coverage says so."""
    truth = account.truth()
    truth |= {
        "root_user": [truth["root_user"]],
        "account": [{"account_id": account.account_id, "alias": truth["alias"]}],
    }
    named = {action for action, outcome in outcomes(snapshot).items() if outcome == "denied"}
    found = [] if named <= denied else [f"{named - denied} were not denied"]
    unread_logins = {one["user_id"]: _gaps(one) for one in rows(snapshot, "login_profiles")}
    if BULK in named:
        named |= {INSTEAD_OF_BULK}
    for table, identity in IDENTITY.items():
        seen = {tuple(one[name] for name in identity): one for one in rows(snapshot, table)}
        for true in truth[table]:
            key = tuple(true[name] for name in identity)
            if key not in seen:
                found += [] if _missing_is_told(snapshot, table, true, named) else [f"{table} {key} is missing"]
                continue
            for column, value in true.items():
                shown = seen[key][column]
                shown = json.loads(shown) if column in ("tags", "document") and shown is not None else shown
                if shown == value or (shown is None and (table, column) in NOT_ASKED):
                    continue
                told = _gaps(seen[key]) | (unread_logins.get(key[0], set()) if column in OTHERS else set())
                if shown not in (None, "unknown") or not told & named:
                    found.append(f"{table}.{column} of {key} is {shown!r} and not {value!r}: {told}")
    return found


def _gaps(row: dict[str, Any]) -> set[str]:
    """The actions that the gaps of a row name."""
    return {str(value).split()[0] for name, value in row.items() if name.endswith("_gap") and value is not None}


def _missing_is_told(snapshot: Snapshot, table: str, true: dict[str, Any], named: set[str]) -> bool:
    if table in TOLD_BY_COVERAGE:
        return bool(named)
    ids = {true.get(name) for name in ("user_id", "group_id", "principal_id")} - {None}
    told = {
        str(one[gap]).split()[0]
        for holder, its_id in (("users", "user_id"), ("groups", "group_id"))
        for one in rows(snapshot, holder)
        if not ids or one[its_id] in ids
        for gap in GAP_OF_MISSING.get(table, ())
        if one.get(gap) is not None
    }
    return bool(told & named)


@pytest.mark.promise("P13")
@pytest.mark.parametrize("first", ACTIONS)
def test_no_fact_is_lost_silently(
    aws: Emulator, account: EmulatedAccount, connection: AwsIamConnection, first: str, promise: PromiseCount
) -> None:
    for denied in pairs(first):
        deny(aws, denied)
        promise.count("actions denied alone" if len(denied) == 1 else "pairs denied")
        promise.count("facts lost silently", 0)
        snapshot = read(connection)
        if "iam:ListUsers" in denied:
            assert snapshot.status == "failed"
            assert [(each.code, each.action) for each in snapshot.problems] == [("read_denied", "iam:ListUsers")]
            continue
        assert snapshot.status == "complete"
        assert silent(snapshot, account, denied) == [], denied
        for line in snapshot.coverage:
            if line.outcome == "denied":
                assert line.needed_for == READ_ACTIONS[line.action].needed_for
                assert f'"Action": "{line.action}"' in line.remedy


@pytest.mark.promise("P13")
@pytest.mark.parametrize("first", ACTIONS)
def test_the_probe_names_every_denied_action_with_what_it_hides(
    aws: Emulator, connection: AwsIamConnection, first: str, promise: PromiseCount
) -> None:
    for denied in pairs(first):
        deny(aws, denied)
        promise.count("actions denied alone" if len(denied) == 1 else "pairs denied")
        steps = {step.name: step for step in AWS_IAM.test(connection)}
        assert set(ACTIONS) <= steps.keys()
        for action in ACTIONS:
            step, known = steps[action], READ_ACTIONS[action]
            if action == "iam:GetAccessKeyLastUsed" and denied & {"iam:ListAccessKeys", "iam:ListUsers"}:
                assert (step.outcome, step.detail) == ("not_tried", "no access key in the sample to ask about")
            elif action not in denied:
                assert step.outcome == "ok", (denied, step)
            elif known.spared_by and known.spared_by not in denied:
                assert (step.outcome, step.detail) == (
                    "ok",
                    f"denied, and not needed while {known.spared_by} is allowed",
                )
            else:
                assert step.outcome == "failed", (denied, step)
                assert known.needed_for in step.detail
                assert f'"Action": "{action}"' in step.fix
