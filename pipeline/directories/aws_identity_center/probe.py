"""`certify test` for an Identity Center: the steps of a read, each tried once, each with its fix."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.aws.errors import NoSuchEntityError, ReadFailedError
from pipeline.aws.probe import IMPATIENT, checked, external_id_step, tried, who_we_are
from pipeline.connections.models import AwsIdentityCenterConnection
from pipeline.coverage import CoverageRecorder
from pipeline.directories.aws_identity_center.actions import (
    ACCOUNTS,
    ASSIGNMENTS,
    GROUPS,
    INSTANCES,
    LISTED,
    MEMBERS,
    PROVISIONED,
    READ_LIST,
    SET,
    SETS,
    USERS,
)
from pipeline.directories.aws_identity_center.calls import CenterCalls, CenterSession, read_problem
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Step

if TYPE_CHECKING:
    from pipeline.directories.aws_identity_center.reader import AwsIdentityCenter

SAMPLE = 5


def probe(directory: AwsIdentityCenter, connection: AwsIdentityCenterConnection) -> Iterator[Step]:
    """The steps as they are taken; the last one is the first required one that fails."""
    recorder = READ_LIST.recorder()
    impatient = replace(directory, patience=IMPATIENT)
    opened = tried("connector credentials", lambda: _open(impatient, connection, recorder), who_we_are)
    yield opened.step
    session = opened.value
    if session is None:
        return
    try:
        assumed = tried("assume role", session.confirm_identity, lambda arn: f"became {arn}: the right account")
        yield assumed.step
        if assumed.value is not None:
            yield external_id_step(session)
            with CenterCalls(session, recorder, threads=1) as calls:
                yield from _reads(calls, connection)
    finally:
        session.close()


def _open(
    directory: AwsIdentityCenter, connection: AwsIdentityCenterConnection, recorder: CoverageRecorder
) -> CenterSession:
    return checked(directory.session(connection, recorder, "test"))


def _reads(calls: CenterCalls, connection: AwsIdentityCenterConnection) -> Iterator[Step]:
    from pipeline.directories.aws_identity_center.reader import find_instance

    found = tried(INSTANCES, lambda: _in_our_words(connection, lambda: find_instance(calls, connection)), str)
    yield replace(found.step, detail=f"found {found.value.arn}") if found.value else found.step
    if found.value is None:
        return
    store, instance = {"IdentityStoreId": found.value.store_id}, {"InstanceArn": found.value.arn}
    users = tried(USERS, lambda: _in_our_words(connection, lambda: _first(calls, USERS, store)), _told_users)
    yield users.step
    if users.value is None:
        return
    if not users.value:
        problem = Problem.of(
            "center_empty", connection=connection.name, account_id=connection.account_id, region=connection.region
        )
        yield Step(USERS, "failed", problem.message, problem.remedy, required=False, problem=problem)
    groups = yield from _step(calls, connection, GROUPS, store)
    if groups:
        yield from _step(calls, connection, MEMBERS, {**store, "GroupId": groups[0]["GroupId"]})
    sets = yield from _step(calls, connection, SETS, instance)
    if sets:
        a_set = {**instance, "PermissionSetArn": sets[0]}
        yield from _step(calls, connection, SET, a_set)
        accounts = yield from _step(calls, connection, PROVISIONED, a_set)
        if accounts:
            yield from _step(calls, connection, ASSIGNMENTS, {**a_set, "AccountId": accounts[0]})
    yield from _step(calls, connection, ACCOUNTS, {})


def _step(
    calls: CenterCalls, connection: AwsIdentityCenterConnection, action: str, parameters: dict[str, Any]
) -> Generator[Step, None, Any]:
    """One read nothing else depends on; gives back what it returned."""
    started = time.perf_counter()
    try:
        found = _first(calls, action, parameters)
    except (ReadFailedError, CertifyError) as failure:
        problem, seconds = read_problem(failure, connection.name), time.perf_counter() - started
        yield Step(action, "failed", problem.message, problem.remedy, seconds, required=False, problem=problem)
        return None
    yield Step(action, "ok", "allowed", seconds=time.perf_counter() - started, required=False)
    return found


def _first(calls: CenterCalls, action: str, parameters: dict[str, Any]) -> Any:
    paged: dict[str, Any] = {} if action == SET else {"MaxResults": SAMPLE}
    try:
        return calls.one(action, lambda answer: answer[LISTED[action]], **parameters, **paged)
    except NoSuchEntityError:
        return []


def _in_our_words(connection: AwsIdentityCenterConnection, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except ReadFailedError as failure:
        raise CertifyError(read_problem(failure, connection.name)) from failure


def _told_users(users: list[Any]) -> str:
    return f"read a sample of {len(users)}, {users[0].get('UserName')} among them" if users else "allowed"
