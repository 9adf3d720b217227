"""The reads of `certify test`: each action of the read list, tried once on a sample."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.aws.calls import Calls
from pipeline.aws.errors import NoSuchEntityError, ReadFailedError, listing_problem
from pipeline.aws.probe import failed_step
from pipeline.aws.read_list import ReadAction
from pipeline.aws.responses import ApiResponse, listing
from pipeline.directories.aws_iam.actions import READ_ACTIONS, READ_LIST
from pipeline.directories.aws_iam.credential_report import NOT_YET
from pipeline.directories.aws_iam.listing import LIST
from pipeline.directories.aws_iam.records import AccessKey, Group, User
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Step

SAMPLE = 5
NOBODY = "certification-center-probe"
"""A name that belongs to nobody: AWS checks the permission first, so `NoSuchEntity` is a yes."""


@dataclass
class Sample:
    """Whom to ask about: what was found so far, else names that belong to nobody."""

    partition: str
    users: list[str] = field(default_factory=lambda: [NOBODY])
    group: str = NOBODY
    key_id: str = ""


def probe_reads(calls: Calls, sample: Sample) -> Iterator[Step]:
    """A step for each action of the read list."""
    yield _sample_step(calls, sample)
    for action in READ_ACTIONS.values():
        if action.name != LIST:
            yield _read_step(calls, action, sample)


def _sample_step(calls: Calls, sample: Sample) -> Step:
    started, connection = time.perf_counter(), calls.session.role.connection
    try:
        users = calls.one(LIST, listing("Users", User.from_response), MaxItems=SAMPLE)
    except ReadFailedError as failure:
        return failed_step(LIST, listing_problem(failure, connection, READ_LIST.needed_for(LIST)), started)
    except CertifyError as failure:
        return failed_step(LIST, failure.problem, started)
    if not users:
        account = calls.session.role.arn.account_id
        problem = Problem.of("no_users", connection=connection, action=LIST, account_id=account)
        return failed_step(LIST, problem, started, required=False)
    sample.users = [user.name for user in users]
    detail = f"read a sample of {len(users)}, {sample.users[0]} among them"
    return Step(LIST, "ok", detail, seconds=time.perf_counter() - started)


def _read_step(calls: Calls, action: ReadAction, sample: Sample) -> Step:
    started = time.perf_counter()
    if action.name == "iam:GetAccessKeyLastUsed" and not sample.key_id:
        return Step(action.name, "not_tried", "no access key in the sample to ask about", required=False)
    try:
        detail = _ask(calls, action.name, sample)
    except NoSuchEntityError:
        detail = "allowed"
    except ReadFailedError as failure:
        if failure.code not in NOT_YET:
            return _unread_step(calls, action, failure, started)
        detail = f"allowed ({failure.code})"
    except CertifyError as failure:
        return failed_step(action.name, failure.problem, started, required=False)
    return Step(action.name, "ok", detail, seconds=time.perf_counter() - started, required=False)


def _unread_step(calls: Calls, action: ReadAction, failure: ReadFailedError, started: float) -> Step:
    if failure.outcome == "denied" and action.spared_by and not calls.recorder.was_denied(action.spared_by):
        detail = f"denied, and not needed while {action.spared_by} is allowed"
        return Step(action.name, "ok", detail, seconds=time.perf_counter() - started, required=False, unneeded=True)
    return failed_step(
        action.name, listing_problem(failure, calls.session.role.connection, action.needed_for), started, required=False
    )


def _ask(calls: Calls, action: str, sample: Sample) -> str:
    """Call `action` once with the smallest sensible question; keeps what later questions can use."""
    if action == "iam:ListGroups":
        groups = calls.one(action, listing("Groups", Group.from_response), MaxItems=SAMPLE)
        sample.group = groups[0].name if groups else NOBODY
        return "allowed"
    if "UserName" not in _parameters(action, sample, NOBODY):
        calls.one(action, _anything, **_parameters(action, sample, NOBODY))
        return "allowed"
    return _ask_about_users(calls, action, sample)


def _ask_about_users(calls: Calls, action: str, sample: Sample) -> str:
    """Call `action` about one user, and where that is refused about the next: a policy may refuse single users."""
    refused: dict[str, ReadFailedError] = {}
    for user in sample.users:
        try:
            if action != "iam:ListAccessKeys":
                calls.one(action, _anything, **_parameters(action, sample, user))
                break
            keys = calls.one(action, listing("AccessKeyMetadata", AccessKey.from_response), UserName=user)
            if keys:
                sample.key_id = keys[0].key_id
                break
        except ReadFailedError as failure:
            if failure.outcome != "denied":
                raise
            refused[user] = failure
    if len(refused) == len(sample.users):
        raise refused[sample.users[0]]
    return f"allowed, but refused for {', '.join(refused)}" if refused else "allowed"


def _anything(answer: ApiResponse) -> ApiResponse:
    return answer


def _parameters(action: str, sample: Sample, user_name: str) -> dict[str, Any]:
    user, group = {"UserName": user_name}, {"GroupName": sample.group}
    policy = {"PolicyArn": f"arn:{sample.partition}:iam::aws:policy/IAMReadOnlyAccess"}
    asks: dict[str, dict[str, Any]] = {
        "iam:GetUser": {**user},
        "iam:GetGroup": {**group, "MaxItems": SAMPLE},
        "iam:ListGroupsForUser": {**user},
        "iam:ListAttachedUserPolicies": {**user},
        "iam:ListUserPolicies": {**user},
        "iam:GetLoginProfile": {**user},
        "iam:GetAccountAuthorizationDetails": {"Filter": ["User"], "MaxItems": SAMPLE},
        "iam:GetAccessKeyLastUsed": {"AccessKeyId": sample.key_id},
        "iam:GetUserPolicy": {**user, "PolicyName": NOBODY},
        "iam:ListAttachedGroupPolicies": {**group},
        "iam:ListGroupPolicies": {**group},
        "iam:GetGroupPolicy": {**group, "PolicyName": NOBODY},
        "iam:GetPolicy": {**policy},
        "iam:GetPolicyVersion": {**policy, "VersionId": "v1"},
        "iam:ListMFADevices": {**user},
        "iam:ListServiceSpecificCredentials": {"AllUsers": True},
        "iam:ListSSHPublicKeys": {**user},
        "iam:ListSigningCertificates": {**user},
        "iam:ListAccessKeys": {**user},
    }
    return asks.get(action, {})
