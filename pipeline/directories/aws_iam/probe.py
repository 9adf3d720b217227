"""`certify test` for an AWS account: the steps of a read, each tried once, each with its fix.

Belongs here: the order of the steps and what counts as allowed.
Does not belong here: printing, and reading more than a sample.

The external ID is probed the way "The confused deputy problem" in the IAM user guide describes the danger: a role that
can be assumed without the right one does not enforce it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.aws import errors
from pipeline.aws.calls import Calls
from pipeline.aws.coverage import CoverageRecorder
from pipeline.aws.role_session import RoleSession, RoleToAssume, role_of, setup_problem
from pipeline.aws.source_session import RetryPolicy
from pipeline.connections.models import AwsIamConnection
from pipeline.directories.aws_iam.read_probe import Sample, failed_step, probe_reads
from pipeline.directories.base import Step
from pipeline.problems import CertifyError, ConnectionFailed, Problem

PATIENCE = RetryPolicy(connect_seconds=3, read_seconds=10, attempts=3)
EXTERNAL_ID_STEP = "external ID enforced"
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before an undecided probe of the external ID is repeated; botocore has repeated it by itself before each."""

V = TypeVar("V")
Opened = TypeVar("Opened", bound=RoleSession)


def probe(connection: AwsIamConnection, *, run_id: str = "test", patience: RetryPolicy = PATIENCE) -> Iterator[Step]:
    """The steps as they are taken; the last one is the first required one that fails."""
    configured = tried("configuration", lambda: role_of(connection, run_id), lambda role: f"reads {role.role_arn}")
    yield configured.step
    role = configured.value
    if role is None:
        return
    recorder = CoverageRecorder()
    opened = tried("connector credentials", lambda: open_session(role, recorder, patience), who_we_are)
    yield opened.step
    session = opened.value
    if session is None:
        return
    try:
        assumed = tried("assume role", session.confirm_identity, lambda arn: f"became {arn}: the right account")
        yield assumed.step
        if assumed.value is not None:
            yield external_id_step(session)
            with Calls(session, recorder, threads=1) as calls:
                yield from probe_reads(calls, Sample(role.arn.partition))
    finally:
        session.close()


@dataclass(frozen=True)
class Tried(Generic[V]):
    """What a required step gave (None when it failed), and how to show it."""

    value: V | None
    step: Step


def tried(name: str, act: Callable[[], V], tell: Callable[[V], str]) -> Tried[V]:
    """Take a required step; `tell` puts what it gave into words."""
    started = time.perf_counter()
    try:
        value = act()
    except CertifyError as failure:
        return Tried(None, failed_step(name, failure.problem, started))
    return Tried(value, Step(name, "ok", tell(value), seconds=time.perf_counter() - started))


def open_session(role: RoleToAssume, recorder: CoverageRecorder, patience: RetryPolicy) -> RoleSession:
    """The session, not yet assumed, after a call with the connector's own credentials."""
    return checked(RoleSession(role, recorder, patience=patience))


def checked(session: Opened) -> Opened:
    """The session, once the connector's own credentials were found to work; closed when they do not."""
    try:
        session.hub.identity()
    except errors.AWS_ERRORS as error:
        session.close()
        raise ConnectionFailed(setup_problem(error, session.role)) from error
    return session


def who_we_are(session: RoleSession) -> str:
    """What a trust policy has to name."""
    return f"AWS knows this program as {session.hub.principal()}"


def external_id_step(session: RoleSession, *, sleep: Callable[[float], None] = time.sleep) -> Step:
    """AssumeRole without an external ID, and with a random one: AWS must refuse both.

    An answer that is neither yes nor no (throttled, unreachable) is asked for again; when it stays away, the outcome is
    `not_tried` with the problem `external_id_unproven`: undecided is not passed.
    """
    role, started = session.role, time.perf_counter()
    for how, external_id in (("without an external ID", None), ("with any external ID", f"cc-{secrets.token_hex(16)}")):
        code = _refusal(session, external_id, sleep)
        if code in errors.DENIED:
            continue
        about = {"connection": role.connection, "action": "sts:AssumeRole", "role_arn": role.role_arn}
        if not code:
            problem = Problem.of("external_id_not_enforced", **about, how=how)
            return failed_step(EXTERNAL_ID_STEP, problem, started, required=False)
        problem = Problem.of("external_id_unproven", **about, error_code=code)
        detail, seconds = f"not known: AWS answered {code}", time.perf_counter() - started
        return Step(EXTERNAL_ID_STEP, "not_tried", detail, problem.remedy, seconds, required=False, problem=problem)
    detail, seconds = "AWS refuses the role without it and with another one", time.perf_counter() - started
    return Step(EXTERNAL_ID_STEP, "ok", detail, seconds=seconds, required=False)


def unproven(session: RoleSession) -> list[Problem]:
    """What a sync finds wrong with the external ID of a connection that was saved unproven; nothing for the others."""
    step = None if session.role.is_proven else external_id_step(session)
    return [step.problem] if step and step.problem else []


def _refusal(session: RoleSession, external_id: str | None, sleep: Callable[[float], None]) -> str:
    """The error code with which AWS refuses the role so; empty when it gives it."""
    for pause in (*PAUSES, None):
        try:
            session.hub.sts.assume_role(**session.role.request(with_id=external_id))
        except errors.AWS_ERRORS as error:
            code = errors.code_of(error)
            if code in errors.DENIED or pause is None:
                return code
            sleep(pause)
        else:
            break
    return ""
