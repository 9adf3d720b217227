"""The steps of `certify test` that every role has in common: credentials, the role, and its external ID.

The external ID is probed the way "The confused deputy problem" in the IAM user guide describes the danger: a role that
can be assumed without the right one does not enforce it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.aws import errors
from pipeline.aws.role_session import RoleSession, setup_problem
from pipeline.aws.source_session import RetryPolicy
from pipeline.problems import CertifyError, ConnectionFailed, Problem
from pipeline.progress import Step

IMPATIENT = RetryPolicy(connect_seconds=3, read_seconds=10, attempts=3)
EXTERNAL_ID_STEP = "external ID enforced"
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before an undecided probe of the external ID is repeated; botocore has repeated it by itself before each."""

V = TypeVar("V")
Opened = TypeVar("Opened", bound=RoleSession)


def failed_step(name: str, problem: Problem, started: float, *, required: bool = True) -> Step:
    """A step that failed of `problem`."""
    seconds = time.perf_counter() - started
    return Step(name, "failed", problem.message, problem.remedy, seconds, required=required, problem=problem)


@dataclass(frozen=True)
class StepResult(Generic[V]):
    """What a required step gave (None when it failed), and how to show it."""

    value: V | None
    step: Step


def tried(name: str, act: Callable[[], V], tell: Callable[[V], str]) -> StepResult[V]:
    """Take a required step; `tell` puts what it gave into words."""
    started = time.perf_counter()
    try:
        value = act()
    except CertifyError as failure:
        return StepResult(None, failed_step(name, failure.problem, started))
    return StepResult(value, Step(name, "ok", tell(value), seconds=time.perf_counter() - started))


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
