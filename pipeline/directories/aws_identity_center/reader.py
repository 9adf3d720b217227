"""The directory kind `aws_identity_center`: from a connection to a snapshot, and the steps of `certify test`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from pipeline.aws.calls import BatchResult
from pipeline.aws.errors import NoSuchEntityError, ReadFailedError
from pipeline.aws.probe import unproven
from pipeline.aws.responses import ApiResponse, listing, text
from pipeline.aws.role_session import role_of
from pipeline.aws.source_session import PATIENT, RetryPolicy
from pipeline.connections.arn import fault_of
from pipeline.connections.models import AwsIdentityCenterConnection
from pipeline.coverage import CoverageRecorder
from pipeline.directories.aws_identity_center import records
from pipeline.directories.aws_identity_center.account_assignments import entitlements, read_account_assignments
from pipeline.directories.aws_identity_center.actions import (
    GROUPS,
    INSTANCES,
    MEMBERS,
    READ_LIST,
    USERS,
)
from pipeline.directories.aws_identity_center.calls import CenterCalls, CenterSession, RateLimiter, read_problem
from pipeline.directories.aws_identity_center.probe import probe
from pipeline.directories.base import ENTITLEMENTS, ENTITLEMENTS_KNOWN, GROUPS_KNOWN, Snapshot
from pipeline.directories.rows import WITH_GROUPS, ConflictingRowsError, Row, account_tables, naive
from pipeline.problems import CertifyError, ConnectionFailed, Problem
from pipeline.progress import Progress, Step, silent
from pipeline.settings import Settings

KIND = "aws_identity_center"
CALLS_PER_SECOND = 20.0


@dataclass(frozen=True)
class Instance:
    """An Identity Center and its identity store."""

    arn: str
    store_id: str

    @classmethod
    def from_response(cls, item: ApiResponse) -> Instance:
        return cls(text(item, "InstanceArn"), text(item, "IdentityStoreId"))


@dataclass(frozen=True)
class AwsIdentityCenter:
    """The directory kind `aws_identity_center`."""

    threads: int = 8
    calls_per_second: float = CALLS_PER_SECOND
    patience: RetryPolicy = PATIENT

    kind = KIND
    main_table = "accounts"

    @property
    def tables(self) -> Mapping[str, pa.Schema]:
        """The shape of every table, by name."""
        return {**WITH_GROUPS, "entitlements": ENTITLEMENTS}

    def configured(self, settings: Settings) -> AwsIdentityCenter:
        """The same, as a home's settings want it."""
        return replace(self, threads=settings.threads_per_connection)

    def session(
        self, connection: AwsIdentityCenterConnection, recorder: CoverageRecorder, run_id: str
    ) -> CenterSession:
        """The way in, not yet gone."""
        role = role_of(connection, run_id, READ_LIST)
        pace = RateLimiter(self.calls_per_second)
        return CenterSession(role, recorder, patience=self.patience, region=connection.region, pace=pace)

    def read(
        self, connection: AwsIdentityCenterConnection, *, as_of: datetime, run_id: str, progress: Progress = silent
    ) -> Snapshot:
        """Read the instance; a `failed` snapshot says why, an exception never does."""
        recorder = READ_LIST.recorder()
        attempt = Snapshot(
            connection=connection.name,
            kind=KIND,
            as_of=naive(as_of) or as_of,
            status="failed",
            strategy="none",
            main_table=self.main_table,
            account_id=connection.account_id if not fault_of(connection.role_arn) else "",
        )
        try:
            session = self.session(connection, recorder, run_id)
            attempt = replace(attempt, endpoint=session.endpoint)
            try:
                session.confirm_identity()
                with CenterCalls(session, recorder, threads=self.threads, progress=progress) as calls:
                    snapshot = _read(calls, connection, attempt, progress)
            finally:
                session.close()
        except (ReadFailedError, CertifyError) as failure:
            problem = replace(read_problem(failure, connection.name), connection=connection.name)
            snapshot = replace(attempt, problems=[problem])
        except (ConflictingRowsError, NoSuchEntityError) as failure:
            detail = f"the identity store changed while it was read ({failure})"
            problem = Problem.of("listing_incomplete", connection=connection.name, action=USERS, detail=detail)
            snapshot = replace(attempt, problems=[problem])
        return replace(snapshot, coverage=recorder.coverage(), calls=recorder.calls, retries=recorder.retries)

    def test(self, connection: AwsIdentityCenterConnection) -> Iterator[Step]:
        """Try the connection step by step; see `probe`."""
        return probe(self, connection)


