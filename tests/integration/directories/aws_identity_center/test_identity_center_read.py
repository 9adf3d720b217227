"""What is read of an Identity Center is exactly what is there, and what is not read is unknown."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.aws.operation_allowlist import NotOnReadList
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS, CENTER_SESSION_POLICY, READ_LIST
from pipeline.directories.aws_identity_center.calls import RateLimiter
from pipeline.directories.aws_identity_center.reader import AWS_IDENTITY_CENTER
from tests.integration.directories.aws_identity_center.centers import (
    FAST,
    MANAGEMENT,
    company,
    connect,
    reached,
    read,
    rows,
)


def test_people_groups_and_reach_are_exactly_those_of_the_organization(aws: Emulator) -> None:
    center = company(aws)
    snapshot = read(connect(aws))
    accounts = {row["username"]: row for row in rows(snapshot, "accounts")}
    assert set(accounts) == {"ann@corp", "bob", "eve"}
    ann = accounts["ann@corp"]
    assert (ann["email"], json.loads(ann["alias_emails"])) == ("ann@example.com", ["a.arbor@example.com"])
    assert (ann["employee_id"], ann["department"], ann["is_enabled"]) == ("00042", "Finance", True)
    assert accounts["bob"]["is_enabled"] is False
    assert {(row["name"], row["members_gap"]) for row in rows(snapshot, "groups")} == {
        ("admins", None),
        ("empty", None),
    }
    assert {row["account_native_id"] for row in rows(snapshot, "memberships")} == {
        ann["native_id"],
        accounts["bob"]["native_id"],
    }
    assert reached(snapshot) == center.reach()
    assert {row["target_name"] for row in rows(snapshot, "entitlements")} == {"workload-0", "workload-1", "workload-44"}
    assert {each.outcome for each in snapshot.coverage} == {"ok"}


def test_activity_is_not_known_and_a_status_that_was_not_given_is_unreadable(aws: Emulator) -> None:
    company(aws)
    accounts = {row["username"]: row for row in rows(read(connect(aws)), "accounts")}
    assert "last_active_at" not in json.loads(accounts["ann@corp"]["known_fields"])
    assert {"groups", "entitlements", "is_enabled"} <= set(json.loads(accounts["ann@corp"]["known_fields"]))
    assert accounts["eve"]["is_enabled"] is None
    assert json.loads(accounts["eve"]["invalid_fields"]) == ["is_enabled"]


@pytest.mark.promise("P13")
@pytest.mark.parametrize("denied", sorted(CENTER_ACTIONS))
def test_each_denied_read_is_named_and_what_hangs_on_it_is_not_known(aws: Emulator, denied: str) -> None:
    company(aws)
    aws.faults.deny(denied)
    snapshot = read(connect(aws))
    outcomes = {each.action: each.outcome for each in snapshot.coverage}
    assert outcomes[denied] == "denied"
    if denied in ("sso:ListInstances", "identitystore:ListUsers"):
        assert (snapshot.status, snapshot.problems[0].code) == ("failed", "center_read_denied")
        assert f"Not authorized to perform {denied}" in snapshot.problems[0].message
        assert not snapshot.tables
        return
    known = set(json.loads(rows(snapshot, "accounts")[0]["known_fields"]))
    assert ("groups" in known) == (denied not in ("identitystore:ListGroups", "identitystore:ListGroupMemberships"))
    named_only = denied in ("sso:DescribePermissionSet", "organizations:ListAccounts")
    assert ("entitlements" in known) == named_only
    if denied == "identitystore:ListGroupMemberships":
        assert {row["members_gap"] for row in rows(snapshot, "groups")} == {f"{denied} denied"}


@pytest.mark.promise("P8")
@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_tables_are_equal_whatever_the_pages(aws: Emulator, size: int) -> None:
    company(aws)
    connection = connect(aws)
    whole = read(connection)
    aws.faults.page_size(size)
    assert read(connection).tables == whole.tables


def test_a_fifth_of_calls_failing_changes_nothing(aws: Emulator) -> None:
    company(aws)
    connection = connect(aws)
    whole = read(connection)
    aws.faults.throttle(0.07)
    aws.faults.error500(0.07)
    aws.faults.truncate(0.07)
    assert read(connection).tables == whole.tables


def test_a_page_that_never_comes_whole_fails_the_attempt(aws: Emulator) -> None:
    company(aws)
    connection = connect(aws)
    aws.faults.truncate(1, actions=["identitystore:ListUsers"])
    snapshot = read(connection)
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "listing_failed")


def test_another_region_or_no_instance_is_told(aws: Emulator) -> None:
    company(aws).has_instance = False
    snapshot = read(connect(aws))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "center_missing")


def test_nobody_in_it_is_no_failure_but_is_said(aws: Emulator) -> None:
    aws.identity_center(MANAGEMENT)
    snapshot = read(connect(aws))
    assert rows(snapshot, "accounts") == []
    assert [problem.code for problem in snapshot.problems] == ["center_empty"]


@pytest.mark.promise("P17")
def test_only_the_read_list_passes_and_every_session_is_narrowed(aws: Emulator) -> None:
    company(aws)
    connection = connect(aws, ["*"])
    read(connection)
    assumed = [call for call in aws.log if call.action == "sts:AssumeRole"]
    assert {call.session_policy for call in assumed} == {CENTER_SESSION_POLICY}
    assert all(call.has_external_id for call in assumed)
    session = FAST.session(connection, READ_LIST.recorder(), "run")
    for prefix, client in session.clients.items():
        passed = set()
        for operation in client.meta.service_model.operation_names:
            try:
                getattr(client, xform_name(operation))()
            except NotOnReadList:
                continue
            except (BotoCoreError, ClientError):
                passed.add(f"{client.meta.service_model.signing_name}:{operation}")
            else:
                passed.add(f"{client.meta.service_model.signing_name}:{operation}")
        assert passed == {action for action in CENTER_ACTIONS if action.startswith(f"{prefix}:")}


def test_calls_keep_to_the_rate_the_api_has_also_when_repeated() -> None:
    now, waited = [0.0], []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    pace = RateLimiter(20, clock=lambda: now[0], sleep=sleep)
    for _ in range(41):
        pace.wait()
    assert now[0] == pytest.approx(2.0)
    assert AWS_IDENTITY_CENTER.calls_per_second == 20


def test_every_call_to_identity_center_waits_for_its_turn(aws: Emulator) -> None:
    company(aws)
    connection = connect(aws)
    aws.faults.throttle(0.2, actions=["identitystore:ListUsers"])
    started = time.monotonic()
    read(connection, replace(FAST, calls_per_second=50))
    paced = [call for call in aws.log if call.service in ("identitystore", "sso")]
    assert time.monotonic() - started >= (len(paced) - 1) / 50


def test_every_step_of_a_test_is_told_with_its_fix(aws: Emulator) -> None:
    company(aws)
    aws.faults.deny("sso:ListAccountAssignments")
    steps = {step.name: step for step in FAST.test(connect(aws))}
    assert steps["external ID enforced"].outcome == "ok"
    assert "sample of 3" in steps["identitystore:ListUsers"].detail
    denied = steps["sso:ListAccountAssignments"]
    assert (denied.outcome, denied.required) == ("failed", False)
    assert "sso:ListAccountAssignments" in denied.fix
    assert {step.outcome for step in steps.values() if step is not denied} == {"ok"}
    assert set(CENTER_ACTIONS) <= set(steps)


def test_a_test_stops_at_what_nothing_works_without(aws: Emulator) -> None:
    company(aws)
    aws.faults.deny("identitystore:ListUsers")
    steps = list(FAST.test(connect(aws)))
    assert (steps[-1].name, steps[-1].outcome, steps[-1].required) == ("identitystore:ListUsers", "failed", True)
