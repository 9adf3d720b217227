"""Reads one AWS account into a snapshot.

Only four things end a read: the connection is wrong, the role cannot be assumed, it leads to another account, or the
list of users cannot be read completely. Anything else that fails leaves a gap beside the facts it would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from pipeline import read_limits
from pipeline.aws.calls import Calls
from pipeline.aws.errors import ReadFailedError, listing_problem
from pipeline.aws.probe import unproven
from pipeline.aws.requests import MOST_PAGES
from pipeline.aws.responses import instant
from pipeline.aws.role_session import RoleSession, role_of
from pipeline.aws.source_session import PATIENT, RetryPolicy
from pipeline.connections.arn import fault_of
from pipeline.connections.models import AwsIamConnection
from pipeline.coverage import CoverageRecorder
from pipeline.directories.aws_iam import bulk, per_user
from pipeline.directories.aws_iam.actions import READ_LIST
from pipeline.directories.aws_iam.credential_report import LONGEST_WAIT, LONGEST_WAIT_FOR_MANY, ReportRequest
from pipeline.directories.aws_iam.credential_sources import CredentialSources
from pipeline.directories.aws_iam.credentials import read_credentials
from pipeline.directories.aws_iam.facts import FEW_USERS, AccessInventory, Credentials
from pipeline.directories.aws_iam.inventory import IamInventory, tables
from pipeline.directories.aws_iam.listing import read_alias, read_listing
from pipeline.directories.aws_iam.other_credentials import read_other_credentials
from pipeline.directories.aws_iam.probe import probe
from pipeline.directories.aws_iam.records import User
from pipeline.directories.aws_iam.tables import TABLES
from pipeline.directories.base import Snapshot
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Progress, Step, silent
from pipeline.settings import Settings

KIND = "aws_iam"
MAIN_TABLE = "users"
STRATEGIES = {(True, True): "bulk", (True, False): "mixed", (False, True): "mixed", (False, False): "per_user"}
"""By whether the bulk answer and the credential report could be read."""


@dataclass(frozen=True)
class AwsIam:
    """The directory kind `aws_iam`. `sleep` is what waits between our own repeats; botocore has its own.

    `fresh`: no fact is taken from a credential report that was made before the read began, where a call can give it.
    """

    threads: int = 8
    fresh: bool = False
    reused_report_user_limit: int = 0
    read_tags_per_user: bool = False
    patience: RetryPolicy = PATIENT
    most_pages: int = MOST_PAGES
    sleep: Callable[[float], None] = read_limits.sleep

    kind = KIND
    main_table = MAIN_TABLE

    @property
    def tables(self) -> Mapping[str, pa.Schema]:
        """The shape of every table, by name."""
        return TABLES

    def configured(self, settings: Settings) -> AwsIam:
        """The same, as a home's settings want it."""
        return replace(
            self,
            threads=settings.threads_per_connection,
            reused_report_user_limit=settings.reused_report_user_limit,
            read_tags_per_user=settings.read_tags_per_user,
        )

    def read(
        self, connection: AwsIamConnection, *, as_of: datetime, run_id: str, progress: Progress = silent
    ) -> Snapshot:
        """Read the account; a `failed` snapshot says why, an exception never does."""
        recorder = READ_LIST.recorder()
        attempt = Snapshot(
            connection=connection.name,
            kind=KIND,
            as_of=instant(as_of) or as_of,
            status="failed",
            strategy="none",
            main_table=MAIN_TABLE,
            account_id=_account_of(connection),
        )
        try:
            session = RoleSession(role_of(connection, run_id, READ_LIST), recorder, patience=self.patience)
            attempt = replace(attempt, endpoint=session.endpoint)
            try:
                snapshot = self._read(session, recorder, attempt, progress)
            finally:
                session.close()
        except ReadFailedError as failure:
            snapshot = replace(
                attempt, problems=[listing_problem(failure, connection.name, READ_LIST.needed_for(failure.action))]
            )
        except CertifyError as failure:
            snapshot = replace(attempt, problems=[replace(failure.problem, connection=connection.name)])
        return replace(snapshot, coverage=recorder.coverage(), calls=recorder.calls, retries=recorder.retries)

    def _read(
        self, session: RoleSession, recorder: CoverageRecorder, attempt: Snapshot, progress: Progress
    ) -> Snapshot:
        """The questions in their order: the report is asked for early, for AWS takes a while to make one."""
        session.confirm_identity()
        calls = Calls(
            session, recorder, threads=self.threads, sleep=self.sleep, progress=progress, most_pages=self.most_pages
        )
        with calls:
            request = ReportRequest(calls)
            request.start()
            listing = read_listing(calls)
            progress(attempt.connection, "users", len(listing.users), len(listing.users))
            alias, alias_gap = read_alias(calls)
            access = _bulk_access(calls, listing.users)
            is_bulk = access is not None
            are_many = len(listing.users) > FEW_USERS
            report = request.collect(LONGEST_WAIT_FOR_MANY if are_many else LONGEST_WAIT)
            witnesses = CredentialSources.weigh(
                report,
                attempt.as_of,
                user_count=len(listing.users),
                live_user_limit=self.reused_report_user_limit,
                fresh=self.fresh,
            )
            if access is None:
                spared = witnesses.report_is_trusted  # two calls a user: room for one more
                access = per_user.read_access(calls, listing.users, with_traits=spared or self.read_tags_per_user)
            left = {user_id: user for user_id, user in listing.users.items() if user_id not in access.gone}
            if report is None and request.late_gap and are_many:
                credentials = Credentials.unread(left, request.late_gap)  # AWS keeps the report for the next sync
            else:
                credentials = read_credentials(calls, left, witnesses)
                read_other_credentials(calls, left, witnesses, access, credentials)
        found = IamInventory(session.role.arn, listing, alias, alias_gap, access, credentials, report)
        empty = Problem.of("no_users", connection=attempt.connection, account_id=attempt.account_id)
        return replace(
            attempt,
            status="complete",
            strategy=STRATEGIES[is_bulk, report is not None],
            tables=tables(found),
            problems=[*unproven(session), *([] if listing.users else [empty])],
            evidence_as_of=witnesses.older_evidence,
            vanished=len(found.vanished),
        )

    def test(self, connection: AwsIamConnection) -> Iterator[Step]:
        """Try the connection step by step; see `probe`."""
        return probe(connection)


def _account_of(connection: AwsIamConnection) -> str:
    return connection.account_id if fault_of(connection.role_arn) == "" else ""


def _bulk_access(calls: Calls, users: Mapping[str, User]) -> AccessInventory | None:
    """All of it in a few calls, or None where the questions user by user take over."""
    try:
        return bulk.read_access(calls, users)
    except ReadFailedError:
        return None  # coverage has it; the per-user questions give the same facts


AWS_IAM = AwsIam()
