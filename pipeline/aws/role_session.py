"""Assumes a connection's role with narrowed, refreshable credentials.

Rules from AWS: `AssumeRole` in the STS API reference (role chaining gives an hour at most; botocore starts to refresh a
quarter of an hour early, so a session of less than half an hour would be renewed all the time), and "The confused
deputy problem" in the IAM user guide (external ID).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, DeferredRefreshableCredentials
from botocore.session import Session

from pipeline.aws import errors
from pipeline.aws.endpoints import foreign_among
from pipeline.aws.operation_allowlist import allow_only
from pipeline.aws.read_list import ReadList
from pipeline.aws.source_session import RetryPolicy, SourceSession, new_session, shared_source_session
from pipeline.connections import external_id
from pipeline.connections.arn import RoleArn
from pipeline.connections.models import AwsIamConnection, AwsIdentityCenterConnection
from pipeline.coverage import CoverageRecorder
from pipeline.problems import ConnectionFailed, Problem
from pipeline.redaction import REDACTOR

SESSION_SECONDS = 3600
MOST_RENEWALS = 3
CREATION = threading.RLock()
"""Creating sessions and clients is not thread safe in botocore; using them is."""


@dataclass(frozen=True)
class RoleToAssume:
    """Whose role, with which external ID, and for which run; `connection` is the name messages use."""

    connection: str
    arn: RoleArn
    external_id: str
    run_id: str
    read_list: ReadList
    """What a session may do at most."""
    is_proven: bool = True
    """Whether the role is known to refuse whoever lacks the external ID."""

    @property
    def role_arn(self) -> str:
        """The ARN as text."""
        return str(self.arn)

    def __repr__(self) -> str:
        return f"RoleToAssume(connection={self.connection!r}, role_arn={self.role_arn!r})"

    def request(self, *, with_id: str | None) -> dict[str, Any]:
        """The parameters of AssumeRole; `with_id` None leaves the external ID out (only the probe does)."""
        named = {} if with_id is None else {"ExternalId": with_id}
        return {
            "RoleArn": self.role_arn,
            "RoleSessionName": session_name(self.run_id),
            "DurationSeconds": SESSION_SECONDS,
            "Policy": self.read_list.session_policy,
            **named,
        }


def role_of(
    connection: AwsIamConnection | AwsIdentityCenterConnection, run_id: str, read_list: ReadList
) -> RoleToAssume:
    """What is to be assumed; raises ConfigurationError for an ARN that is none."""
    arn = RoleArn.parse(connection.role_arn, connection=connection.name)
    return RoleToAssume(
        connection.name,
        arn,
        connection.external_id.get_secret_value(),
        run_id,
        read_list,
        is_proven=connection.external_id_proven,
    )


def session_name(run_id: str) -> str:
    """What CloudTrail of the account that is read will show: 2 to 64 characters of a narrow alphabet."""
    return f"certify-{re.sub(r'[^A-Za-z0-9_+=,.@-]', '-', run_id)}"[:64]


class _AssumedRole(CredentialProvider):  # type: ignore[misc]
    """Gives botocore credentials that renew themselves by assuming the role again."""

    METHOD = "certify-assume-role"

    def __init__(self, hub: SourceSession, role: RoleToAssume, recorder: CoverageRecorder) -> None:
        super().__init__()
        self._hub, self._role, self._recorder = hub, role, recorder

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._assume, self.METHOD)

    def _assume(self) -> dict[str, str]:
        role = self._role
        self._recorder.record("sts:AssumeRole", "ok")
        try:
            answer = self._hub.sts.assume_role(**role.request(with_id=role.external_id))
            return _keys(answer["Credentials"])
        except errors.WRONG_SHAPE as error:
            raise ConnectionFailed(malformed_problem(error, role, "sts:AssumeRole")) from error
        except errors.AWS_ERRORS as error:
            # Wrapped here, because botocore calls this in the midst of some IAM call: a role that we can no longer
            # assume must not look as if it had been denied that call.
            raise ConnectionFailed(
                errors.assume_role_problem(error, role.connection, role.role_arn, self._hub.principal())
            ) from error


def _keys(credentials: Mapping[str, Any]) -> dict[str, str]:
    """The credentials of an answer, as botocore wants them; raises one of WRONG_SHAPE for what is none."""
    REDACTOR.learn(credentials["SessionToken"])
    REDACTOR.learn(credentials["SecretAccessKey"])
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
        "expiry_time": credentials["Expiration"].isoformat(),
    }


class RoleSession:
    """One connection's way into its account: `clients` by the prefix of the actions each answers.

    They may be shared by threads; `renew` replaces them when their token was rejected.
    """

    def __init__(self, role: RoleToAssume, recorder: CoverageRecorder, *, patience: RetryPolicy) -> None:
        if reason := external_id.fault_of(role.external_id):
            raise ConnectionFailed(Problem.of("external_id_unusable", connection=role.connection, reason=reason))
        REDACTOR.learn(role.external_id)
        self.role, self._recorder = role, recorder
        self._patience, self._renewals = patience, 0
        try:
            with CREATION:
                self.hub = shared_source_session(role.arn.partition, patience)
                self.clients = self._new_clients()
                self.hub.transport.acquire()
        except LookupError as error:
            reason = f"names partition {role.arn.partition}, which AWS does not have"
            raise ConnectionFailed(
                Problem.of("invalid_role_arn", connection=role.connection, role_arn=role.role_arn, reason=reason)
            ) from error
        except errors.AWS_ERRORS as error:
            raise ConnectionFailed(setup_problem(error, role)) from error

    def _new_clients(self) -> dict[str, Any]:
        session = new_session()
        events = session.get_component("event_emitter")
        allow_only(events, self.role.read_list.operations)
        self.hub.transport.carry(events)
        provider = _AssumedRole(self.hub, self.role, self._recorder)
        session.register_component("credential_provider", CredentialResolver(providers=[provider]))
        self._session = session
        self.prepare(session)
        config = Config(
            retries={"mode": "adaptive", "total_max_attempts": self._patience.attempts},
            connect_timeout=self._patience.connect_seconds,
            read_timeout=self._patience.read_seconds,
        )
        return {
            prefix: session.create_client(service, region_name=self.region_of(prefix), config=config)
            for prefix, service in self.role.read_list.services.items()
        }

    def prepare(self, session: Session) -> None:
        """Hook for what must be on a session before its clients are made."""

    @property
    def endpoint(self) -> str | None:
        """The address that is asked in the place of AWS (an emulator, a gateway); None for AWS itself."""
        urls = [str(client.meta.endpoint_url) for client in (self.hub.sts, *self.clients.values())]
        return foreign_among(self._session, urls) or None

    def region_of(self, prefix: str) -> str:  # noqa: ARG002 (a global service everywhere but in subclasses)
        """Where the service of `prefix` is asked: a global one in the connector's region."""
        return self.hub.region

    def renew(self, worn_out: Mapping[str, Any]) -> bool:
        """Assume the role anew, unless another thread has replaced `worn_out` already.

        False when that was done so often that it cannot help: botocore renews sessions before they expire, so this is
        for a session that AWS ended early.
        """
        with CREATION:
            if self.clients is worn_out:
                if self._renewals == MOST_RENEWALS:
                    return False
                self._renewals += 1
                self.clients = self._new_clients()
        return True

    def confirm_identity(self) -> str:
        """Assume the role and ask STS who we became; its ARN. Raises ConnectionFailed when that is another account or
        partition."""
        role = self.role
        try:
            with CREATION:
                sts = self._session.create_client("sts", region_name=self.hub.region, config=self.hub.config)
            identity = sts.get_caller_identity()
            account, arn = str(identity["Account"]), str(identity["Arn"])
            partition = arn.split(":")[1]
            self._recorder.record("sts:GetCallerIdentity", "ok")
        except errors.WRONG_SHAPE as error:
            raise ConnectionFailed(malformed_problem(error, role, "sts:GetCallerIdentity")) from error
        except errors.AWS_ERRORS as error:
            if (code := errors.code_of(error)) in errors.EXPIRED:
                problem = Problem.of(
                    "session_expired", connection=role.connection, action="sts:GetCallerIdentity", error_code=code
                )
                raise ConnectionFailed(problem) from error
            raise ConnectionFailed(setup_problem(error, role)) from error
        if account != role.arn.account_id or partition != role.arn.partition:
            raise ConnectionFailed(
                Problem.of(
                    "wrong_account",
                    connection=role.connection,
                    action="sts:GetCallerIdentity",
                    role_arn=role.role_arn,
                    identity=arn,
                    account_id=role.arn.account_id,
                )
            )
        return arn

    def close(self) -> None:
        """Give the sockets back."""
        self.hub.transport.release()


def malformed_problem(error: BaseException, role: RoleToAssume, action: str) -> Problem:
    """An answer on the way to becoming the role that is none of the API's."""
    return Problem.of(
        "assume_role_failed",
        connection=role.connection,
        action=action,
        error_code="MalformedAnswer",
        role_arn=role.role_arn,
        detail=f"the answer to {action} is not one of the API's ({errors.message_of(error)})",
    )


def setup_problem(error: BaseException, role: RoleToAssume) -> Problem:
    """What `error` means when it came up on the way to becoming the role, other than from AssumeRole itself."""
    return errors.credentials_problem(error, role.connection) or Problem.of(
        "assume_role_failed",
        connection=role.connection,
        action="sts:AssumeRole",
        error_code=errors.code_of(error),
        role_arn=role.role_arn,
        detail=errors.message_of(error),
    )
