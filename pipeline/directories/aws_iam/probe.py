"""`certify test` for an AWS account: the steps of a read, each tried once, each with its fix."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.aws.calls import Calls
from pipeline.aws.probe import IMPATIENT, checked, external_id_step, tried, who_we_are
from pipeline.aws.role_session import RoleSession, role_of
from pipeline.aws.source_session import RetryPolicy
from pipeline.connections.models import AwsIamConnection
from pipeline.directories.aws_iam.actions import READ_LIST
from pipeline.directories.aws_iam.read_probe import Sample, probe_reads
from pipeline.progress import Step


def probe(connection: AwsIamConnection, *, run_id: str = "test", patience: RetryPolicy = IMPATIENT) -> Iterator[Step]:
    """The steps as they are taken; the last one is the first required one that fails."""
    configured = tried(
        "configuration", lambda: role_of(connection, run_id, READ_LIST), lambda role: f"reads {role.role_arn}"
    )
    yield configured.step
    role = configured.value
    if role is None:
        return
    recorder = READ_LIST.recorder()
    opened = tried("connector credentials", lambda: checked(RoleSession(role, recorder, patience=patience)), who_we_are)
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