def find_instance(calls: CenterCalls, connection: AwsIdentityCenterConnection) -> Instance:
    """The instance that is meant; raises ConnectionFailed when there is none, or more than one."""
    found = calls.listed(INSTANCES, listing("Instances", Instance.from_response))
    if connection.instance_arn is not None:
        found = [each for each in found if each.arn == connection.instance_arn]
    if len(found) == 1:
        return found[0]
    code = "center_ambiguous" if found else "center_missing"
    raise ConnectionFailed(
        Problem.of(
            code,
            connection=connection.name,
            action=INSTANCES,
            account_id=connection.account_id,
            region=connection.region,
            instances=" and ".join(each.arn for each in found),
        )
    )


def _read(
    calls: CenterCalls, connection: AwsIdentityCenterConnection, attempt: Snapshot, progress: Progress
) -> Snapshot:
    instance = find_instance(calls, connection)
    users = calls.listed(
        USERS,
        listing("Users", records.user),
        IdentityStoreId=instance.store_id,
        Extensions=[records.ENTERPRISE],
    )
    progress(connection.name, "users", len(users), len(users))
    groups, members = _groups(calls, instance.store_id)
    progress(connection.name, "groups", len(groups or ()), len(groups or ()))
    reach = read_account_assignments(calls, instance.arn)
    known = set(records.KNOWN)
    if groups is not None and not members.gaps:
        known.add(GROUPS_KNOWN)
    through = {each.principal_id for each in reach.assignments if each.is_group}
    if reach.is_whole and not through & members.gaps.keys() and (groups is not None or not through):
        known.add(ENTITLEMENTS_KNOWN)
    ids = {str(user["native_id"]) for user in users}
    listed = [each for each in groups or () if each["native_id"] not in members.gone]
    rights = entitlements(reach, ids, {each["native_id"]: each for each in listed}, members.known)
    return replace(
        attempt,
        status="complete",
        strategy="listed",
        tables={**_tables(users, listed, members, ids, known), "entitlements": _sorted(rights)},
        problems=[*unproven(calls.session), *([] if users else [_empty(connection)])],
        vanished=len(members.gone),
    )


def _groups(calls: CenterCalls, store_id: str) -> tuple[list[Row] | None, BatchResult[str, list[str]]]:
    """The groups (None: not known), and the members of each."""
    try:
        groups = calls.listed(GROUPS, listing("Groups", records.group), IdentityStoreId=store_id)
    except ReadFailedError:
        return None, BatchResult()
    names = [str(each["native_id"]) for each in groups]

    def ask(group_id: str) -> list[str]:
        read = listing("GroupMemberships", records.member)
        return calls.listed(MEMBERS, read, IdentityStoreId=store_id, GroupId=group_id)

    members = calls.each(MEMBERS, names, ask)
    return [{**each, "members_gap": members.gaps.get(str(each["native_id"]))} for each in groups], members


def _tables(
    users: list[Row], groups: list[Row], members: BatchResult[str, list[str]], ids: Set[str], known: set[str]
) -> dict[str, pa.Table]:
    pairs = [(user, group) for group, found in members.known.items() for user in found if user in ids]
    return account_tables(users, groups, pairs, known)


def _sorted(rights: Iterator[Row]) -> pa.Table:
    """The entitlements in an order of their own, each once."""
    rows = {tuple(str(value) for value in right.values()): right for right in rights}
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=ENTITLEMENTS)


def _empty(connection: AwsIdentityCenterConnection) -> Problem:
    return Problem.of(
        "center_empty", connection=connection.name, account_id=connection.account_id, region=connection.region
    )


AWS_IDENTITY_CENTER = AwsIdentityCenter()
